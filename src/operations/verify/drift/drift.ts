import { textAt, valueAt } from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../../kubernetes/object.ts';
import { liveNameOf } from '../../../live/questions/select.ts';
import { describeObject, refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import { type Dump, isKnownAbsent } from '../dump.ts';
import { nameOf } from '../objectName.ts';
import type { MadeByRelease } from '../releases.ts';
import { type ChangedField, changedFields } from './changedFields.ts';
import { setByHand } from './fieldManagers.ts';

/** How an object of Git and the cluster differ. */
export interface Drift {
  /** The object in Git; undefined where only the cluster has it. */
  source: SourcedObject | undefined;
  /** `group/Kind namespace/name`, by which a plan finds who made it. */
  name: string;
  /** What differs, as sentences that name the object. No value of a field that may be private is in them. */
  sentences: readonly string[];
}

/** What could be compared, and what differs. */
export interface DriftResult {
  compared: readonly SourcedObject[];
  /** Objects of Git of a kind that could not be read. */
  notRead: readonly SourcedObject[];
  drifts: readonly Drift[];
}

/**
 * Compares the objects that Flux applies with those in the cluster: what is gone, what has other values, and what somebody
 * set by hand beside them. An object that Flux is told to leave alone is only looked for.
 */
export function driftBetween(inGit: readonly SourcedObject[], dump: Dump): DriftResult {
  const listed = new Set(dump.listed.map(({ apiVersion, kind }) => `${groupOf({ apiVersion })}/${kind}`));
  const notRead: SourcedObject[] = [];
  const compared: SourcedObject[] = [];
  const drifts: Drift[] = [];
  for (const source of inGit) {
    const { object } = source;
    const found = dump.byName.get(nameOf(object));
    if (found === undefined && !isKnownAbsent(object, dump)) {
      notRead.push(source);
      continue;
    }
    compared.push(source);
    const sentences =
      found === undefined ? gone(source, listed.has(kindOf(object))) : differences(source, found);
    if (sentences.length > 0) drifts.push({ source, name: nameOf(object), sentences });
  }
  return { compared, notRead, drifts };
}

function kindOf(object: KubernetesObject): string {
  return `${groupOf(object)}/${object.kind}`;
}

function gone(source: SourcedObject, isListed: boolean): readonly string[] {
  const { object } = source;
  if (!isListed) return [`${describe(source)}: the cluster does not know its kind (${object.apiVersion})`];
  // A Job that is done may be removed, until Flux applies it again.
  if (object.kind === 'Job' && valueAt(object, 'spec', 'ttlSecondsAfterFinished') !== undefined) return [];
  return [`${describe(source)} is not in the cluster`];
}

function differences(source: SourcedObject, live: KubernetesObject): readonly string[] {
  const { object } = source;
  const name = describe(source);
  const ending = textAt(live, 'metadata', 'deletionTimestamp');
  const leaving = ending === undefined ? [] : [`${name} is being deleted since ${ending}`];
  if (isLeftAlone(object)) return leaving;
  const lost =
    object.kind === 'PersistentVolumeClaim' && textAt(live, 'status', 'phase') === 'Lost'
      ? [`${name} has lost its volume: the PersistentVolume is gone, or belongs to another claim`]
      : [];
  const changed = changedFields(object, live).map((field) => `${name}: ${sentenceOf(field)}`);
  return [...leaving, ...lost, ...changed, ...handSentences(name, live)];
}

/** What somebody set by hand on objects that releases of Git made, and which of these objects are gone. Git has no form of them. */
export function releaseDrift(made: readonly MadeByRelease[]): readonly string[] {
  return made.flatMap(({ release, object, isThere }) =>
    isThere
      ? handSentences(liveNameOf(object), object)
      : [`${liveNameOf(object)} is not in the cluster, and ${describe(release)} made it`],
  );
}

function handSentences(name: string, live: KubernetesObject): readonly string[] {
  return setByHand(live).map(
    ({ manager, at, paths }) => `${name}: ${manager} set ${listed(paths)}${at === '' ? '' : ` at ${at}`}`,
  );
}

/** Flux applies such an object once, or not at all (kustomize-controller 1.7, "Controlling the apply behavior"). */
function isLeftAlone(object: KubernetesObject): boolean {
  const { annotations = {} } = object.metadata;
  const ssa = annotations['kustomize.toolkit.fluxcd.io/ssa'];
  return (
    ssa === 'IfNotPresent' ||
    ssa === 'Ignore' ||
    annotations['kustomize.toolkit.fluxcd.io/reconcile'] === 'disabled'
  );
}

/** Fields of which the value tells at once what happened, and is never private. */
const telling = /(?:^|\.)(?:image|replicas|type|nodePort|hostPort|containerPort|hostNetwork|suspend)$/;

function sentenceOf({ path, live }: ChangedField): string {
  if (live === undefined) return `${path} is missing`;
  if (telling.test(path) && typeof live !== 'object')
    return `${path} is ${String(live)}, and not what Git says`;
  return `${path} is not what Git says`;
}

function listed(paths: readonly string[]): string {
  const [first = '', second, ...others] = paths;
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more`;
}

function describe(source: SourcedObject): string {
  return describeObject(refOf(source));
}
