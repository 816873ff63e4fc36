import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Environment } from '../src/system/environment.ts';

export const examples = fileURLToPath(new URL('../examples/', import.meta.url));

/** A temporary directory with a configuration. */
export interface TestDirectory {
  path: string;
  environment: Environment;
  read(file: string): string;
  write(file: string, content: string | Uint8Array): void;
  /** Changes a configuration file as data. */
  edit(file: 'cluster.yaml' | 'cluster.private.yaml', change: (value: ConfigData) => void): void;
  [Symbol.dispose](): void;
}

/** A configuration that a test changes: any shape, valid or invalid. */
// biome-ignore lint/suspicious/noExplicitAny: tests damage configurations in every way
export type ConfigData = any;

/** An environment with only the given variables and a fixed time. */
export function environmentOf(path: string, env: Readonly<Record<string, string>> = {}): Environment {
  return {
    env,
    home: `${path}.home`,
    platform: process.platform,
    now: () => new Date('2026-11-24T00:00:00Z'),
  };
}

/** A temporary directory with the two files of an example, and its private key beside it. */
export function exampleDirectory(name = 'home', parent?: string): TestDirectory {
  return directoryLike(join(examples, name), parent);
}

/** The same for any directory that has the three files of an example. */
export function directoryLike(example: string, parent: string = tmpdir()): TestDirectory {
  const path = mkdtempSync(join(parent, 'gatehouse-test-'));
  for (const file of ['cluster.yaml', 'cluster.private.yaml']) cpSync(join(example, file), join(path, file));
  const key = `${path}.agekey`;
  cpSync(join(example, 'example.agekey'), key);
  chmodSync(key, 0o600);
  const read = (file: string): string => readFileSync(join(path, file), 'utf8');
  const write = (file: string, content: string | Uint8Array): void =>
    writeFileSync(join(path, file), content);
  return {
    path,
    environment: environmentOf(path, { SOPS_AGE_KEY_FILE: key }),
    read,
    write,
    edit(file, change) {
      const value: ConfigData = parse(read(file)) ?? {};
      change(value);
      // The file may have no anchors, which the same object in two places would be.
      write(file, stringify(value, { aliasDuplicateObjects: false }));
    },
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
      rmSync(key, { force: true });
    },
  };
}
