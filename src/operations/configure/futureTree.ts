import type { Plan, PlannedFile } from '../../compile/plan.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import { readTreeFiles, type TreeFiles } from '../../manifests/sources/treeFiles.ts';
import type { Accept } from '../../repository/change.ts';
import type { Difference } from '../../repository/compare.ts';
import type { Encrypted } from './encrypt.ts';

/** The files of a directory as they are after a write. */
export interface FutureTree {
  files: TreeFiles;
  /** The clear objects of files that Gatehouse encrypts and writes. */
  decrypted: ReadonlyMap<string, KubernetesObject>;
  /** The planned files that are wholly Gatehouse's, without those that the user keeps. */
  written: ReadonlySet<string>;
  /** Planned files in which the user may have entries or lines of their own. */
  shared: ReadonlySet<string>;
  /** Files of Gatehouse that stay as the user left them, in the order of the paths. */
  kept: readonly string[];
  /** Files on the disk that will be gone. */
  removed: ReadonlySet<string>;
}

/**
 * The tree that is on the disk after the difference is applied. Planned files are taken from memory; only what a user
 * changed or added is read. As long as a conflict is not settled nothing is written, so that the file on the disk
 * counts, as with `mine`.
 *
 * @throws the error of the disk where the directory cannot be listed
 */
export async function futureTree(
  directory: string,
  { plan, files, unknown }: Pick<Encrypted, 'files' | 'unknown'> & { plan: Plan },
  { changes, conflicts, kept: keptBefore }: Difference,
  accept: Accept | undefined,
): Promise<FutureTree> {
  const taken = accept === 'theirs' ? conflicts.map(({ change }) => change) : [];
  const declined = accept === 'theirs' ? [] : conflicts.map(({ path }) => path);
  const kept = [...keptBefore, ...declined].toSorted();
  const isKept = new Set(kept);
  const known = new Map<string, string | undefined>();
  for (const file of files)
    if ('content' in file && !isKept.has(file.path)) known.set(file.path, file.content);
  for (const { path, after } of [...changes, ...taken]) known.set(path, after);
  const notCompared = new Set(unknown.map(({ file }) => file));
  return {
    files: await readTreeFiles(directory, { own: true, known }),
    decrypted: new Map(
      plan.encrypted.flatMap(({ path, object }) =>
        isKept.has(path) || notCompared.has(path) ? [] : [[path, object]],
      ),
    ),
    ...ownership(files, isKept),
    kept,
    removed: new Set([...changes, ...taken].flatMap(({ kind, path }) => (kind === 'removed' ? [path] : []))),
  };
}

/** The planned files alone, as a directory would hold them to which no user added anything. */
export function plannedTree(plan: Plan, files: readonly PlannedFile[]): FutureTree {
  return {
    files: { tree: new Map(files.map((file) => [file.path, textOfPlanned(file)])), unread: [] },
    decrypted: new Map(plan.encrypted.map(({ path, object }) => [path, object])),
    ...ownership(files, new Set()),
    kept: [],
    removed: new Set(),
  };
}

function ownership(
  files: readonly PlannedFile[],
  kept: ReadonlySet<string>,
): Pick<FutureTree, 'written' | 'shared'> {
  const [written, shared] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    if (kept.has(file.path)) continue;
    if ('content' in file) written.add(file.path);
    else shared.add(file.path);
  }
  return { written, shared };
}

function textOfPlanned(file: PlannedFile): string {
  if ('content' in file) return file.content;
  return 'entries' in file ? toYamlText({ resources: file.entries }) : file.lines.join('\n');
}
