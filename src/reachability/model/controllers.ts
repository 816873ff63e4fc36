import { fieldsAt, numberAt, textAt, textMapAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import { readRelease } from '../../manifests/helm/release.ts';
import { unrenderedRelease } from '../../manifests/helm/unrenderedRelease.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { knownLabels, unknownLabels } from './selector.ts';
import type { Effect, Unmodelled } from './unmodelled.ts';
import type { Workload } from './workload.ts';

/** The pods and Services that a controller creates for one object, as far as they are known. */
export interface ControllerOutput {
  workloads: readonly Omit<Workload, 'index'>[];
  /** Services that the controller creates, as objects with the place of their owner. */
  services: readonly SourcedObject[];
  /** What the controller may create beyond that. */
  unmodelled?: Omit<Unmodelled, 'object'>;
}

type Controller = (source: SourcedObject, objects: readonly SourcedObject[]) => ControllerOutput;

/** Kinds whose controller creates pods, by API group and kind. */
const controllers: ReadonlyMap<string, Controller> = new Map<string, Controller>([
  ['postgresql.cnpg.io/Cluster', postgresCluster],
  ['postgresql.cnpg.io/Pooler', (source) => labelled(source, { 'cnpg.io/poolerName': nameOf(source) }, 5432)],
  ['volsync.backube/ReplicationSource', mover],
  ['volsync.backube/ReplicationDestination', mover],
  ['k8s.keycloak.org/Keycloak', keycloak],
  ['helm.toolkit.fluxcd.io/HelmRelease', release],
  ['helm.cattle.io/HelmChart', k3sChart],
  ['kubevirt.io/VirtualMachine', virtualMachine],
  ['kubevirt.io/VirtualMachineInstance', virtualMachine],
  ['tuppr.home-operations.com/TalosUpgrade', upgrade],
  ['tuppr.home-operations.com/KubernetesUpgrade', upgrade],
]);

/** What the controller of an object creates. The object may refer to another one of them. */
export function controllerOutputOf(
  source: SourcedObject,
  objects: readonly SourcedObject[],
): ControllerOutput | undefined {
  return controllers.get(`${groupOf(source.object)}/${source.object.kind}`)?.(source, objects);
}

function nameOf(source: SourcedObject): string {
  return textAt(source.object, 'metadata', 'name') ?? '';
}

function labelled(source: SourcedObject, labels: Record<string, string>, port: number): ControllerOutput {
  return { workloads: [controllerPod(source, labels, port, new Set())], services: [] };
}

function controllerPod(
  source: SourcedObject,
  labels: Record<string, string>,
  port: number | undefined,
  uncertain: ReadonlySet<string>,
): Omit<Workload, 'index'> {
  const namespace = namespaceOf(source.object);
  const ref = refOf(source);
  return {
    ref,
    name: `${namespace}/${ref.kind}/${ref.name}`,
    namespace,
    labels: knownLabels(new Map(Object.entries(labels)), uncertain),
    ports: port === undefined ? [] : [{ port, protocol: 'TCP' }],
    hostNetwork: false,
    spec: {},
    provenance: 'controller',
  };
}

/** CloudNativePG: instance pods, and the Services `-rw`, `-ro` and `-r` (its documentation, "Service management"). */
function postgresCluster(source: SourcedObject): ControllerOutput {
  const name = nameOf(source);
  const inherited = Object.fromEntries(textMapAt(source.object, 'spec', 'inheritedMetadata', 'labels'));
  const labels = { ...inherited, 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' };
  const uncertain = new Set(['cnpg.io/instanceName', 'cnpg.io/instanceRole', 'role']);
  const pod = controllerPod(source, labels, 5432, uncertain);
  const services = ['rw', 'ro', 'r'].map((suffix) => ({
    ...source,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-${suffix}`, namespace: namespaceOf(source.object) },
      spec: {
        type: 'ClusterIP',
        selector: { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' },
        ports: [{ name: 'postgres', port: 5432, targetPort: 5432 }],
      },
    },
  }));
  // Its bootstrap and restore pods are Jobs with `cnpg.io/jobRole`; they talk to the instances.
  const job = controllerPod(
    source,
    { ...inherited, 'cnpg.io/cluster': name },
    undefined,
    new Set(['cnpg.io/jobRole', 'job-name']),
  );
  return {
    workloads: [
      { ...pod, spec: fieldsAt(source.object, 'spec') },
      { ...job, name: `${job.name} (jobs)` },
    ],
    services,
  };
}

/** VolSync: a mover Job per source; its labels are its own and what `moverPodLabels` adds. */
function mover(source: SourcedObject): ControllerOutput {
  const spec = fieldsAt(source.object, 'spec');
  const method = ['restic', 'rclone', 'rsyncTLS', 'rsync', 'syncthing'].find(
    (key) => spec[key] !== undefined,
  );
  const labels = method === undefined ? new Map() : textMapAt(spec, method, 'moverPodLabels');
  const pod = controllerPod(
    source,
    Object.fromEntries(labels),
    undefined,
    new Set(['job-name', 'controller-uid']),
  );
  const known = new Map([...pod.labels.known, ['app.kubernetes.io/created-by', 'volsync']]);
  return { workloads: [{ ...pod, labels: { known, uncertain: pod.labels.uncertain } }], services: [] };
}

/** Keycloak's operator: a StatefulSet labelled `app: keycloak` and by instance, and the Service `<name>-service`. */
function keycloak(source: SourcedObject): ControllerOutput {
  const name = nameOf(source);
  const labels = {
    app: 'keycloak',
    'app.kubernetes.io/managed-by': 'keycloak-operator',
    'app.kubernetes.io/instance': name,
  };
  const http = numberAt(source.object, 'spec', 'http', 'httpPort') ?? 8080;
  const pod = controllerPod(source, labels, http, new Set());
  const service = {
    ...source,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-service`, namespace: namespaceOf(source.object) },
      spec: { type: 'ClusterIP', selector: labels, ports: [{ name: 'http', port: http, targetPort: http }] },
    },
  };
  return { workloads: [{ ...pod, spec: fieldsAt(source.object, 'spec') }], services: [service] };
}

/** A Helm chart that is not rendered: pods with any labels in its target namespace. */
function release(source: SourcedObject, objects: readonly SourcedObject[]): ControllerOutput {
  const read = readRelease(source, objects);
  return unrendered(read.namespace, source.unseen ?? unrenderedRelease(read, []));
}

/** The same of k3s, whose controller installs it. */
function k3sChart(source: SourcedObject): ControllerOutput {
  const namespace = textAt(source.object, 'spec', 'targetNamespace') ?? namespaceOf(source.object);
  const chart = textAt(source.object, 'spec', 'chart') ?? 'that it holds';
  return unrendered(namespace, {
    sentence: `What HelmChart ${namespaceOf(source.object)}/${nameOf(source)} makes of chart ${chart} is not rendered`,
    remedy: 'Render it with helm template, and check the result beside it',
  });
}

function unrendered(namespace: string, why: { sentence: string; remedy: string }): ControllerOutput {
  const effects: readonly Effect[] = ['pods', 'services', 'routes', 'policies'];
  return { workloads: [], services: [], unmodelled: { ...why, namespace, effects, rule: 'not rendered' } };
}

/**
 * tuppr: a Job for each node, labelled `app.kubernetes.io/part-of: tuppr` (0.5.0, `jobs/labels.go`), in the namespace of
 * its controller. The upgrade is an object of the whole cluster, so that the controller must be among the objects.
 */
function upgrade(source: SourcedObject, objects: readonly SourcedObject[]): ControllerOutput {
  const controller = objects.find(
    ({ object }) => ['HelmRelease', 'Deployment'].includes(object.kind) && object.metadata.name === 'tuppr',
  );
  if (controller === undefined) {
    const sentence = `${describeObject(refOf(source))} makes Jobs in the namespace of its controller, which is not among the objects`;
    const remedy = 'Add the HelmRelease of tuppr to the objects';
    const unmodelled = {
      sentence,
      remedy,
      effects: ['pods'] as const,
      namespace: undefined,
      rule: 'not read',
    };
    return { workloads: [], services: [], unmodelled };
  }
  const labels = { 'app.kubernetes.io/part-of': 'tuppr' };
  const added = new Set([
    'app.kubernetes.io/name',
    'app.kubernetes.io/instance',
    'job-name',
    'controller-uid',
    'batch.kubernetes.io/job-name',
    'batch.kubernetes.io/controller-uid',
  ]);
  const pod = controllerPod(source, labels, undefined, added);
  const namespace = namespaceOf(controller.object);
  return {
    workloads: [{ ...pod, namespace, name: `${namespace}/${pod.ref.kind}/${pod.ref.name}` }],
    services: [],
  };
}

/** A launcher pod, with the labels of the machine's template and some of KubeVirt. */
function virtualMachine(source: SourcedObject): ControllerOutput {
  const pod = controllerPod(source, {}, undefined, new Set());
  return { workloads: [{ ...pod, labels: unknownLabels, provenance: 'unseen' }], services: [] };
}
