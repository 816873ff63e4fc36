/** A version of an API that no server of a supported version has. */
interface Retired {
  groupVersion: string;
  /** Undefined if all kinds of the version are gone. */
  kinds?: readonly string[];
  /** The release that dropped it. */
  since: string;
  /** Where the kinds are now. */
  now: string;
}

/**
 * Versions that are not served any more. Source: the deprecated API migration guide of Kubernetes
 * (https://kubernetes.io/docs/reference/using-api/deprecation-guide/), and of Gateway API the definitions of 1.6.1.
 */
const retired: readonly Retired[] = [
  {
    groupVersion: 'extensions/v1beta1',
    kinds: ['Ingress'],
    since: 'Kubernetes 1.22',
    now: 'networking.k8s.io/v1',
  },
  {
    groupVersion: 'extensions/v1beta1',
    kinds: ['NetworkPolicy'],
    since: 'Kubernetes 1.16',
    now: 'networking.k8s.io/v1',
  },
  { groupVersion: 'extensions/v1beta1', since: 'Kubernetes 1.16', now: 'apps/v1' },
  { groupVersion: 'apps/v1beta1', since: 'Kubernetes 1.16', now: 'apps/v1' },
  { groupVersion: 'apps/v1beta2', since: 'Kubernetes 1.16', now: 'apps/v1' },
  {
    groupVersion: 'networking.k8s.io/v1beta1',
    kinds: ['Ingress', 'IngressClass', 'NetworkPolicy'],
    since: 'Kubernetes 1.22',
    now: 'networking.k8s.io/v1',
  },
  { groupVersion: 'policy/v1beta1', since: 'Kubernetes 1.25', now: 'policy/v1' },
  { groupVersion: 'batch/v1beta1', since: 'Kubernetes 1.25', now: 'batch/v1' },
  { groupVersion: 'batch/v2alpha1', since: 'Kubernetes 1.21', now: 'batch/v1' },
  {
    groupVersion: 'rbac.authorization.k8s.io/v1alpha1',
    since: 'Kubernetes 1.22',
    now: 'rbac.authorization.k8s.io/v1',
  },
  {
    groupVersion: 'rbac.authorization.k8s.io/v1beta1',
    since: 'Kubernetes 1.22',
    now: 'rbac.authorization.k8s.io/v1',
  },
  {
    groupVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    since: 'Kubernetes 1.22',
    now: 'admissionregistration.k8s.io/v1',
  },
  { groupVersion: 'apiextensions.k8s.io/v1beta1', since: 'Kubernetes 1.22', now: 'apiextensions.k8s.io/v1' },
  {
    groupVersion: 'apiregistration.k8s.io/v1beta1',
    since: 'Kubernetes 1.22',
    now: 'apiregistration.k8s.io/v1',
  },
  { groupVersion: 'autoscaling/v2beta1', since: 'Kubernetes 1.25', now: 'autoscaling/v2' },
  { groupVersion: 'autoscaling/v2beta2', since: 'Kubernetes 1.26', now: 'autoscaling/v2' },
  { groupVersion: 'scheduling.k8s.io/v1beta1', since: 'Kubernetes 1.22', now: 'scheduling.k8s.io/v1' },
  {
    groupVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'CSIStorageCapacity'],
    since: 'Kubernetes 1.27',
    now: 'storage.k8s.io/v1',
  },
  {
    groupVersion: 'coordination.k8s.io/v1beta1',
    kinds: ['Lease'],
    since: 'Kubernetes 1.22',
    now: 'coordination.k8s.io/v1',
  },
  { groupVersion: 'discovery.k8s.io/v1beta1', since: 'Kubernetes 1.25', now: 'discovery.k8s.io/v1' },
  { groupVersion: 'events.k8s.io/v1beta1', since: 'Kubernetes 1.25', now: 'events.k8s.io/v1' },
  { groupVersion: 'node.k8s.io/v1beta1', since: 'Kubernetes 1.25', now: 'node.k8s.io/v1' },
  {
    groupVersion: 'certificates.k8s.io/v1beta1',
    kinds: ['CertificateSigningRequest'],
    since: 'Kubernetes 1.22',
    now: 'certificates.k8s.io/v1',
  },
  {
    groupVersion: 'flowcontrol.apiserver.k8s.io/v1beta1',
    since: 'Kubernetes 1.26',
    now: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    groupVersion: 'flowcontrol.apiserver.k8s.io/v1beta2',
    since: 'Kubernetes 1.29',
    now: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    groupVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
    since: 'Kubernetes 1.32',
    now: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    groupVersion: 'gateway.networking.k8s.io/v1alpha1',
    since: 'Gateway API 0.6',
    now: 'gateway.networking.k8s.io/v1',
  },
  {
    groupVersion: 'gateway.networking.k8s.io/v1alpha2',
    kinds: ['Gateway', 'GatewayClass', 'HTTPRoute', 'GRPCRoute', 'ReferenceGrant', 'ReferencePolicy'],
    since: 'Gateway API 1.2',
    now: 'gateway.networking.k8s.io/v1',
  },
];

/** Why no server has the kind in this version, and where it is now; undefined if one may have it. */
export function retiredKind(apiVersion: string, kind: string): Pick<Retired, 'since' | 'now'> | undefined {
  return retired.find(
    ({ groupVersion, kinds }) => groupVersion === apiVersion && (kinds === undefined || kinds.includes(kind)),
  );
}
