import { textAt } from '../kubernetes/fields.ts';
import type { SourcedObject } from './sourcedObject.ts';

/** Cluster-scoped kinds of Kubernetes, the Gateway API and common operators, as `group/kind`. */
const knownClusterKinds = [
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/ServiceCIDR',
  'resource.k8s.io/DeviceClass',
  'gateway.networking.k8s.io/GatewayClass',
  'certificates.k8s.io/CertificateSigningRequest',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'snapshot.storage.k8s.io/VolumeSnapshotClass',
  'snapshot.storage.k8s.io/VolumeSnapshotContent',
  'cert-manager.io/ClusterIssuer',
  'external-secrets.io/ClusterSecretStore',
  'external-secrets.io/ClusterExternalSecret',
  'external-secrets.io/ClusterPushSecret',
  'generators.external-secrets.io/ClusterGenerator',
  'trust.cert-manager.io/Bundle',
  'postgresql.cnpg.io/ClusterImageCatalog',
  'kyverno.io/ClusterPolicy',
  'kyverno.io/ClusterCleanupPolicy',
  'cilium.io/CiliumClusterwideNetworkPolicy',
  'cilium.io/CiliumLoadBalancerIPPool',
  'cilium.io/CiliumClusterwideEnvoyConfig',
  'cilium.io/CiliumEgressGatewayPolicy',
  'cilium.io/CiliumL2AnnouncementPolicy',
  'cilium.io/CiliumCIDRGroup',
  'cilium.io/CiliumBGPClusterConfig',
  'cilium.io/CiliumBGPPeerConfig',
  'cilium.io/CiliumBGPAdvertisement',
  'cilium.io/CiliumNode',
  'cilium.io/CiliumIdentity',
  'policy.networking.k8s.io/AdminNetworkPolicy',
  'policy.networking.k8s.io/ClusterNetworkPolicy',
  'policy.networking.k8s.io/BaselineAdminNetworkPolicy',
  'projectcalico.org/GlobalNetworkPolicy',
  'crd.projectcalico.org/GlobalNetworkPolicy',
];

/** Cluster-scoped kinds: those that are known, and those whose CustomResourceDefinition is among the objects. */
export function clusterScopedKinds(objects: readonly SourcedObject[]): ReadonlySet<string> {
  const defined = objects
    .filter(({ object }) => object.kind === 'CustomResourceDefinition')
    .filter(({ object }) => textAt(object, 'spec', 'scope') === 'Cluster')
    .map(({ object }) => `${textAt(object, 'spec', 'group')}/${textAt(object, 'spec', 'names', 'kind')}`);
  return new Set([...knownClusterKinds, ...defined]);
}
