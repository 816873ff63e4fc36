import { mapsAt, textAt, valueAt } from '../kubernetes/fields.ts';
import { groupOf, type KubernetesObject, namespaceOf } from '../kubernetes/object.ts';
import { syncNameOf } from '../manifests/flux/certainty.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../manifests/sourcedObject.ts';
import type { Structure } from './invariants/structure.ts';

/** Why something is not certain, as a sentence, and the object that the sentence is about. */
export interface Cause {
  sentence: string;
  object: ObjectRef;
}

/** The causes by the group of objects that are applied as a whole. */
export type FallenGroups = ReadonlyMap<string, Cause>;

/** An object that decides whether others are applied. */
interface Decider {
  source: SourcedObject;
  /** What is not certain if this object is not: the groups that it makes, and its names for others. */
  decides: readonly string[];
  /** Without these it decides nothing. */
  needs: readonly string[];
  /** What must be ready before it counts as ready, and the name by which others wait for it. */
  readiness: { name: string; needs: readonly string[] } | undefined;
}

/** Why an object is refused, or may be, before anything that it depends on is looked at. */
export interface Reasons {
  /** Also for all that is applied together with the object. */
  refused: ReadonlyMap<SourcedObject, string>;
  /** The same, for the object alone. */
  uncertain: (source: SourcedObject) => string | undefined;
}

/**
 * The groups of objects of which it is not certain that they are applied, each with the reason:
 *
 * - what a Flux Kustomization builds with something that is refused, and what a release installs with it;
 * - what a Flux Kustomization or a HelmRelease applies that is not certain itself, or whose source is not: without an
 *   artifact it applies nothing (kustomize-controller 1.9, `Reconcile`; helm-controller 1.6, `reconcileRelease`);
 * - what depends on such a Kustomization or release, which never becomes ready, and on one that waits for it.
 */
export function fallenGroups(
  objects: readonly SourcedObject[],
  structure: Structure | undefined,
  { refused, uncertain }: Reasons,
): FallenGroups {
  const deciders = decidersAmong(objects, structure);
  const fallen = new Map<string, Cause>();
  const fall = (names: readonly string[], cause: Cause): boolean => {
    const added = names.filter((name) => !fallen.has(name));
    for (const name of added) fallen.set(name, cause);
    return added.length > 0;
  };
  for (const [source, sentence] of refused) {
    const [group] = groupsOf(source);
    if (group === undefined) continue;
    const consequence = `${sentence}, so that ${describeGroup(group)} may apply nothing`;
    fall([group], { sentence: consequence, object: refOf(source) });
  }
  const firstOf = (names: readonly string[]): Cause | undefined =>
    names.map((name) => fallen.get(name)).find((why) => why !== undefined);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { source, decides, needs, readiness } of deciders) {
      const own = refused.get(source) ?? uncertain(source);
      const why =
        own === undefined
          ? (whyFallen(source, fallen) ?? firstOf([...decides, ...needs]))
          : { sentence: own, object: refOf(source) };
      if (why !== undefined) changed = fall(decides, why) || changed;
      if (readiness === undefined) continue;
      const notReady = why ?? firstOf(readiness.needs);
      if (notReady !== undefined) changed = fall([readiness.name], notReady) || changed;
    }
  }
  return fallen;
}

/** Why the group that applies an object is not certain. */
export function whyFallen(source: SourcedObject, fallen: FallenGroups): Cause | undefined {
  return fallen.size === 0
    ? undefined
    : groupsOf(source)
        .map((group) => fallen.get(group))
        .find((why) => why !== undefined);
}

/** What is applied as a whole, the smallest first: a chart by its release, or what a Flux Kustomization builds. */
function groupsOf({ appliedBy, template, file, line }: SourcedObject): readonly string[] {
  const release = template === undefined ? [] : [releaseAt(file, line)];
  return appliedBy === undefined ? release : [...release, kustomizationCalled(appliedBy)];
}

function describeGroup(group: string): string {
  return group.startsWith('release ') ? 'its release' : `Flux ${group}`;
}

function releaseAt(file: string, line = 0): string {
  return `release ${file}:${line}`;
}

function kustomizationCalled(name: string): string {
  return `Kustomization ${name}`;
}

/** What was validated beside the objects may decide too: Kustomizations that are applied by hand, and rendered releases. */
function decidersAmong(
  objects: readonly SourcedObject[],
  structure: Structure | undefined,
): readonly Decider[] {
  const validated = structure?.validated.map(({ source }) => source) ?? [];
  const all = new Set([...objects, ...validated]);
  const waitedFor = membersByGroup(all);
  return [...all].flatMap((source) => deciderOf(source, waitedFor) ?? []);
}

function deciderOf(
  source: SourcedObject,
  membersOf: ReadonlyMap<string, readonly string[]>,
): Decider | undefined {
  const { object, file, line, template } = source;
  if (template !== undefined && groupOf(object) === 'helm.toolkit.fluxcd.io') return undefined;
  const name = nameIn(object);
  const { kind } = object;
  switch (groupOf(object)) {
    case 'kustomize.toolkit.fluxcd.io': {
      const own = kustomizationCalled(name);
      const needs = [...sourcesOf(object, valueAt(object, 'spec', 'sourceRef')), ...dependenciesOf(object)];
      const members =
        valueAt(object, 'spec', 'wait') === true ? (membersOf.get(own) ?? []) : checkedBy(object);
      return { source, decides: [own], needs, readiness: { name: `ready ${own}`, needs: members } };
    }
    case 'helm.toolkit.fluxcd.io': {
      const chart =
        valueAt(object, 'spec', 'chart', 'spec', 'sourceRef') ?? valueAt(object, 'spec', 'chartRef');
      const needs = [...sourcesOf(object, chart, 'HelmRepository'), ...dependenciesOf(object)];
      const own = `${kind} ${name}`;
      const decides = [releaseAt(file, line), own, ...syncedBy(object)];
      return { source, decides, needs, readiness: { name: `ready ${own}`, needs: [] } };
    }
    case 'source.toolkit.fluxcd.io':
      return {
        source,
        decides: [`source ${kind} ${name}`],
        needs: [
          ...sourcesOf(object, valueAt(object, 'spec', 'sourceRef')),
          ...mapsAt(object, 'spec', 'include').flatMap((each) =>
            sourcesOf(object, valueAt(each, 'repository'), 'GitRepository'),
          ),
        ],
        readiness: undefined,
      };
    case 'fluxcd.controlplane.io':
      return { source, decides: syncedBy(object), needs: [], readiness: undefined };
    default:
      return undefined;
  }
}

/** For each Kustomization, the names of the Flux objects among those that it applies and may wait for. */
function membersByGroup(objects: Iterable<SourcedObject>): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const { object, appliedBy } of objects) {
    if (appliedBy === undefined || !/^(?:kustomize|helm|source)\.toolkit\.fluxcd\.io$/.test(groupOf(object)))
      continue;
    const group = kustomizationCalled(appliedBy);
    const all = members.get(group) ?? [];
    members.set(group, all);
    all.push(...namesOf(object.kind, nameIn(object)));
  }
  return members;
}

/** The Flux objects of `healthChecks`. */
function checkedBy(object: KubernetesObject): readonly string[] {
  return mapsAt(object, 'spec', 'healthChecks').flatMap((check) =>
    namesOf(
      textAt(check, 'kind') ?? '',
      `${textAt(check, 'namespace') || namespaceOf(object)}/${textAt(check, 'name') ?? ''}`,
    ),
  );
}

function namesOf(kind: string, name: string): readonly string[] {
  return kind === 'Kustomization' || kind === 'HelmRelease'
    ? [`${kind} ${name}`, `ready ${kind} ${name}`]
    : [`source ${kind} ${name}`];
}

function dependenciesOf(object: KubernetesObject): readonly string[] {
  return mapsAt(object, 'spec', 'dependsOn').map((dependency) => {
    const namespace = textAt(dependency, 'namespace') || (object.metadata.namespace ?? '');
    return `ready ${object.kind} ${namespace}/${textAt(dependency, 'name') ?? ''}`;
  });
}

function sourcesOf(object: KubernetesObject, reference: unknown, standard?: string): readonly string[] {
  const name = textAt(reference, 'name');
  const kind = textAt(reference, 'kind') ?? standard;
  if (name === undefined || kind === undefined) return [];
  return [`source ${kind} ${textAt(reference, 'namespace') || (object.metadata.namespace ?? '')}/${name}`];
}

/** The Kustomization that the Flux Operator makes of a FluxInstance, in the values of its chart too. */
function syncedBy(object: KubernetesObject): readonly string[] {
  const name = syncNameOf(object);
  return name === undefined ? [] : [kustomizationCalled(name)];
}

function nameIn({ metadata: { namespace = '', name } }: KubernetesObject): string {
  return `${namespace}/${name}`;
}
