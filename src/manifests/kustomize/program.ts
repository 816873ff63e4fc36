import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isFields } from '../../kubernetes/fields.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import { executableOn } from '../../system/executable.ts';

import type { SourcedObject } from '../sourcedObject.ts';
import { isManifest, kustomizationIn, type Reader, readDocuments } from '../tree.ts';
import type { EditKustomization } from './build.ts';

/** The kustomize program on this machine, with a temporary copy of the tree. */
export interface KustomizeProgram {
  /** Builds a directory; undefined if there is no program or the build fails. */
  build: (
    directory: string,
    editKustomization: EditKustomization | undefined,
  ) => readonly SourcedObject[] | undefined;
  /** Removes the copy. */
  close: () => void;
}

/**
 * The `kustomize` or `kubectl` on the `PATH`, for what the in-memory build does not support. It works on a copy of the
 * files, without plugins, charts and network access: a remote resource is not fetched.
 *
 * @param environment the environment variables, of which `PATH` is read
 */
export function kustomizeProgram(
  reader: Reader,
  environment: Readonly<Record<string, string | undefined>>,
): KustomizeProgram {
  const program = programOn(environment['PATH'] ?? '');
  let copy: string | undefined;
  const build: KustomizeProgram['build'] = (directory, editKustomization) => {
    if (program === undefined) return undefined;
    copy ??= copyOf(reader);
    return runBuild(program, copy, reader, directory, editKustomization);
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

/** Thirty seconds: the largest public repositories need a tenth of that. */
const timeout = 30_000;

function runBuild(
  program: Program,
  copy: string,
  reader: Reader,
  directory: string,
  editKustomization: EditKustomization | undefined,
): readonly SourcedObject[] | undefined {
  const existing = kustomizationIn(reader.tree, directory);
  const path = existing ?? join(directory, 'kustomization.yaml');
  if (editKustomization !== undefined) {
    const [parsed] = existing === undefined ? [] : reader.documents(existing).values;
    const edited = editKustomization(isFields(parsed) ? parsed : undefined);
    writeFileSync(join(copy, path), toYamlText(edited));
  }
  const flags = ['--load-restrictor=LoadRestrictionsNone', join(copy, directory)];
  const { status, stdout } = spawnSync(program.path, [...program.parameters, ...flags], {
    cwd: copy,
    encoding: 'utf8',
    env: {
      PATH: '',
      HOME: copy,
      GIT_ALLOW_PROTOCOL: 'none',
      HTTPS_PROXY: closedProxy,
      HTTP_PROXY: closedProxy,
    },
    maxBuffer: 256 * 1024 * 1024,
    timeout,
  });
  if (editKustomization !== undefined) {
    const original = existing === undefined ? undefined : reader.tree.get(existing);
    if (original === undefined) rmSync(join(copy, path), { force: true });
    else writeFileSync(join(copy, path), original);
  }
  if (status !== 0) return undefined;
  const { objects, malformed } = readDocuments(path, stdout);
  // Lines of the program's output are not lines of a file, so the objects have none.
  return malformed === undefined
    ? objects.filter(isManifest).map(({ object }) => ({ object, file: path }))
    : undefined;
}

/** An address on which nothing listens. */
const closedProxy = 'http://127.0.0.1:9';
