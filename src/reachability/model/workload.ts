import {
  type Fields,
  fieldsAt,
  mapsAt,
  numberAt,
  textAt,
  textMapAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject, namespaceOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { type AddressSet, parseBlocks } from './addresses.ts';
import type { Protocol } from './analysis.ts';
import { knownLabels, type Labels } from './selector.ts';

export interface ContainerPort {
  name?: string | undefined;
  port: number;
  protocol: Protocol;
  hostPort?: number | undefined;
}

/**
 * A pod, or a template of which a controller creates pods. All replicas are one workload: a policy distinguishes them
 * by address only, which a template does not have.
 */
export interface Workload {
  /** Position in the model's list. */
  index: number;
  ref: ObjectRef;
  /** `namespace/name`, or `namespace/kind/name` for anything but a Pod. */
  name: string;
  namespace: string;
  labels: Labels;
  ports: readonly ContainerPort[];
  hostNetwork: boolean;
  nodeName?: string | undefined;
  /** Known addresses of a pod that runs. */
  addresses?: AddressSet | undefined;
  /** The pod's spec. */
  spec: Fields;
  /**
   * `object`: its template is among the objects; `controller`: a known controller creates it; `gateway`: it serves a
   * Gateway; `unseen`: it may exist.
   */
  provenance: 'object' | 'controller' | 'gateway' | 'unseen';
  /** Whether it is not certain that it exists. */
  perhaps?: true;
}

/** Whether a pod is a client only: what it may serve is not known, and other claims are about what it does. */
export function isClientOnly({ provenance }: Pick<Workload, 'provenance'>): boolean {
  return provenance === 'unseen' || provenance === 'gateway';
}

/**
 * Where each kind of Kubernetes itself keeps its pod template, and the labels that it adds to each pod; also Rollout
 * (Argo Rollouts 1.8, `pkg/apis/rollouts/v1alpha1`) and ScaledJob (KEDA 2.18, `apis/keda/v1alpha1`).
 */
const templates: Readonly<
  Record<string, { group: string; path: readonly string[]; added: readonly string[] }>
> = {
  Deployment: { group: 'apps', path: ['spec', 'template'], added: ['pod-template-hash'] },
  ReplicaSet: { group: 'apps', path: ['spec', 'template'], added: [] },
  StatefulSet: {
    group: 'apps',
    path: ['spec', 'template'],
    added: ['controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index'],
  },
  DaemonSet: {
    group: 'apps',
    path: ['spec', 'template'],
    added: ['controller-revision-hash', 'pod-template-generation'],
  },
  Rollout: { group: 'argoproj.io', path: ['spec', 'template'], added: ['rollouts-pod-template-hash'] },
  ScaledJob: {
    group: 'keda.sh',
    path: ['spec', 'jobTargetRef', 'template'],
    added: [
      'job-name',
      'controller-uid',
      'batch.kubernetes.io/job-name',
      'batch.kubernetes.io/controller-uid',
    ],
  },
  ReplicationController: { group: '', path: ['spec', 'template'], added: [] },
  Job: {
    group: 'batch',
    path: ['spec', 'template'],
    added: [
      'batch.kubernetes.io/controller-uid',
      'controller-uid',
      'batch.kubernetes.io/job-name',
      'job-name',
    ],
  },
  CronJob: {
    group: 'batch',
    path: ['spec', 'jobTemplate', 'spec', 'template'],
    added: [
      'batch.kubernetes.io/controller-uid',
      'controller-uid',
      'batch.kubernetes.io/job-name',
      'job-name',
    ],
  },
};

/** The pod template of an object of a kind of Kubernetes' own, or the Pod itself. */
export function podTemplateOf(object: KubernetesObject): unknown {
  const { kind } = object;
  if (kind === 'Pod') return groupOf(object) === '' ? object : undefined;
  const template = Object.hasOwn(templates, kind) ? templates[kind] : undefined;
  return template === undefined || groupOf(object) !== template.group
    ? undefined
    : valueAt(object, ...template.path);
}

/**
 * The workload that an object of a kind of Kubernetes' own is, without its index.
 *
 * @returns nothing where the object is of no such kind.
 */
export function workloadOf(source: SourcedObject): Omit<Workload, 'index'> | undefined {
  const { object } = source;
  const ref = refOf(source);
  const namespace = namespaceOf(object);
  if (ref.kind === 'Pod' && groupOf(object) === '') {
    return {
      ...podOf(object, new Set()),
      ref,
      name: `${namespace}/${ref.name}`,
      namespace,
      provenance: 'object',
    };
  }
  const template = Object.hasOwn(templates, ref.kind) ? templates[ref.kind] : undefined;
  if (template === undefined || groupOf(object) !== template.group) return undefined;
  const name = `${namespace}/${ref.kind}/${ref.name}`;
  return {
    ...podOf(valueAt(object, ...template.path), new Set(template.added)),
    ref,
    name,
    namespace,
    provenance: 'object',
  };
}

function podOf(pod: unknown, added: ReadonlySet<string>) {
  const spec = fieldsAt(pod, 'spec');
  return {
    labels: knownLabels(textMapAt(pod, 'metadata', 'labels'), added),
    ports: portsOf(spec),
    hostNetwork: valueAt(spec, 'hostNetwork') === true,
    nodeName: textAt(spec, 'nodeName'),
    addresses: addressesOf(pod),
    spec,
  };
}

function addressesOf(pod: unknown): AddressSet | undefined {
  const texts = [
    textAt(pod, 'status', 'podIP'),
    ...mapsAt(pod, 'status', 'podIPs').map((ip) => textAt(ip, 'ip')),
  ];
  const { set } = parseBlocks(texts.flatMap((text) => (text === undefined || text === '' ? [] : [text])));
  return set.intervals.length === 0 ? undefined : set;
}

/** All containers of a pod: init containers may be sidecars, so their ports count. */
export function containersOf(spec: Fields): readonly Fields[] {
  return [...mapsAt(spec, 'containers'), ...mapsAt(spec, 'initContainers')];
}

/** The ports of all containers of a pod's spec. */
export function portsOf(spec: Fields): readonly ContainerPort[] {
  return containersOf(spec)
    .flatMap((container) => mapsAt(container, 'ports'))
    .flatMap((port) => {
      const number = numberAt(port, 'containerPort');
      if (number === undefined) return [];
      const name = textAt(port, 'name');
      const hostPort = numberAt(port, 'hostPort');
      return {
        name,
        port: number,
        protocol: protocolOf(valueAt(port, 'protocol')),
        hostPort: hostPort === 0 ? undefined : hostPort,
      };
    });
}

/** A missing protocol is TCP. */
export function protocolOf(value: unknown): Protocol {
  return value === 'UDP' || value === 'SCTP' ? value : 'TCP';
}

/** The last part of an image's name, without registry, tag and digest: `ghcr.io/a/nginx:1@sha256:…` is `nginx`. */
export function imageNameOf(container: Fields): string {
  const image = (textAt(container, 'image') ?? '').split('@')[0] ?? '';
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.split(':')[0] ?? '';
}

/** Command and arguments of a container, as one list. */
export function wordsOf(container: Fields): readonly string[] {
  return [...textsAt(container, 'command'), ...textsAt(container, 'args')];
}
