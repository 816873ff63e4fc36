import { isFields } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import type { FieldPath } from './fieldPaths.ts';

/** How kustomize identifies an object. */
export interface Id {
  group: string;
  version: string;
  kind: string;
  name: string;
  /** The effective namespace: `default` if none is set, {@link clusterScope} for cluster-scoped kinds. */
  namespace: string;
}

/** An object during a build, with the records that kustomize keeps of it. Immutable. */
export interface Resource {
  source: SourcedObject;
  /** The id before each step that may have changed it, oldest first. */
  previousIds: readonly Pick<Id, 'kind' | 'name' | 'namespace'>[];
  prefixes: readonly string[];
  suffixes: readonly string[];
  /** Whether its name gets a hash suffix at the end of the build. */
  hashed: boolean;
  /** Whether a generator made it. */
  generated: boolean;
  /** Labels and annotations that one transformer wrote to several fields. */
  duplicated: readonly DuplicatedMetadata[];
}

/**
 * A label or an annotation that a transformer wrote to several fields. kustomize puts one YAML node into all of them, so
 * a later change of one field may change the others. Whether it does depends on which fields had the key before, so the
 * result is unknown once the values differ.
 */
export interface DuplicatedMetadata {
  key: string;
  paths: readonly FieldPath[];
}

/** Reports what a step cannot do: kustomize rejects it (`refused`), or the in-memory build does not support it. */
export type Report = (kind: 'refused' | 'unknown', sentence: string) => void;

export function resourceOf(source: SourcedObject): Resource {
  return {
    source,
    previousIds: [],
    prefixes: [],
    suffixes: [],
    hashed: false,
    generated: false,
    duplicated: [],
  };
}

/** The namespace of cluster-scoped kinds. */
export const clusterScope = '_';

/** Cluster-scoped kinds that kustomize 5.8 knows: its definitions are those of Kubernetes 1.21. */
const clusterKinds: ReadonlySet<string> = new Set([
  'v1 ComponentStatus',
  'v1 Namespace',
  'v1 Node',
  'v1 NodeProxyOptions',
  'v1 PersistentVolume',
  ...['v1', 'v1beta1'].flatMap((version) => [
    `admissionregistration.k8s.io/${version} MutatingWebhookConfiguration`,
    `admissionregistration.k8s.io/${version} ValidatingWebhookConfiguration`,
    `apiextensions.k8s.io/${version} CustomResourceDefinition`,
    `apiregistration.k8s.io/${version} APIService`,
    `certificates.k8s.io/${version} CertificateSigningRequest`,
    `networking.k8s.io/${version} IngressClass`,
    `node.k8s.io/${version} RuntimeClass`,
    `rbac.authorization.k8s.io/${version} ClusterRole`,
    `rbac.authorization.k8s.io/${version} ClusterRoleBinding`,
    `scheduling.k8s.io/${version} PriorityClass`,
    `storage.k8s.io/${version} CSIDriver`,
    `storage.k8s.io/${version} CSINode`,
    `storage.k8s.io/${version} StorageClass`,
    `storage.k8s.io/${version} VolumeAttachment`,
  ]),
  'flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema',
  'flowcontrol.apiserver.k8s.io/v1beta1 PriorityLevelConfiguration',
  'policy/v1beta1 PodSecurityPolicy',
]);

/** Whether kustomize treats a kind as cluster-scoped. It treats unknown kinds as namespaced. */
export function isClusterScoped(apiVersion: string, kind: string): boolean {
  return clusterKinds.has(`${apiVersion} ${kind}`);
}

export function idOf({ source: { object } }: Resource): Id {
  const { apiVersion, kind, metadata } = object;
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    name: metadata.name,
    namespace: effectiveNamespace(object),
  };
}

export function effectiveNamespace({ apiVersion, kind, metadata }: KubernetesObject): string {
  return isClusterScoped(apiVersion, kind) ? clusterScope : metadata.namespace || 'default';
}

/** Every id of an object, the original one first and the current one last. */
export function idsOf(resource: Resource): readonly Id[] {
  const id = idOf(resource);
  return [...resource.previousIds.map((earlier) => ({ ...id, ...earlier })), id];
}

export function originalId(resource: Resource): Id {
  const id = idOf(resource);
  return { ...id, ...resource.previousIds[0] };
}

export function isSameId(a: Id, b: Id): boolean {
  return (
    a.name === b.name &&
    a.kind === b.kind &&
    a.namespace === b.namespace &&
    a.group === b.group &&
    a.version === b.version
  );
}

/** An id as a key of a map or set. */
export function keyOf({ group, version, kind, namespace, name }: Id): string {
  return `${group}/${version} ${kind} ${namespace}/${name}`;
}

/** Records the current id, before a step that may change it. */
export function withRecordedId(resource: Resource): Resource {
  const { kind, name, namespace } = idOf(resource);
  return { ...resource, previousIds: [...resource.previousIds, { kind, name, namespace }] };
}

export function withObject(resource: Resource, object: KubernetesObject): Resource {
  return { ...resource, source: { ...resource.source, object } };
}

/** Narrows a changed value to an object; undefined if it no longer has a kind and a name. */
export function asObject(value: unknown): KubernetesObject | undefined {
  if (!isFields(value) || !isFields(value['metadata'])) return undefined;
  const { apiVersion, kind, metadata } = value;
  const { name, namespace } = metadata;
  if (typeof kind !== 'string' || typeof name !== 'string' || name === '') return undefined;
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') return undefined;
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  return { ...value, apiVersion: version, kind, metadata: { ...metadata, name } };
}
