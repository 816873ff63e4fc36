import { heldData } from '../../compile/heldData.ts';
import type { Plan } from '../../compile/plan.ts';
import { buildTree } from '../../manifests/buildTree.ts';
import { leavesOpen } from '../../manifests/findings.ts';
import type { Repository } from '../../manifests/repository.ts';
import { readGitTree } from '../../manifests/sources/commit.ts';
import type { FutureTree } from './futureTree.ts';
import { appliedByHand, keyOf, type WrittenObject } from './writtenBefore.ts';

/** An object and the file that it is in. */
export type PlacedObject = Omit<WrittenObject, 'text'>;

/** What a tree applies after a change. */
export interface AppliedObjects {
  /** Every object that will be applied, by its key: as the files build it, before variables are filled in. */
  after: ReadonlyMap<string, PlacedObject>;
  /** Planned objects that files of the user keep from being built, such as a patch with `$patch: delete`. */
  takenOut: readonly PlacedObject[];
}

/**
 * What the files of a tree build, and what files of the user take out of it. Where a kustomization cannot be built, Flux
 * applies nothing of it and prunes nothing, so that a planned object counts as applied.
 */
export function appliedObjects(
  plan: Plan,
  { repository, tree }: { repository: Repository; tree: Pick<FutureTree, 'written'> },
): AppliedObjects {
  const planned = [
    ...plan.objects,
    ...plan.encrypted.map(({ path, object }) => ({ file: path, object })),
  ].filter(({ file }) => tree.written.has(file));
  const built = repository.roots.flatMap(({ objects }) => objects);
  const keys = new Set(built.map(({ object }) => keyOf(object)));
  const isBroken = repository.findings.some((finding) => leavesOpen(finding) && finding.kind !== 'unapplied');
  const counts = ({ file, object }: PlacedObject): boolean =>
    isBroken || keys.has(keyOf(object)) || appliedByHand.test(file);
  return {
    after: new Map(
      [...planned.filter(counts), ...built].map(({ object, file }) => [keyOf(object), { object, file }]),
    ),
    takenOut: planned.filter((each) => !counts(each) && heldData(each.object) !== undefined),
  };
}

/**
 * The keys of all objects that the last commit builds: what a user took out before is not lost by a change of today.
 * Undefined where there is no commit that can be read.
 */
export async function builtInHead(directory: string): Promise<ReadonlySet<string> | undefined> {
  const files = await readGitTree(directory, 'HEAD');
  if (!files.ok) return undefined;
  const { roots } = buildTree(files.value, {});
  return new Set(roots.flatMap(({ objects }) => objects.map(({ object }) => keyOf(object))));
}
