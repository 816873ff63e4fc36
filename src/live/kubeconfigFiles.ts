import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { type Fields, fieldsAt, isFields, mapsAt, textAt } from '../kubernetes/fields.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Environment } from '../system/environment.ts';

/** A cluster, user or context of a kubeconfig. */
export interface Entry {
  fields: Fields;
  file: string;
  /** Relative paths of the entry start here. */
  directory: string;
}

/** Several kubeconfigs as one. The first file that names something wins, as with kubectl. */
export interface Kubeconfig {
  /** As the user knows them. */
  files: readonly string[];
  current: string | undefined;
  contexts: ReadonlyMap<string, Entry>;
  clusters: ReadonlyMap<string, Entry>;
  users: ReadonlyMap<string, Entry>;
}

/**
 * Reads the kubeconfig that the user named, else those of `KUBECONFIG`, else `~/.kube/config`. Files that a list names
 * and that do not exist are skipped, as kubectl does.
 *
 * @returns undefined where there is none
 */
export async function readKubeconfig(
  named: string | undefined,
  { env, home }: Environment,
): Promise<Outcome<Kubeconfig | undefined>> {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths =
    named === undefined ? (listed.length > 0 ? listed : [join(home, '.kube', 'config')]) : [named];
  const read = await Promise.all(paths.map((path) => readOne(path, named !== undefined)));
  const problems = read.flatMap((one) => ('problem' in one ? [one.problem] : []));
  if (problems.length > 0) return err(...problems);
  const found = read.filter((one) => 'fields' in one);
  return ok(found.length === 0 ? undefined : merged(found));
}

interface ReadFile {
  path: string;
  fields: Fields;
}

async function readOne(
  path: string,
  mustExist: boolean,
): Promise<ReadFile | { absent: true } | { problem: Problem }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' && !mustExist) return { absent: true };
    return { problem: unreadable(path, code) };
  }
  if (text.trim() === '') return { absent: true };
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error) return { problem: invalid(path, `is not valid YAML at character ${error.pos[0]}`) };
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    return { problem: invalid(path, 'has too many aliases') };
  }
  return isFields(value) ? { path, fields: value } : { problem: invalid(path, 'is not a map') };
}

function unreadable(path: string, code: string): Problem {
  return {
    code: 'kubeconfig-missing',
    file: path,
    message: code === 'ENOENT' ? 'the kubeconfig does not exist' : `the kubeconfig cannot be read (${code})`,
    remedy: 'name another file with --kubeconfig',
  };
}

function invalid(file: string, message: string): Problem {
  return {
    code: 'kubeconfig-invalid',
    file,
    message: `the kubeconfig ${message}`,
    expected: 'a file that "kubectl config view" reads',
    remedy: 'write it again, for example with "talosctl kubeconfig", or copy /etc/rancher/k3s/k3s.yaml',
  };
}

function merged(files: readonly ReadFile[]): Kubeconfig {
  return {
    files: files.map(({ path }) => path),
    current: files
      .map(({ fields }) => textAt(fields, 'current-context'))
      .find((name) => name !== undefined && name !== ''),
    contexts: entries(files, 'contexts', 'context'),
    clusters: entries(files, 'clusters', 'cluster'),
    users: entries(files, 'users', 'user'),
  };
}

function entries(files: readonly ReadFile[], list: string, field: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const { path, fields } of files) {
    for (const item of mapsAt(fields, list)) {
      const name = textAt(item, 'name');
      if (name === undefined || found.has(name)) continue;
      found.set(name, { fields: fieldsAt(item, field), file: path, directory: dirname(resolve(path)) });
    }
  }
  return found;
}
