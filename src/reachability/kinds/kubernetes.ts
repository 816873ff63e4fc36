import { fieldsAt, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { mutationReach } from './admission.ts';
import { harmless, type KindFamily, modelled, type Unread, unread } from './kind.ts';

const api = 'Kubernetes 1.36, API reference';
const admission = 'Kubernetes 1.36, Dynamic Admission Control and Mutating Admission Policy';

/** Admission changes objects before they are stored, after Flux has sent them. */
const mutates: Unread = {
  effects: ['changes'],
  scope: 'any',
  does: 'may change objects when they are applied',
  narrow: mutationReach,
};

/** Every kind of the API of Kubernetes 1.36 itself, and of groups that its own projects serve. */
export const kubernetesKinds: readonly KindFamily[] = [
  modelled('workloads', '', 'Pod', 'ReplicationController'),
  modelled('workloads', 'apps', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'),
  modelled('workloads', 'batch', 'Job', 'CronJob'),
  modelled('services', '', 'Service', 'Endpoints'),
  modelled('services', 'discovery.k8s.io', 'EndpointSlice'),
  modelled('configuration', '', 'ConfigMap'),
  modelled('secrets', '', 'Secret'),
  modelled('namespaces', '', 'Namespace'),
  modelled('policies', 'networking.k8s.io', 'NetworkPolicy'),
  modelled('ingresses', 'networking.k8s.io', 'Ingress'),
  modelled('ingresses', 'extensions', 'Ingress'),
  unread(mutates, admission, 'admissionregistration.k8s.io', 'MutatingWebhookConfiguration'),
  unread(mutates, admission, 'admissionregistration.k8s.io', 'MutatingAdmissionPolicy'),
  harmless(
    'It binds a MutatingAdmissionPolicy, which counts by itself, to what it changes',
    admission,
    'admissionregistration.k8s.io',
    'MutatingAdmissionPolicyBinding',
  ),
  harmless(
    'It refuses objects, and changes none. What it may refuse proves nothing',
    admission,
    'admissionregistration.k8s.io',
    'ValidatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
  ),
  unread(
    { effects: ['changes'], scope: 'own', does: 'may change pods when they are made' },
    'Kubernetes 1.19, Pod Preset; no longer served since 1.20',
    'settings.k8s.io',
    'PodPreset',
  ),
  harmless(
    'It defines a kind. Objects of that kind count by themselves',
    `${api}, CustomResourceDefinition`,
    'apiextensions.k8s.io',
    'CustomResourceDefinition',
  ),
  harmless(
    'It names the program that serves a group of the API. What the API may do is no path of the network',
    `${api}, APIService`,
    'apiregistration.k8s.io',
    'APIService',
  ),
  harmless(
    'It says who may use the API, which passes network policies. What a binding gives to everyone makes promises unknown, and what it gives to all users or pods is an assumption',
    `${api}, RBAC`,
    'rbac.authorization.k8s.io',
    'ClusterRole',
    'ClusterRoleBinding',
    'Role',
    'RoleBinding',
  ),
  harmless(
    'It is who a pod is to the API. Policies that select by it are read',
    `${api}, ServiceAccount`,
    '',
    'ServiceAccount',
  ),
  harmless(
    'It is a template of which no controller makes pods by itself',
    `${api}, PodTemplate`,
    '',
    'PodTemplate',
  ),
  harmless(
    'It holds data, and no way to a pod. A path of the node that it shows is no port',
    `${api}, Volumes`,
    '',
    'PersistentVolume',
    'PersistentVolumeClaim',
  ),
  harmless(
    'It says how volumes are made',
    `${api}, Storage`,
    'storage.k8s.io',
    'StorageClass',
    'CSIDriver',
    'CSINode',
    'CSIStorageCapacity',
    'VolumeAttachment',
    'VolumeAttributesClass',
  ),
  harmless(
    'It is a copy of a volume, or says how copies are made',
    'external-snapshotter 8, Volume Snapshots',
    'snapshot.storage.k8s.io',
    '*',
  ),
  harmless(
    'It is a copy of volumes, or says how copies are made',
    'external-snapshotter 8, Volume Group Snapshots',
    'groupsnapshot.storage.k8s.io',
    '*',
  ),
  harmless('It names a node. Addresses of nodes are an assumption', `${api}, Node`, '', 'Node'),
  harmless(
    'It limits what a namespace uses. What it may refuse proves nothing',
    `${api}, Policy`,
    '',
    'LimitRange',
    'ResourceQuota',
  ),
  harmless(
    'It is a record of what happened, or an answer of the API',
    `${api}, Cluster and Authentication`,
    '',
    'Binding',
    'ComponentStatus',
    'Event',
  ),
  harmless('It is a record of what happened', `${api}, Event`, 'events.k8s.io', 'Event'),
  harmless('It is an earlier form of a workload', `${api}, ControllerRevision`, 'apps', 'ControllerRevision'),
  harmless(
    'It is a question to the API',
    `${api}, Authentication`,
    'authentication.k8s.io',
    'SelfSubjectReview',
    'TokenRequest',
    'TokenReview',
  ),
  harmless(
    'It is a question to the API',
    `${api}, Authorization`,
    'authorization.k8s.io',
    'LocalSubjectAccessReview',
    'SelfSubjectAccessReview',
    'SelfSubjectRulesReview',
    'SubjectAccessReview',
  ),
  harmless(
    'It decides how many pods of a known template run',
    `${api}, Autoscaling`,
    'autoscaling',
    'HorizontalPodAutoscaler',
    'Scale',
  ),
  harmless(
    'It changes the resources that containers ask for, nothing else',
    'autoscaler/vertical-pod-autoscaler 1.4, api-docs',
    'autoscaling.k8s.io',
    'VerticalPodAutoscaler',
    'VerticalPodAutoscalerCheckpoint',
  ),
  harmless(
    'It decides which pods may be stopped',
    `${api}, Policy`,
    'policy',
    'PodDisruptionBudget',
    'Eviction',
  ),
  harmless(
    'It refused pods up to Kubernetes 1.24, and made none',
    'Kubernetes 1.24, Pod Security Policies',
    'policy',
    'PodSecurityPolicy',
  ),
  harmless(
    'It certifies identities',
    `${api}, Certificates`,
    'certificates.k8s.io',
    'CertificateSigningRequest',
    'ClusterTrustBundle',
    'PodCertificateRequest',
  ),
  harmless(
    'It is a lock or a record of a component',
    `${api}, Lease`,
    'coordination.k8s.io',
    'Lease',
    'LeaseCandidate',
  ),
  harmless(
    'It orders requests to the API',
    `${api}, API Priority and Fairness`,
    'flowcontrol.apiserver.k8s.io',
    'FlowSchema',
    'PriorityLevelConfiguration',
  ),
  harmless(
    'It names who serves Ingresses. Each Ingress counts by itself',
    `${api}, IngressClass`,
    'networking.k8s.io',
    'IngressClass',
  ),
  harmless(
    'It is an address or a range for Services, which count by themselves',
    `${api}, ServiceCIDR`,
    'networking.k8s.io',
    'IPAddress',
    'ServiceCIDR',
  ),
  harmless(
    'It says how the containers of a pod are run',
    `${api}, RuntimeClass`,
    'node.k8s.io',
    'RuntimeClass',
  ),
  harmless(
    'It decides in which order pods are placed',
    `${api}, Scheduling`,
    'scheduling.k8s.io',
    'PriorityClass',
    'Workload',
    'PodGroup',
  ),
  unread(
    {
      effects: ['policies', 'hostPorts'],
      scope: 'own',
      does: 'may give pods a device that is a network, past their policies',
      narrow: deviceReach,
    },
    `${api}, Dynamic Resource Allocation`,
    'resource.k8s.io',
    'ResourceClaim',
    'ResourceClaimTemplate',
  ),
  harmless(
    'It describes devices. A claim of a pod counts by itself',
    `${api}, Dynamic Resource Allocation`,
    'resource.k8s.io',
    'DeviceClass',
    'ResourceSlice',
    'DeviceTaintRule',
    'ResourcePoolStatusRequest',
  ),
  harmless(
    'It moves stored objects to another version',
    `${api}, StorageVersionMigration`,
    'storagemigration.k8s.io',
    'StorageVersionMigration',
  ),
  harmless('It is a record of the API server', `${api}, StorageVersion`, 'internal.apiserver.k8s.io', '*'),
  harmless('It is a measurement', 'metrics-server 0.8, Metrics API', 'metrics.k8s.io', '*'),
];

/** Drivers whose devices compute or display, and are no networks. */
const computingDevices =
  /^(?:(?:[a-z0-9-]+\.)*gpu\.(?:intel|nvidia|amd)\.com|mig\.nvidia\.com|(?:npu|vpu)\.intel\.com|tpu\.google\.com)$/;

/** The classes of `spec.devices` of a claim, and of `spec.spec.devices` of a template for claims. */
function deviceReach(object: KubernetesObject): readonly object[] {
  const spec = object.kind === 'ResourceClaim' ? valueAt(object, 'spec') : valueAt(object, 'spec', 'spec');
  const requests = mapsAt(spec, 'devices', 'requests');
  const classes = requests.flatMap((request) => [
    ...(textAt(request, 'deviceClassName') === undefined ? [] : [request]),
    ...(request['exactly'] === undefined ? [] : [fieldsAt(request, 'exactly')]),
    ...mapsAt(request, 'firstAvailable'),
  ]);
  const known = classes.every((each) => computingDevices.test(textAt(each, 'deviceClassName') ?? ''));
  return known && classes.length > 0 ? [] : [{}];
}
