import { isTemplate, textAt, textsIn } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { valueAt, written } from '../../kubernetes/path.ts';
import type { KindEntry } from '../../kubernetes/schema.ts';
import type { Finding } from '../../kubernetes/validate.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';

/** What the schema of its kind says of an object. */
export interface ValidatedObject {
  source: SourcedObject;
  /** Undefined where there is no schema for the kind. */
  kind: KindEntry | undefined;
  findings: readonly Finding[];
  /** What a definition among the objects says, where one defines the kind and can be read. */
  own?: { kind: KindEntry; findings: readonly Finding[] };
}

/** What schemas say of all objects. */
export interface Structure {
  /** The objects, and Flux Kustomizations that are applied by hand. */
  validated: readonly ValidatedObject[];
  /** Whether the cluster runs the versions of the schemas. In another version a custom kind may have other fields. */
  pinned: boolean;
}

/** The kinds that are not compared, for want of a schema, in their order by name. */
export function kindsWithoutSchema({ validated }: Pick<Structure, 'validated'>): readonly string[] {
  const comparable = comparableIn(validated);
  const kinds = validated
    .filter((each) => !comparable(each))
    .map(({ source: { object } }) => qualifiedKind(object));
  return [...new Set(kinds)].toSorted();
}

/** The name of a kind with its group: `Deployment.apps`. */
export function qualifiedKind(object: SourcedObject['object']): string {
  const group = groupOf(object);
  return group === '' ? object.kind : `${object.kind}.${group}`;
}

/** Groups whose objects restrict or apply others: one of a version that is not known may do neither. */
export const decidingGroups: ReadonlySet<string> = new Set([
  'cilium.io',
  'gateway.networking.k8s.io',
  'gateway.envoyproxy.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
  'source.toolkit.fluxcd.io',
  'fluxcd.controlplane.io',
]);

/**
 * Versions that were served beside a later one, which Flux 2.8 removed (kustomize-controller 1.8, pull request 1584;
 * helm-controller 1.5, pull request 1404; source-controller 1.8, CHANGELOG.md). Where the later one accepts an object, it
 * has the same meaning in both.
 */
const laterVersions: ReadonlyMap<string, string> = new Map([
  ['kustomize.toolkit.fluxcd.io/v1beta2', 'kustomize.toolkit.fluxcd.io/v1'],
  ['helm.toolkit.fluxcd.io/v2beta2', 'helm.toolkit.fluxcd.io/v2'],
  ['source.toolkit.fluxcd.io/v1beta2', 'source.toolkit.fluxcd.io/v1'],
]);

/** The version by which an object is read instead, if its own has no schema. What it refuses is among the findings. */
export function laterVersionOf(apiVersion: string): string | undefined {
  return laterVersions.get(apiVersion);
}

/** Objects that restrict or apply others, of a version that is not read, each with the reason why they are not certain. */
export function unreadVersions(structure: Structure | undefined): ReadonlyMap<SourcedObject, string> {
  const unread = new Map<SourcedObject, string>();
  for (const { source, findings } of structure?.validated ?? []) {
    const { object } = source;
    if (!decidingGroups.has(groupOf(object)) || !isOfOtherVersion(findings)) continue;
    const differs = findings.some((each) => each.code !== 'unknown-version' && isFinal(each, object));
    if (laterVersionOf(object.apiVersion) !== undefined && !differs) continue;
    const name = describeObject(refOf(source));
    unread.set(source, `${name} has a version of its kind that is not known, ${object.apiVersion}`);
  }
  return unread;
}

/** Whether there is a schema for the kind in other versions only. */
export function isOfOtherVersion(findings: readonly Finding[]): boolean {
  return findings.some(({ code }) => code === 'unknown-version');
}

/** Why the API server refuses an object, or may. */
export interface ObjectRefusal {
  certain: boolean;
  /** The first field that it refuses, and why. */
  why: string;
}

/**
 * Whether the API server refuses an object. It is certain for kinds of Kubernetes, and for all kinds where the cluster
 * runs the versions of the schemas. Undefined where no finding is final.
 */
export function refusalOf(
  { source, kind, findings }: ValidatedObject,
  { pinned }: Pick<Structure, 'pinned'>,
): ObjectRefusal | undefined {
  if (kind === undefined) return undefined;
  const final = findings.filter((finding) => isFinal(finding, source.object));
  const certain = (finding: Finding): boolean => isCertain(finding, kind, pinned);
  const first =
    final.find((each) => certain(each) && each.code !== 'unknown-key') ?? final.find(certain) ?? final[0];
  if (first === undefined) return undefined;
  const keepsUnknownKeys = source.appliedBy !== undefined && !isNormalized(source.object, kind);
  const isRefused = certain(first) && (first.code !== 'unknown-key' || keepsUnknownKeys);
  return { certain: isRefused, why: `${fieldOf(first.path)}: ${first.message}` };
}

/**
 * Flux reads objects of Kubernetes itself into their types before it applies them, so that fields that it does not know
 * are dropped, and the object is applied (fluxcd/pkg `ssa/normalize/normalize.go`; roles are left as they are).
 */
function isNormalized({ kind }: SourcedObject['object'], { source }: KindEntry): boolean {
  return source === 'kubernetes/kubernetes' && kind !== 'Role' && kind !== 'ClusterRole';
}

/** Whether every server says what a finding says, so that the version of the cluster does not matter. */
export function isCertain({ unless, code }: Finding, { source }: KindEntry, pinned: boolean): boolean {
  if (unless !== undefined || code === 'not-evaluated') return false;
  return pinned || source === 'kubernetes/kubernetes';
}

/** Whether the finding stays when what is hidden or filled in later is known. */
export function isFinal({ code, path }: Finding, object: SourcedObject['object']): boolean {
  if (code === 'unknown-key') return !isTemplate(String(path.at(-1)));
  if (isTemplate(String(path.at(-1) ?? ''))) return false;
  return !textsIn(valueAt(object, path)).some((text) => isTemplate(text) || text.startsWith('ENC['));
}

export function fieldOf(path: Finding['path']): string {
  return path.length === 0 ? 'the object' : written(path);
}

/** A kind that a definition among the objects defines is not compared: their definition counts, not ours. */
export function comparableIn(validated: readonly ValidatedObject[]): (each: ValidatedObject) => boolean {
  const defined = new Set(validated.flatMap(({ source }) => kindDefinedBy(source.object)));
  return ({ source: { object }, kind }) =>
    kind !== undefined && !defined.has(`${groupOf(object)}/${object.kind}`);
}

function kindDefinedBy(object: SourcedObject['object']): readonly string[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const [group, kind] = [textAt(object, 'spec', 'group'), textAt(object, 'spec', 'names', 'kind')];
  return group === undefined || kind === undefined ? [] : [`${group}/${kind}`];
}
