/** The parts of an object whose lists are merged item by item, and the merge keys of the lists. */
export interface MergeShape {
  /** Maps that contain merged lists. */
  maps?: Readonly<Record<string, MergeShape>>;
  lists?: Readonly<Record<string, MergeList>>;
}

export interface MergeList {
  /** The merge keys; empty for lists of scalars. */
  keys: readonly string[];
  of?: MergeShape;
}

const list = (...keys: string[]): MergeList => ({ keys });

/*
 * `x-kubernetes-patch-merge-key` and `x-kubernetes-list-map-keys` of the definitions that are built into kustomize 5.8
 * (Kubernetes 1.21). Lists of other kinds are not merged.
 */
const metadata: MergeShape = { lists: { finalizers: list(), ownerReferences: list('uid') } };
const conditions: MergeShape = { lists: { conditions: list('type') } };
const container: MergeShape = {
  lists: {
    env: list('name'),
    ports: list('containerPort', 'protocol'),
    volumeDevices: list('devicePath'),
    volumeMounts: list('mountPath'),
  },
};
const volume: MergeShape = { maps: { ephemeral: { maps: { volumeClaimTemplate: { maps: { metadata } } } } } };
const podSpec: MergeShape = {
  lists: {
    containers: { keys: ['name'], of: container },
    initContainers: { keys: ['name'], of: container },
    ephemeralContainers: {
      keys: ['name'],
      of: {
        lists: { env: list('name'), volumeDevices: list('devicePath'), volumeMounts: list('mountPath') },
      },
    },
    hostAliases: list('ip'),
    imagePullSecrets: list('name'),
    topologySpreadConstraints: list('topologyKey', 'whenUnsatisfiable'),
    volumes: { keys: ['name'], of: volume },
  },
};
const template: MergeShape = { maps: { metadata, spec: podSpec } };
const controller: MergeShape = { maps: { metadata, spec: { maps: { template } }, status: conditions } };
const withConditions: MergeShape = { maps: { metadata, status: conditions } };
const plain: MergeShape = { maps: { metadata } };
const jobTemplate: MergeShape = { maps: { metadata, spec: { maps: { template } } } };
const webhooks: MergeShape = { maps: { metadata }, lists: { webhooks: list('name') } };
const csiNode: MergeShape = { maps: { metadata, spec: { lists: { drivers: list('name') } } } };

/** `group/version`, to the kinds in it. */
const shapes: Readonly<Record<string, Readonly<Record<string, MergeShape>>>> = {
  v1: {
    ...same(plain, 'Binding ConfigMap Endpoints Event LimitRange PersistentVolume ResourceQuota Secret'),
    ...same(withConditions, 'Namespace PersistentVolumeClaim'),
    ComponentStatus: { maps: { metadata }, lists: { conditions: list('type') } },
    Node: {
      maps: {
        metadata,
        spec: { lists: { podCIDRs: list() } },
        status: { lists: { addresses: list('type'), conditions: list('type') } },
      },
    },
    Pod: {
      maps: { metadata, spec: podSpec, status: { lists: { conditions: list('type'), podIPs: list('ip') } } },
    },
    PodTemplate: { maps: { metadata, template } },
    ReplicationController: controller,
    Service: {
      maps: { metadata, spec: { lists: { ports: list('port', 'protocol') } }, status: conditions },
    },
    ServiceAccount: { maps: { metadata }, lists: { secrets: list('name') } },
  },
  'apps/v1': {
    ControllerRevision: plain,
    ...same(controller, 'DaemonSet Deployment ReplicaSet StatefulSet'),
  },
  'batch/v1': { CronJob: { maps: { metadata, spec: { maps: { jobTemplate } } } }, Job: controller },
  'batch/v1beta1': { CronJob: { maps: { metadata, spec: { maps: { jobTemplate } } } } },
  ...versions(
    'admissionregistration.k8s.io',
    webhooks,
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
  ),
  ...versions('apiextensions.k8s.io', plain, 'CustomResourceDefinition'),
  ...versions('apiregistration.k8s.io', withConditions, 'APIService'),
  ...versions('certificates.k8s.io', plain, 'CertificateSigningRequest'),
  ...versions('coordination.k8s.io', plain, 'Lease'),
  ...versions('discovery.k8s.io', plain, 'EndpointSlice'),
  ...versions('events.k8s.io', plain, 'Event'),
  ...versions('node.k8s.io', plain, 'RuntimeClass'),
  ...versions('rbac.authorization.k8s.io', plain, 'ClusterRole ClusterRoleBinding Role RoleBinding'),
  ...versions('scheduling.k8s.io', plain, 'PriorityClass'),
  'autoscaling/v1': same(plain, 'HorizontalPodAutoscaler Scale'),
  'autoscaling/v2beta1': { HorizontalPodAutoscaler: plain },
  'autoscaling/v2beta2': { HorizontalPodAutoscaler: plain },
  'extensions/v1beta1': { Ingress: plain },
  'flowcontrol.apiserver.k8s.io/v1beta1': same(plain, 'FlowSchema PriorityLevelConfiguration'),
  'networking.k8s.io/v1': same(plain, 'Ingress IngressClass NetworkPolicy'),
  'networking.k8s.io/v1beta1': same(plain, 'Ingress IngressClass'),
  'policy/v1': { PodDisruptionBudget: withConditions },
  'policy/v1beta1': { ...same(plain, 'Eviction PodSecurityPolicy'), PodDisruptionBudget: withConditions },
  'storage.k8s.io/v1': { ...same(plain, 'CSIDriver StorageClass VolumeAttachment'), CSINode: csiNode },
  'storage.k8s.io/v1beta1': {
    ...same(plain, 'CSIDriver CSIStorageCapacity StorageClass VolumeAttachment'),
    CSINode: csiNode,
  },
};

function same(shape: MergeShape, kinds: string): Record<string, MergeShape> {
  return Object.fromEntries(kinds.split(' ').map((kind) => [kind, shape]));
}

function versions(
  group: string,
  shape: MergeShape,
  kinds: string,
): Record<string, Record<string, MergeShape>> {
  return { [`${group}/v1`]: same(shape, kinds), [`${group}/v1beta1`]: same(shape, kinds) };
}

const nothing: MergeShape = {};

/** The merge shape of a kind. It is empty for custom resources. */
export function mergeShapeOf(apiVersion: string, kind: string): MergeShape {
  const kinds = Object.hasOwn(shapes, apiVersion) ? shapes[apiVersion] : undefined;
  return (kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? nothing;
}
