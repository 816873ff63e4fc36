import { textAt, valueAt } from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../../kubernetes/object.ts';
import { liveNameOf } from '../../../live/questions/select.ts';
import { describeObject, refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import { type Dump, isKnownAbsent } from '../dump.ts';
import { nameOf } from '../objectName.ts';
import type { MadeByRelease } from '../releases.ts';
import { type ChangedField, changedFields } from './changedFields.ts';
import { setBeside } from './fieldManagers.ts';

/** How objects differ from what Git and Helm say, as sentences that name them. No value of a field that may be private is in them. */
export interface Differences {
  sentences: readonly string[];
  /** Fields of which nobody can tell whether they are a difference. */
  unsure: readonly string[];
}

/** What could be compared, and what differs. */
export interface DriftResult extends Differences {
  compared: readonly SourcedObject[];
  /** Objects of Git of a kind that could not be read. */
  notRead: readonly SourcedObject[];
}

/**
 * Compares the objects that Flux applies with those in the cluster: what is gone, what has other values, and what somebody
 * set by hand beside them. An object that Flux is told to leave alone is only looked for.
 */
export function driftBetween(inGit: readonly SourcedObject[], dump: Dump): DriftResult {
  const listed = new Set(dump.listed.map(({ apiVersion, kind }) => `${groupOf({ apiVersion })}/${kind}`));
  const notRead: SourcedObject[] = [];
  const compared: SourcedObject[] = [];
  const drifts: Differences[] = [];
  for (const source of inGit) {
    const { object } = source;
    const found = dump.byName.get(nameOf(object));
    if (found === undefined && !isKnownAbsent(object, dump)) {
      notRead.push(source);
      continue;
    }
    compared.push(source);
    drifts.push(
      found === undefined
        ? { sentences: gone(source, listed.has(kindOf(object))), unsure: [] }
        : differences(source, found),
    );
  }
  return { compared, notRead, ...together(drifts) };
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

function together(all: readonly Differences[]): Differences {
  return {
    sentences: all.flatMap(({ sentences }) => sentences),
    unsure: all.flatMap(({ unsure }) => unsure),
  };
}

function differences(source: SourcedObject, live: KubernetesObject): Differences {
  const { object } = source;
  const name = describe(source);
  const ending = textAt(live, 'metadata', 'deletionTimestamp');
  const leaving = ending === undefined ? [] : [`${name} is being deleted since ${ending}`];
  if (isLeftAlone(object)) return { sentences: leaving, unsure: [] };
  const lost =
    object.kind === 'PersistentVolumeClaim' && textAt(live, 'status', 'phase') === 'Lost'
      ? [`${name} has lost its volume: the PersistentVolume is gone, or belongs to another claim`]
      : [];
  const changed = changedFields(object, live).map((field) => `${name}: ${sentenceOf(field)}`);
  const beside = besideFlux(name, live);
  return { ...beside, sentences: [...leaving, ...lost, ...changed, ...beside.sentences] };
}

/** What was set beside Helm on objects that releases of Git made, and which of these are gone. Git has no form of them. */
export function releaseDrift(made: readonly MadeByRelease[]): Differences {
  return together(
    made.map(({ release, object, isThere }) =>
      isThere
        ? besideFlux(liveNameOf(object), object)
        : {
            sentences: [`${liveNameOf(object)} is not in the cluster, and ${describe(release)} made it`],
            unsure: [],
          },
    ),
  );
}

function besideFlux(name: string, live: KubernetesObject): Differences {
  const all = setBeside(live).map(({ manager, at, paths, isNamedProgram }) => ({
    isNamedProgram,
    sentence: `${name}: ${manager || 'a client without a name'} set ${listed(paths)}${at === '' ? '' : ` at ${at}`}`,
  }));
  return {
    sentences: all.flatMap(({ isNamedProgram, sentence }) => (isNamedProgram ? [] : sentence)),
    unsure: all.flatMap(({ isNamedProgram, sentence }) =>
      isNamedProgram
        ? `${sentence}, and it is not known whether that is the work of a program of this name`
        : [],
    ),
  };
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
