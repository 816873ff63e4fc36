import {
  type Fields,
  fieldsAt,
  listAt,
  mapsAt,
  numberAt,
  textAt,
  textMapAt,
  valueAt,
} from '../../../kubernetes/fields.ts';
import { describeObject, refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import { type ControllerOutput, controllerPod, madeService, nameOf, specOf, templatedPod } from './output.ts';

const postgresPort = { name: 'postgres', port: 5432, targetPort: 5432, protocol: 'TCP' };

/**
 * CloudNativePG 1.30: instance pods, the Services `-rw`, `-ro` and `-r` unless they are disabled, and those of
 * `managed.services.additional`, of which `serviceTemplate` may be of any type (`pkg/specs/services.go`).
 */
export function postgresCluster(source: SourcedObject): ControllerOutput {
  const name = nameOf(source);
  const inherited = Object.fromEntries(textMapAt(source.object, 'spec', 'inheritedMetadata', 'labels'));
  const labels = { ...inherited, 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' };
  const selector = { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' };
  const pod = controllerPod(source, labels, [5432], ['cnpg.io/instanceName', 'cnpg.io/instanceRole', 'role']);
  const managed = specOf(source, 'managed', 'services');
  const disabled = listAt(managed, 'disabledDefaultServices');
  const services = ['rw', 'ro', 'r']
    .filter((suffix) => suffix === 'rw' || !disabled.includes(suffix))
    .map((suffix) => madeService(source, `${name}-${suffix}`, selector, [postgresPort]));
  const additional = mapsAt(managed, 'additional').map(({ serviceTemplate }, index) =>
    madeService(
      source,
      textAt(serviceTemplate, 'metadata', 'name') ?? `${name}-additional-${index}`,
      selector,
      [postgresPort],
      fieldsAt(serviceTemplate, 'spec'),
    ),
  );
  // Its bootstrap and restore pods are Jobs with `cnpg.io/jobRole`; they talk to the instances.
  const job = controllerPod(
    source,
    { ...inherited, 'cnpg.io/cluster': name },
    [],
    ['cnpg.io/jobRole', 'job-name'],
  );
  return {
    workloads: [
      { ...pod, spec: specOf(source) },
      { ...job, name: `${job.name} (jobs)` },
    ],
    services: [...services, ...additional],
  };
}

/** CloudNativePG 1.30: the pods of PgBouncer, and a Service of the same name (`pkg/specs/pgbouncer`). */
export function postgresPooler(source: SourcedObject): ControllerOutput {
  const labels = { 'cnpg.io/poolerName': nameOf(source) };
  const template = specOf(source, 'template');
  const pod = templatedPod(source, labels, [5432], {
    labels: valueAt(template, 'metadata', 'labels'),
    spec: fieldsAt(template, 'spec'),
    uncertain: ['cnpg.io/cluster', 'cnpg.io/podRole', 'pod-template-hash'],
  });
  const port = { ...postgresPort, name: 'pgbouncer' };
  const service = madeService(
    source,
    nameOf(source),
    labels,
    [port],
    specOf(source, 'serviceTemplate', 'spec'),
  );
  return { workloads: [pod], services: [service] };
}

/**
 * dragonfly-operator 1.6: a StatefulSet, a Service whose type `serviceSpec.type` says, and, unless
 * `networkPolicyEnabled` is false, a NetworkPolicy that admits the namespace (`internal/resources/resources.go`).
 */
export function dragonfly(source: SourcedObject): ControllerOutput {
  const name = nameOf(source);
  const spec = specOf(source);
  const own = { app: name, 'app.kubernetes.io/part-of': 'dragonfly', 'app.kubernetes.io/name': 'dragonfly' };
  const memcached = numberAt(spec, 'memcachedPort') ?? 0;
  const further = memcached === 0 ? [] : [memcached];
  const pod = templatedPod(source, own, [6379, 9999, ...further], {
    labels: { ...fieldsAt(spec, 'labels'), ...fieldsAt(spec, 'podMetadata', 'labels') },
    spec: {
      containers: listAt(spec, 'additionalContainers'),
      initContainers: listAt(spec, 'initContainers'),
    },
    uncertain: [
      'role',
      'traffic',
      'master-ip',
      'controller-revision-hash',
      'statefulset.kubernetes.io/pod-name',
      'apps.kubernetes.io/pod-index',
    ],
  });
  const asked = fieldsAt(spec, 'serviceSpec');
  const ports: readonly Fields[] = [
    { name: 'redis', port: 6379, nodePort: asked['nodePort'] },
    ...further.map((port) => ({ name: 'memcached', port })),
  ];
  const selector = { app: name, 'app.kubernetes.io/name': 'dragonfly' };
  const service = madeService(source, textAt(asked, 'name') || name, selector, ports, {
    type: textAt(asked, 'type') ?? 'ClusterIP',
  });
  const output = { workloads: [pod], services: [service] };
  if (spec['networkPolicyEnabled'] === false) return output;
  const subject = { app: name, 'app.kubernetes.io/name': 'dragonfly' };
  const sentence = `${describeObject(refOf(source))} makes a NetworkPolicy that admits its namespace, if its operator is of version 1.5 or later`;
  return {
    ...output,
    unmodelled: {
      sentence,
      remedy: 'Set networkPolicyEnabled to false, and write the policy yourself',
      effects: ['policies'],
      namespace: pod.namespace,
      pods: subject,
      rule: 'networkPolicyEnabled',
      family: 'dragonflydb.io/Dragonfly',
    },
  };
}

/** The ports of EMQX without a configuration of its own: listeners for MQTT and WebSocket. */
const listenerPorts = [1883, 8883, 8083, 8084].map((port) => ({ name: `listener-${port}`, port }));

/**
 * emqx-operator 2.2: core and replicant pods, and the Services `-dashboard` and `-listeners`, whose templates may be of
 * any type (`controllers/apps/v2beta1/add_svc.go`). Its listeners may open more ports than the templates name.
 */
export function emqx(source: SourcedObject): ControllerOutput {
  const name = nameOf(source);
  const labels = { 'apps.emqx.io/instance': name, 'apps.emqx.io/managed-by': 'emqx-operator' };
  const pods = ['coreTemplate', 'replicantTemplate']
    .filter((key) => key === 'coreTemplate' || Object.keys(specOf(source, key)).length > 0)
    .map((key) => {
      const template = specOf(source, key);
      const spec = fieldsAt(template, 'spec');
      const containers = [{ ports: listAt(spec, 'ports') }, ...listAt(spec, 'extraContainers')];
      return templatedPod(source, labels, [18083, ...listenerPorts.map(({ port }) => port)], {
        labels: valueAt(template, 'metadata', 'labels'),
        spec: { ...spec, containers, initContainers: listAt(spec, 'initContainers') },
        uncertain: [
          'apps.emqx.io/db-role',
          'apps.emqx.io/pod-template-hash',
          'controller-revision-hash',
          'statefulset.kubernetes.io/pod-name',
          'pod-template-hash',
        ],
      });
    });
  const services = [
    { key: 'dashboardServiceTemplate', suffix: 'dashboard', ports: [{ name: 'dashboard', port: 18083 }] },
    { key: 'listenersServiceTemplate', suffix: 'listeners', ports: listenerPorts },
  ].flatMap(({ key, suffix, ports }) => {
    const template = specOf(source, key);
    if (template['enabled'] === false) return [];
    return [madeService(source, `${name}-${suffix}`, labels, ports, fieldsAt(template, 'spec'))];
  });
  return { workloads: pods, services };
}
