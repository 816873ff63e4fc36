import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { gatehouse, type Ran } from '../program.ts';

/** A folder with a repository of somebody else, which goes away at the end of the test. */
export interface Place {
  path: string;
  check(...args: string[]): Promise<Ran>;
  write(file: string, content: string): void;
}

export function place(files: Readonly<Record<string, string>>): Place {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-check-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  };
  for (const [file, content] of Object.entries(files)) write(file, content);
  const surroundings = {
    env: {},
    home: `${path}.home`,
    platform: process.platform,
    now: () => new Date('2026-11-24T00:00:00Z'),
  };
  return { path, write, check: (...args) => gatehouse({ path, surroundings }, 'check', ...args) };
}

/** What a person says of the cluster, so that something can be proved. */
export const enforced = ['--enforcer', 'kube-router', '--pods', '10.42.0.0/16', '--lan', '192.0.2.0/24'];
