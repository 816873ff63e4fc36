import { fieldsAt, textAt } from '../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../kubernetes/object.ts';

/**
 * The annotation with which Flux leaves an object in the cluster when its manifest is gone, and when the Flux
 * Kustomization that applied it is deleted. Flux reads it from the live object (kustomize-controller 1.7,
 * `deleteObjects` in `internal/controller/kustomization_controller.go`), so that it must be applied before the manifest
 * goes.
 */
export const pruneAnnotation = { name: 'kustomize.toolkit.fluxcd.io/prune', value: 'disabled' } as const;

/** What is lost with the objects of a kind, as a clause; null for a kind whose objects can be made again from Git. */
type HeldData = string | null | ((object: KubernetesObject) => string | null);

const release = 'what its chart made, with claims of volumes and definitions of kinds';

/**
 * Every kind that Gatehouse writes, and kinds that hold data and may be written one day. A kind that is not here does not
 * pass the contract of the components.
 */
const kinds: ReadonlyMap<string, HeldData> = new Map<string, HeldData>([
  ['Namespace', 'everything in it: claims of volumes, and Secrets that were made by hand'],
  ['PersistentVolumeClaim', 'the claim, and the data of its volume unless the volume is retained'],
  [
    'PersistentVolume',
    (object) =>
      textAt(object, 'spec', 'persistentVolumeReclaimPolicy') === 'Retain'
        ? 'what connects the claim with its files, which stay where they are'
        : 'the data of the volume',
  ],
  ['CustomResourceDefinition.apiextensions.k8s.io', 'every object of the kind'],
  ['HelmRelease.helm.toolkit.fluxcd.io', release],
  ['HelmChart.helm.cattle.io', release],
  [
    'StatefulSet.apps',
    (object) =>
      textAt(object, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete'
        ? 'the claims of its volumes, which it deletes with itself'
        : null,
  ],
  // These own the claims, buckets or databases that they make.
  ['Cluster.postgresql.cnpg.io', 'the database: it owns the claims of its volumes'],
  ['Database.postgresql.cnpg.io', 'the database, where its reclaim policy is delete'],
  ['ObjectBucketClaim.objectbucket.io', 'the bucket'],
  ['VolumeSnapshot.snapshot.storage.k8s.io', 'the snapshot'],
  [
    'Secret',
    (object) =>
      ['data', 'stringData'].some((map) => 'RESTIC_PASSWORD' in fieldsAt(object, map))
        ? 'the password without which nobody reads the backups'
        : null,
  ],
  ...[
    'ConfigMap',
    'Service',
    'ServiceAccount',
    'Role.rbac.authorization.k8s.io',
    'RoleBinding.rbac.authorization.k8s.io',
    'ClusterRole.rbac.authorization.k8s.io',
    'ClusterRoleBinding.rbac.authorization.k8s.io',
    'NetworkPolicy.networking.k8s.io',
    'CiliumNetworkPolicy.cilium.io',
    'DaemonSet.apps',
    'Deployment.apps',
    'Job.batch',
    'PodDisruptionBudget.policy',
    'PodMonitor.monitoring.coreos.com',
    'PrometheusRule.monitoring.coreos.com',
    // The records go with it, and are made again.
    'DNSEndpoint.externaldns.k8s.io',
    'ClusterIssuer.cert-manager.io',
    // Its Secret stays: cert-manager owns it only where it is told to (`--enable-certificate-owner-ref`).
    'Certificate.cert-manager.io',
    'GitRepository.source.toolkit.fluxcd.io',
    'HelmRepository.source.toolkit.fluxcd.io',
    'OCIRepository.source.toolkit.fluxcd.io',
    'GatewayClass.gateway.networking.k8s.io',
    'Gateway.gateway.networking.k8s.io',
    'HTTPRoute.gateway.networking.k8s.io',
    'GRPCRoute.gateway.networking.k8s.io',
    'TCPRoute.gateway.networking.k8s.io',
    'TLSRoute.gateway.networking.k8s.io',
    'ReferenceGrant.gateway.networking.k8s.io',
    'EnvoyProxy.gateway.envoyproxy.io',
    'SecurityPolicy.gateway.envoyproxy.io',
    'ClientTrafficPolicy.gateway.envoyproxy.io',
    'BackendTrafficPolicy.gateway.envoyproxy.io',
    // With it goes what it applied, by the same annotation of each object.
    'Kustomization.kustomize.toolkit.fluxcd.io',
    // The repository of the backups stays: only the cache of the mover goes with it.
    'ReplicationSource.volsync.backube',
    'ReplicationDestination.volsync.backube',
    'KubernetesUpgrade.tuppr.home-operations.com',
    'TalosUpgrade.tuppr.home-operations.com',
  ].map((kind): [string, null] => [kind, null]),
]);

/** The name of a kind in the table: with its group, unless that is the core group. */
function kindOf(object: KubernetesObject): string {
  const group = groupOf(object);
  return group === '' ? object.kind : `${object.kind}.${group}`;
}

/** Whether it is known of the kind of an object what is lost with it. */
export function isKindKnown(object: KubernetesObject): boolean {
  return kinds.has(kindOf(object));
}

/** What is lost when the object is deleted, as a clause; undefined where Git can make all of it again. */
export function heldData(object: KubernetesObject): string | undefined {
  const held = kinds.get(kindOf(object));
  return (typeof held === 'function' ? held(object) : held) ?? undefined;
}

/** The name of an object as a user writes it: `namespace/media`, `persistentvolumeclaim/media/immich-library`. */
export function nameOf({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  return [kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

/** Whether Flux leaves the object in the cluster when its manifest is gone. */
export function isKept(object: KubernetesObject): boolean {
  return object.metadata.annotations?.[pruneAnnotation.name] === pruneAnnotation.value;
}

/**
 * The object with the annotation, if data is lost with it. A policy that denies everything by default has it too: what
 * stays in a namespace must not be open because its policies were pruned.
 */
export function keptByFlux<Kept extends KubernetesObject>(object: Kept): Kept {
  if (heldData(object) === undefined && !deniesByDefault(object)) return object;
  const { annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      annotations: { ...annotations, [pruneAnnotation.name]: pruneAnnotation.value },
    },
  };
}

function deniesByDefault(object: KubernetesObject): boolean {
  if (kindOf(object) !== 'NetworkPolicy.networking.k8s.io') return false;
  const { podSelector = {}, ingress = [], egress = [] } = fieldsAt(object, 'spec');
  return [podSelector, ingress, egress].every((part) => Object.keys(part as object).length === 0);
}
