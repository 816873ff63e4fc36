import { isDeepStrictEqual } from 'node:util';
import { heldData, isKept, nameOf } from '../../compile/heldData.ts';
import type { Plan } from '../../compile/plan.ts';
import { fieldsAt, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { lockouts } from '../../private-values/recipientLockouts.ts';
import { redactor } from '../../private-values/redact.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Difference } from '../../repository/compare.ts';
import { type Followed, textInGit } from '../../repository/git.ts';
import type { LoadedFuture } from './analyseTree.ts';
import { heldChanges } from './heldChanges.ts';
import { appliedObjects, builtInHead, type PlacedObject } from './plannedObjects.ts';
import { secretLosses } from './secretLosses.ts';
import {
  type ChangedValues,
  changedValues,
  filledIn,
  notComparedProblem,
  notInGitProblem,
} from './valuesBefore.ts';
import { appliedByHand, keyOf, objectsIn, type WrittenObject, writtenBefore } from './writtenBefore.ts';

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
  /** What Flux follows. Git is asked at the first call. */
  followed: () => Promise<Followed>;
  plan: Plan;
  difference: Difference;
  configuration: Configuration;
}

/** What a change takes away, and whether a cluster would still decrypt what it brings. */
export interface FoundLosses {
  losses: DataLoss[];
  /** Recipients that the change drops, as a removal of recipients refuses them. */
  lockouts: Problem[];
  /** What could not be compared. */
  unknown: Problem[];
  /** Private values that are not in Git, and that lead to data. */
  warnings: Problem[];
}

/**
 * Finds what a difference takes away from a cluster: objects with data that Flux would no longer apply, or that another
 * Flux Kustomization applies (the first one may prune them before the other applies them), and changes that leave data
 * behind. Private values are filled in, as they were and as they will be: the files do not show what they change. What
 * no commit has that Flux may follow runs nowhere, and is not lost.
 */
export async function dataLosses(repository: ChangedRepository): Promise<FoundLosses> {
  const { directory, followed, difference, plan, configuration } = repository;
  const before = await writtenBefore(directory, difference, followed);
  const { after, takenOut } = appliedObjects(plan, repository);
  const values = await changedValues(before, plan, configuration);
  const removed = await lossesByUser(directory, takenOut, before);
  const isTakenOut = new Set(takenOut.map(({ object }) => keyOf(object)));
  const found = [
    ...before
      .filter(({ object }) => !isTakenOut.has(keyOf(object)))
      .flatMap((written) => lossOf(written, after.get(keyOf(written.object)), { all: before, values })),
    ...removed,
    ...lossesByValues(before, after, values),
    ...lossesBySecrets(before, after, values),
  ];
  const dropped = lockoutsBy(values, configuration);
  if (found.length + dropped.length + values.unopened.length === 0)
    return { losses: [], lockouts: [], unknown: [], warnings: valuesByHand(repository, after) };
  const { references } = await followed();
  const losses = await Promise.all(found.map((loss) => asFollowed(loss, directory, references)));
  const isFollowed = references === undefined || references.length > 0;
  const redactors = [redactor(values.before), redactor(values.after)];
  return {
    losses: losses
      .flatMap((loss) => (loss === undefined || (loss.how === 'moved' && !loss.unprotected) ? [] : [loss]))
      .map((loss) => ({
        ...loss,
        sentence: redactors.reduce((sentence, redact) => redact(sentence), loss.sentence),
      }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    lockouts: isFollowed ? dropped : [],
    warnings: valuesByHand(repository, after),
    unknown: isFollowed ? values.unopened.map(notComparedProblem) : [],
  };
}

/** Without recipients the private values are in no commit: whether one of them changed is not known. */
function valuesByHand(
  { configuration: { loaded }, difference }: ChangedRepository,
  after: ReadonlyMap<string, PlacedObject>,
): Problem[] {
  if (loaded.cluster.secrets.recipients.length > 0 || difference.record.before === undefined) return [];
  const names = [...loaded.private.keys()].filter((name) => {
    const others = new Map([[name, 'another value']]);
    return [...after.values()].some(({ object }) => heldChanges(object, filledIn(object, others)).length > 0);
  });
  return names.length === 0 ? [] : [notInGitProblem(names)];
}

/** Objects whose files stay as they are, and that a private value changes. */
function lossesByValues(
  before: readonly WrittenObject[],
  after: ReadonlyMap<string, PlacedObject>,
  values: ChangedValues,
): DataLoss[] {
  const names = [...values.after.keys()].filter((name) => values.before.get(name) !== values.after.get(name));
  if (names.length === 0) return [];
  const changed = new Set(before.map(({ object }) => keyOf(object)));
  return [...after].flatMap(([key, { object, file }]) => {
    if (changed.has(key)) return [];
    return heldChanges(filledIn(object, values.before), filledIn(object, values.after)).map(
      (sentence): DataLoss => ({ ...changeOf({ object, file, text: '' }), sentence }),
    );
  });
}

/** Secrets whose values change, so that they open something no more. */
function lossesBySecrets(
  before: readonly WrittenObject[],
  after: ReadonlyMap<string, PlacedObject>,
  { secrets }: ChangedValues,
): DataLoss[] {
  const objects = [...before, ...after.values()].map(({ object }) => object);
  return secrets.flatMap((secret) =>
    secretLosses(secret, objects).map((sentence): DataLoss => ({ ...changeOf(secret), sentence })),
  );
}

function changeOf({ object, file, text }: WrittenObject): Omit<DataLoss, 'sentence'> {
  return { object, file, text, name: nameOf(object), how: 'changed', unprotected: false };
}

/** A recipient that was taken out of `cluster.yaml` by hand may be the cluster, or the only one whose key is here. */
function lockoutsBy({ recipients }: ChangedValues, { loaded, identities }: Configuration): Problem[] {
  const { recipients: after, clusterRecipient } = loaded.cluster.secrets;
  if (after.length === 0) return [];
  const mine = identities.map(({ recipient }) => recipient);
  return lockouts({ before: [...recipients], after, mine, ofCluster: clusterRecipient });
}

/** The branch that Flux in the cluster follows where a change names another one: the source is applied by hand. */
export function branchBefore({ changes, conflicts }: Difference): string | undefined {
  const texts = [...changes, ...conflicts.map(({ change }) => change)].flatMap(({ path, before }) =>
    appliedByHand.test(path) && before !== undefined ? objectsIn(before) : [],
  );
  const source = texts.find(({ kind }) => kind === 'GitRepository');
  return source === undefined ? undefined : textAt(source, 'spec', 'ref', 'branch');
}

/** Objects with data that files of the user take out of what Flux applies, and that the last commit has. */
async function lossesByUser(
  directory: string,
  takenOut: readonly PlacedObject[],
  before: readonly WrittenObject[],
): Promise<DataLoss[]> {
  if (takenOut.length === 0) return [];
  const head = await builtInHead(directory);
  return takenOut
    .filter(({ object }) => head?.has(keyOf(object)))
    .map(({ object, file }) => {
      const written = before.find((each) => keyOf(each.object) === keyOf(object));
      const sentence = `a file of yours takes it out of what Flux applies, and it holds ${heldData(object)}`;
      return {
        ...(written ?? { object, file, text: '' }),
        name: nameOf(object),
        how: 'removed',
        unprotected: true,
        sentence,
      };
    });
}

function lossOf(
  written: WrittenObject,
  after: PlacedObject | undefined,
  { all, values }: { all: readonly WrittenObject[]; values: ChangedValues },
): DataLoss[] {
  const { object } = written;
  const held = heldData(object);
  const loss = { ...written, name: nameOf(object), unprotected: true };
  if (after === undefined) {
    const path = pathOfEntry(written);
    if (path !== undefined) {
      const sentence = `Flux in the cluster follows the directory ${path}, which is gone: from this commit on it applies nothing. Apply the new source.yaml and reconcile.yaml by hand, as docs/quickstart.md does`;
      return [{ ...changeOf(written), sentence }];
    }
    if (held === undefined) return [];
    const sentence = `it is no longer in the repository, and holds ${held}${secretsByHand(object, all)}`;
    return [{ ...loss, how: 'removed', sentence }];
  }
  const followedNow = sourceChange(written, after.object);
  if (followedNow !== undefined) return [{ ...changeOf(written), sentence: followedNow }];
  const changes = heldChanges(filledIn(object, values.before), filledIn(after.object, values.after)).map(
    (sentence): DataLoss => ({ ...changeOf(written), sentence }),
  );
  if (held === undefined || applierOf(written) === applierOf(after)) return changes;
  const sentence = `another Flux Kustomization applies it from ${after.file} on: the first one may prune it before, and with it ${held}`;
  return [...changes, { ...loss, how: 'moved', sentence }];
}

/** The directory of a Flux Kustomization that was applied by hand, so that no commit changes it in the cluster. */
function pathOfEntry({ object, file }: WrittenObject): string | undefined {
  if (groupOf(object) !== 'kustomize.toolkit.fluxcd.io' || !appliedByHand.test(file)) return undefined;
  return textAt(object, 'spec', 'path');
}

/** Why Flux in the cluster does not follow a source that was applied by hand and changes. */
function sourceChange({ object, file }: WrittenObject, after: KubernetesObject): string | undefined {
  if (groupOf(object) !== 'source.toolkit.fluxcd.io' || !appliedByHand.test(file)) return undefined;
  const changed = ['url', 'ref'].filter(
    (field) => !isDeepStrictEqual(valueAt(object, 'spec', field), valueAt(after, 'spec', field)),
  );
  if (changed.length === 0) return undefined;
  return `its ${changed.map((field) => `spec.${field}`).join(' and ')} changes, and Flux in the cluster keeps following the old one: no commit changes that, since source.yaml is applied by hand. Push the repository there first. Then apply the new source.yaml, as docs/quickstart.md does`;
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

/** A kustomization may give a file's object its namespace. */
function withNamespaceOf(
  object: KubernetesObject,
  { metadata: { namespace } }: KubernetesObject,
): KubernetesObject {
  if (namespace === undefined || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
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
    .filter((object) => keyOf(withNamespaceOf(object, loss.object)) === keyOf(loss.object));
  if (committed.length === 0) return undefined;
  return { ...loss, unprotected: loss.unprotected && !committed.every(isKept) };
}
