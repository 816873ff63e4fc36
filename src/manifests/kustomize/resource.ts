import { isFields } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import type { FieldPath } from './fieldPaths.ts';

/** How kustomize knows an object. */
export interface Id {
  group: string;
  version: string;
  kind: string;
  name: string;
  /** The namespace in effect: `default` where none is written, {@link nowhere} for what has none. */
  namespace: string;
}

/** An object on its way through a build, with what kustomize remembers of it. Never changed, only replaced. */
export interface Resource {
  source: SourcedObject;
  /** What it was called before each step that may have renamed it, the first name first. */
  previous: readonly Pick<Id, 'kind' | 'name' | 'namespace'>[];
  prefixes: readonly string[];
  suffixes: readonly string[];
  /** Whether its name gets a hash of its content at the end. */
  hashed: boolean;
  /** Whether a generator made it. */
  generated: boolean;
  /** Labels and annotations that one step wrote to several places. */
  stamps: readonly DuplicatedMetadata[];
}

/**
 * A label or an annotation, and the places to which a step wrote it. kustomize writes one and the same node to all of
 * them, so that who changes it in one place later changes it everywhere. Whether that happens depends on which places
 * had it before, so a value that is not the same everywhere any more is not known here.
 */
export interface DuplicatedMetadata {
  key: string;
  paths: readonly FieldPath[];
}

/** What a step says when it cannot do what is asked: kustomize refuses it, or it is not known what it would do. */
export type Say = (kind: 'refused' | 'unknown', sentence: string) => void;

export function resourceOf(source: SourcedObject): Resource {
  return { source, previous: [], prefixes: [], suffixes: [], hashed: false, generated: false, stamps: [] };
}

/** The namespace of kinds that have none. */
export const nowhere = '_';

/** Kinds without a namespace that kustomize 5.8 knows (its definitions are those of Kubernetes 1.21). */
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

/** Whether kustomize is certain that a kind has no namespace; of kinds that it does not know it never is. */
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
  return isClusterScoped(apiVersion, kind) ? nowhere : metadata.namespace || 'default';
}

/** Every id that an object ever had, the first one first and the present one last. */
export function idsOf(resource: Resource): readonly Id[] {
  const id = idOf(resource);
  return [...resource.previous.map((earlier) => ({ ...id, ...earlier })), id];
}

export function originalId(resource: Resource): Id {
  const id = idOf(resource);
  return { ...id, ...resource.previous[0] };
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

/** An id as a text, to be looked up. */
export function keyOf({ group, version, kind, namespace, name }: Id): string {
  return `${group}/${version} ${kind} ${namespace}/${name}`;
}

/** Remembers the present id before a step that may change it. */
export function remembered(resource: Resource): Resource {
  const { kind, name, namespace } = idOf(resource);
  return { ...resource, previous: [...resource.previous, { kind, name, namespace }] };
}

export function withObject(resource: Resource, object: KubernetesObject): Resource {
  return { ...resource, source: { ...resource.source, object } };
}

/** The object that a changed value is, if kind and name are still there. */
export function asObject(value: unknown): KubernetesObject | undefined {
  if (!isFields(value) || !isFields(value['metadata'])) return undefined;
  const { apiVersion, kind, metadata } = value;
  const { name, namespace } = metadata;
  if (typeof kind !== 'string' || typeof name !== 'string' || name === '') return undefined;
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') return undefined;
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  return { ...value, apiVersion: version, kind, metadata: { ...metadata, name } };
}
