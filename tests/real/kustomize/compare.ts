import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { buildDirectory } from '../../../src/manifests/kustomize/build.ts';
import { readDocuments, readerOf } from '../../../src/manifests/tree.ts';
import type { Files } from './trees.ts';

const execute = promisify(execFile);

/**
 * The result of the real kustomize and of the in-memory build for one tree:
 * - `same`: the same objects;
 * - `unknown`: the in-memory build reports an unknown;
 * - `both-reject`: both reject it;
 * - `differ`: anything else.
 */
export interface Comparison {
  outcome: 'same' | 'unknown' | 'both-reject' | 'differ';
  /** How many objects are the same. */
  objects: number;
  detail: string;
}

/** Builds `entry` of a tree with the real kustomize and in memory. */
export async function compare(kustomize: string, scratch: string, files: Files): Promise<Comparison> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(scratch, path)), { recursive: true });
    await writeFile(join(scratch, path), text);
  }
  try {
    const real = await build(kustomize, join(scratch, 'entry'));
    return comparison(real, files);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function build(kustomize: string, directory: string): Promise<readonly KubernetesObject[] | string> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const parameters = ['build', '--load-restrictor=LoadRestrictionsNone', directory];
  const ran = await execute(kustomize, parameters, options).catch(
    (error: { stderr?: string }) => `${error.stderr}`,
  );
  if (typeof ran === 'string') return ran;
  return readDocuments('', ran.stdout).objects.map(({ object }) => object);
}

function comparison(real: readonly KubernetesObject[] | string, files: Files): Comparison {
  const { objects, findings } = buildDirectory(readerOf(new Map(Object.entries(files))), 'entry');
  const sentences = findings.map(({ kind, sentence }) => `${kind}: ${sentence}`).join('\n');
  const unknown = findings.some(({ kind }) => kind === 'unknown');
  if (typeof real === 'string') {
    const error = real
      .split('\n')
      .filter((line) => line.startsWith('Error'))
      .join('\n')
      .slice(0, 600);
    if (findings.length === 0)
      return { outcome: 'differ', objects: 0, detail: `only the real kustomize rejects it:\n${error}` };
    return { outcome: unknown ? 'unknown' : 'both-reject', objects: 0, detail: sentences };
  }
  if (unknown) return { outcome: 'unknown', objects: 0, detail: sentences };
  if (findings.length > 0)
    return { outcome: 'differ', objects: 0, detail: `only the in-memory build rejects it:\n${sentences}` };
  const key = ({ kind, apiVersion, metadata }: KubernetesObject): string =>
    `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const ours = new Map(objects.map(({ object }) => [key(object), object]));
  const theirs = new Map(real.map((object) => [key(object), object]));
  const differing = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (each) => !isDeepStrictEqual(plain(ours.get(each)), plain(theirs.get(each))),
  );
  const [first] = differing;
  if (first === undefined && ours.size === objects.length && theirs.size === real.length)
    return { outcome: 'same', objects: real.length, detail: '' };
  return {
    outcome: 'differ',
    objects: real.length - differing.length,
    detail: `${first}\nours: ${JSON.stringify(ours.get(first ?? ''))}\nreal: ${JSON.stringify(theirs.get(first ?? ''))}`,
  };
}

/** A copy without prototypes. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
