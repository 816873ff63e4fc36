import { heldData, isKept, nameOf } from '../../compile/heldData.ts';
import type { Plan } from '../../compile/plan.ts';
import { fieldsAt, mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Difference } from '../../repository/compare.ts';
import { type Followed, followedByFlux, textInGit } from '../../repository/git.ts';
import type { LoadedFuture } from './analyseTree.ts';
import { heldChanges } from './heldChanges.ts';
import { keyOf, objectsIn, type WrittenObject, writtenBefore } from './writtenBefore.ts';

/** Data that a change takes away from what runs. */
export interface DataLoss extends WrittenObject {
  /** As `--allow-removal` names it. */
  name: string;
  /** The object is no longer applied, another Flux Kustomization applies it, or it changes. */
  how: 'removed' | 'moved' | 'changed';
  /** What is lost, as a sentence without a full stop. */
  sentence: string;
  /** Flux may prune the live object: the commit that it follows does not keep it from doing so. */
  unprotected: boolean;
}

/** What losses are looked for in. */
export interface ChangedRepository extends LoadedFuture {
  directory: string;
  /** The branch that Flux follows. */
  branch: string;
  plan: Plan;
  difference: Difference;
}

/**
 * Finds what a difference takes away from a cluster: objects with data that Flux would no longer apply, or that another
 * Flux Kustomization applies (the first one may prune them before the other applies them), and changes that leave data
 * behind. What no commit has that Flux may follow runs nowhere, and is not lost.
 */
export async function dataLosses(repository: ChangedRepository): Promise<DataLoss[]> {
  const { directory, branch, difference } = repository;
  let asked: Promise<Followed> | undefined;
  const followed = (): Promise<Followed> => {
    asked ??= followedByFlux(directory, branch);
    return asked;
  };
  const before = await writtenBefore(directory, difference, followed);
  const after = objectsAfter(repository);
  const found = before.flatMap((written) => lossOf(written, after.get(keyOf(written.object)), before));
  if (found.length === 0) return [];
  const { references } = await followed();
  const losses = await Promise.all(found.map((loss) => asFollowed(loss, directory, references)));
  return losses
    .flatMap((loss) => (loss === undefined || (loss.how === 'moved' && !loss.unprotected) ? [] : [loss]))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

type PlacedObject = Omit<WrittenObject, 'text'>;

/** Every object that will be applied: as the files build it, before variables are filled in. */
function objectsAfter({ repository, plan, tree }: ChangedRepository): Map<string, PlacedObject> {
  const planned = [
    ...plan.objects,
    ...plan.encrypted.map(({ path, object }) => ({ file: path, object })),
  ].filter(({ file }) => tree.written.has(file));
  const built = repository.roots.flatMap(({ objects }) => objects);
  return new Map([...planned, ...built].map(({ object, file }) => [keyOf(object), { object, file }]));
}

function lossOf(
  written: WrittenObject,
  after: PlacedObject | undefined,
  all: readonly WrittenObject[],
): DataLoss[] {
  const { object } = written;
  const held = heldData(object);
  const loss = { ...written, name: nameOf(object), unprotected: true };
  if (after === undefined) {
    if (held === undefined) return [];
    const sentence = `it is no longer in the repository, and holds ${held}${secretsByHand(object, all)}`;
    return [{ ...loss, how: 'removed', sentence }];
  }
  const changes = heldChanges(object, after.object).map(
    (sentence): DataLoss => ({ ...loss, how: 'changed', sentence, unprotected: false }),
  );
  if (held === undefined || applierOf(written) === applierOf(after)) return changes;
  const sentence = `another Flux Kustomization applies it from ${after.file} on: the first one may prune it before, and with it ${held}`;
  return [...changes, { ...loss, how: 'moved', sentence }];
}

/** The directory that a Flux Kustomization of its own applies; all others are applied together. */
function applierOf({ file }: PlacedObject): string {
  return /^apps\/[^/]+\/[^/]+\/app\//.exec(file)?.[0] ?? '';
}

/** Secrets that pods of a namespace read and that no file has: only the cluster has them. */
function secretsByHand(namespace: KubernetesObject, all: readonly WrittenObject[]): string {
  if (namespace.kind !== 'Namespace') return '';
  const within = all
    .map(({ object }) => object)
    .filter((object) => object.metadata.namespace === namespace.metadata.name);
  const written = new Set(
    within.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name),
  );
  const read = within.flatMap((object) => {
    const pod = fieldsAt(object, 'spec', 'template', 'spec');
    const containers = [...mapsAt(pod, 'containers'), ...mapsAt(pod, 'initContainers')];
    return [
      ...mapsAt(pod, 'volumes').map((volume) => textAt(volume, 'secret', 'secretName')),
      ...containers.flatMap((container) => [
        ...mapsAt(container, 'envFrom').map((source) => textAt(source, 'secretRef', 'name')),
        ...mapsAt(container, 'env').map((variable) => textAt(variable, 'valueFrom', 'secretKeyRef', 'name')),
      ]),
    ];
  });
  const names = [...new Set(read)].filter((name) => name !== undefined && !written.has(name));
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

/** The loss as the commits show it that Flux may have applied; undefined where none of them has the object. */
async function asFollowed(
  loss: DataLoss,
  directory: string,
  references: Followed['references'],
): Promise<DataLoss | undefined> {
  if (references === undefined) return { ...loss, unprotected: loss.unprotected && !isKept(loss.object) };
  const texts = await Promise.all(references.map((reference) => textInGit(directory, reference, loss.file)));
  const committed = texts
    .flatMap((text) => (text === undefined ? [] : objectsIn(text)))
    .filter((object) => keyOf(object) === keyOf(loss.object));
  if (committed.length === 0) return undefined;
  return { ...loss, unprotected: loss.unprotected && !committed.every(isKept) };
}
