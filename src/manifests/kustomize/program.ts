import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isFields } from '../../kubernetes/fields.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import { executableOn } from '../../system/executable.ts';
import type { BuildElsewhere } from '../flux/build.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { isManifest, kustomizationIn, type Reader, readDocuments } from '../tree.ts';
import type { Amend } from './build.ts';

/** A kustomize of the machine, and the folder in which it works. */
export interface KustomizeProgram {
  build: BuildElsewhere;
  /** Removes the copy of the tree, if one was made. */
  close: () => void;
}

/**
 * The `kustomize` or `kubectl` of the machine, for what is not built in memory. It works on a copy of the files, with
 * no plugins and no charts, and without a way to the network: a remote resource is not fetched.
 *
 * @param environment where `PATH` says where programs are
 */
export function kustomizeProgram(
  reader: Reader,
  environment: Readonly<Record<string, string | undefined>>,
): KustomizeProgram {
  const program = programOn(environment['PATH'] ?? '');
  let copy: string | undefined;
  const build: BuildElsewhere = (folder, amend) => {
    if (program === undefined) return undefined;
    copy ??= copyOf(reader);
    return run(program, copy, reader, folder, amend);
  };
  const close = (): void => {
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
    copy = undefined;
  };
  return { build, close };
}

interface Program {
  path: string;
  parameters: readonly string[];
}

function programOn(path: string): Program | undefined {
  const kustomize = executableOn(path, 'kustomize');
  if (kustomize !== undefined) return { path: kustomize, parameters: ['build'] };
  const kubectl = executableOn(path, 'kubectl');
  return kubectl === undefined ? undefined : { path: kubectl, parameters: ['kustomize'] };
}

function copyOf(reader: Reader): string {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-kustomize-'));
  for (const [path, text] of reader.tree) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text, { mode: 0o600 });
  }
  return copy;
}

/** Half a minute: the largest public repositories take it a tenth of that. */
const timeout = 30_000;

function run(
  program: Program,
  copy: string,
  reader: Reader,
  folder: string,
  amend: Amend | undefined,
): readonly SourcedObject[] | undefined {
  const path = kustomizationIn(reader.tree, folder);
  const own = path ?? join(folder, 'kustomization.yaml');
  if (amend !== undefined) {
    const [written] = path === undefined ? [] : reader.documents(path).values;
    writeFileSync(join(copy, own), toYamlText(amend(isFields(written) ? written : undefined)));
  }
  const flags = ['--load-restrictor=LoadRestrictionsNone', join(copy, folder)];
  const { status, stdout } = spawnSync(program.path, [...program.parameters, ...flags], {
    cwd: copy,
    encoding: 'utf8',
    env: { PATH: '', HOME: copy, GIT_ALLOW_PROTOCOL: 'none', HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere },
    maxBuffer: 256 * 1024 * 1024,
    timeout,
  });
  const before = path === undefined ? undefined : reader.tree.get(path);
  if (amend !== undefined) {
    if (before === undefined) rmSync(join(copy, own), { force: true });
    else writeFileSync(join(copy, own), before);
  }
  if (status !== 0) return undefined;
  const { objects, malformed: damage } = readDocuments(own, stdout);
  // Lines of the program's output say nothing of the files.
  return damage === undefined
    ? objects.filter(isManifest).map(({ object }) => ({ object, file: own }))
    : undefined;
}

/** An address at which nobody listens. */
const nowhere = 'http://127.0.0.1:9';
