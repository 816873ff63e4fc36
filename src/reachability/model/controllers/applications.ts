import { defined } from '../../../kubernetes/defined.ts';
import {
  type Fields,
  fieldsAt,
  isFields,
  listAt,
  mapsAt,
  numberAt,
  textAt,
  textMapAt,
  valueAt,
} from '../../../kubernetes/fields.ts';
import { namespaceOf } from '../../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import {
  type ControllerOutput,
  controllerPod,
  made,
  madeService,
  nameOf,
  specOf,
  templatedPod,
} from './output.ts';

/**
 * grafana-operator 5.24: a Deployment, a Service, and an Ingress or an HTTPRoute where the object asks for one; each is
 * merged with what the object says of it (`controllers/reconcilers/grafana`). An external Grafana has none of them.
 */
export function grafana(source: SourcedObject): ControllerOutput {
  const spec = specOf(source);
  if (isFields(spec['external'])) return { workloads: [], services: [] };
  const name = nameOf(source);
  const labels = { app: name };
  const port = Number(textAt(spec, 'config', 'server', 'http_port')) || 3000;
  const template = fieldsAt(spec, 'deployment', 'spec', 'template');
  const pod = templatedPod(source, labels, [port, 9094], {
    labels: valueAt(template, 'metadata', 'labels'),
    spec: fieldsAt(template, 'spec'),
    uncertain: ['pod-template-hash'],
  });
  const asked = fieldsAt(spec, 'service');
  const serviceName = textAt(asked, 'metadata', 'name') ?? `${name}-service`;
  const ports = [{ name: 'grafana', port, targetPort: port }];
  const service = madeService(source, serviceName, labels, ports, fieldsAt(asked, 'spec'));
  return { workloads: [pod], services: [service], routes: grafanaRoutes(source, serviceName, port) };
}

function grafanaRoutes(source: SourcedObject, service: string, port: number): readonly SourcedObject[] {
  const name = nameOf(source);
  const { ingress, httpRoute, route } = specOf(source);
  const rules = [{ backendRefs: [{ name: service, port }] }];
  return [
    ...(isFields(ingress)
      ? [
          made(source, {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'Ingress',
            name: `${name}-ingress`,
            spec: fieldsAt(ingress, 'spec'),
          }),
        ]
      : []),
    ...(isFields(httpRoute)
      ? [
          made(source, {
            apiVersion: 'gateway.networking.k8s.io/v1',
            kind: 'HTTPRoute',
            name: `${name}-httproute`,
            spec: { rules, ...fieldsAt(httpRoute, 'spec') },
          }),
        ]
      : []),
    ...(isFields(route)
      ? [
          made(source, {
            apiVersion: 'route.openshift.io/v1',
            kind: 'Route',
            name: `${name}-route`,
            spec: fieldsAt(route, 'spec'),
          }),
        ]
      : []),
  ];
}

/**
 * Keycloak's operator (26): a StatefulSet labelled `app: keycloak` and by instance, with what `unsupported.podTemplate`
 * adds, the Service `<name>-service`, and an Ingress unless `spec.ingress.enabled` is false (its guide, "Basic Keycloak
 * deployment").
 */
export function keycloak(source: SourcedObject): ControllerOutput {
  const name = nameOf(source);
  const spec = specOf(source);
  const labels = {
    app: 'keycloak',
    'app.kubernetes.io/managed-by': 'keycloak-operator',
    'app.kubernetes.io/instance': name,
  };
  const http = numberAt(spec, 'http', 'httpPort') ?? 8080;
  const https = numberAt(spec, 'http', 'httpsPort') ?? 8443;
  const management = numberAt(spec, 'httpManagement', 'port') ?? 9000;
  const template = fieldsAt(spec, 'unsupported', 'podTemplate');
  const pod = templatedPod(source, labels, [http, https, management], {
    labels: valueAt(template, 'metadata', 'labels'),
    spec: fieldsAt(template, 'spec'),
    uncertain: [
      'controller-revision-hash',
      'statefulset.kubernetes.io/pod-name',
      'apps.kubernetes.io/pod-index',
    ],
  });
  const ports = [
    { name: 'http', port: http },
    { name: 'https', port: https },
    { name: 'management', port: management },
  ];
  const service = madeService(source, `${name}-service`, labels, ports);
  return defined({
    workloads: [{ ...pod, spec: { ...spec, ...pod.spec } }],
    services: [service],
    routes: valueAt(spec, 'ingress', 'enabled') === false ? [] : [keycloakIngress(source)],
    unmodelled: valueAt(spec, 'networkPolicy', 'enabled') === false ? undefined : openedBy(source, labels),
  });
}

function keycloakIngress(source: SourcedObject): SourcedObject {
  const host = textAt(source.object, 'spec', 'hostname', 'hostname');
  return made(source, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    name: `${nameOf(source)}-ingress`,
    spec: { rules: host === undefined ? [] : [{ host }] },
  });
}

/**
 * Unless `networkPolicy.enabled` is false, the operator makes a NetworkPolicy that admits every client to each port for
 * which the object names no peers (Keycloak 26.5, `KeycloakNetworkPolicyDependentResource.java`).
 */
function openedBy(
  source: SourcedObject,
  pods: Readonly<Record<string, string>>,
): NonNullable<ControllerOutput['unmodelled']> {
  return {
    sentence: `${describeObject(refOf(source))} makes a NetworkPolicy that admits every client, if its operator makes one`,
    remedy: 'Set networkPolicy.enabled to false, and write the policy yourself',
    effects: ['policies'],
    namespace: namespaceOf(source.object),
    pods,
    rule: 'networkPolicy.enabled',
    family: 'k8s.keycloak.org/Keycloak',
  };
}

/** The ports of the Services to the movers of each method of VolSync. */
const moverPorts: Readonly<Record<string, readonly number[]>> = {
  rsync: [22],
  rsyncTLS: [8000],
  syncthing: [22000, 8384],
};

/**
 * VolSync 0.16: a mover Job per source; its labels are its own and what `moverPodLabels` adds. A mover that others
 * connect to, of a destination or of Syncthing, has a Service, whose type `serviceType` says (`api/v1alpha1`).
 */
export function mover(source: SourcedObject): ControllerOutput {
  const spec = specOf(source);
  const method = ['restic', 'kopia', 'rclone', 'rsyncTLS', 'rsync', 'syncthing'].find(
    (key) => spec[key] !== undefined,
  );
  const labels = method === undefined ? new Map<string, string>() : textMapAt(spec, method, 'moverPodLabels');
  const type = method === undefined ? undefined : textAt(spec, method, 'serviceType');
  const isServer =
    type !== undefined || method === 'syncthing' || source.object.kind === 'ReplicationDestination';
  const ports = method === undefined || !isServer ? [] : (moverPorts[method] ?? []);
  const pod = controllerPod(
    source,
    { ...Object.fromEntries(labels), 'app.kubernetes.io/created-by': 'volsync' },
    ports,
    ['job-name', 'controller-uid'],
  );
  const others = Object.keys(spec).filter((key) => !['sourcePVC', 'trigger', 'paused'].includes(key));
  if (method === undefined && others.length > 0)
    return { workloads: [pod], services: [], unmodelled: otherMover(source, others.join(', ')) };
  if (ports.length === 0) return { workloads: [pod], services: [] };
  const selector = { 'app.kubernetes.io/created-by': 'volsync' };
  const name = `volsync-${method?.toLowerCase()}-${nameOf(source)}`;
  return {
    workloads: [pod],
    services: [
      madeService(
        source,
        name,
        selector,
        ports.map((port) => ({ name: `mover-${port}`, port })),
        { type: type ?? 'ClusterIP' },
      ),
    ],
  };
}

/** `external` names a program that replicates instead of VolSync (0.16, `api/v1alpha1`). */
function otherMover(source: SourcedObject, method: string): NonNullable<ControllerOutput['unmodelled']> {
  const { kind, metadata } = source.object;
  return {
    effects: ['pods', 'services'],
    namespace: namespaceOf(source.object),
    sentence: `What replicates for ${kind} ${namespaceOf(source.object)}/${metadata.name} by ${method} is not read`,
    remedy: 'Check by hand which pods and Services it makes',
    rule: `spec.${method}`,
  };
}

const jobLabels = [
  'job-name',
  'controller-uid',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/controller-uid',
];

/**
 * tuppr: a Job for each node, labelled `app.kubernetes.io/part-of: tuppr` (0.5.0, `jobs/labels.go`), in the namespace of
 * its controller. The upgrade is an object of the whole cluster, so that the controller must be among the objects.
 */
export function upgrade(source: SourcedObject, objects: readonly SourcedObject[]): ControllerOutput {
  const controller = objects.find(isUpgradeController);
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
  const added = ['app.kubernetes.io/name', 'app.kubernetes.io/instance', ...jobLabels];
  const pod = controllerPod(source, { 'app.kubernetes.io/part-of': 'tuppr' }, [], added);
  const namespace = namespaceOf(controller.object);
  const name = `${namespace}/${pod.ref.kind}/${pod.ref.name}`;
  return { workloads: [{ ...pod, namespace, name }], services: [] };
}

/** The release of tuppr, its Deployment, or an object that its chart makes. */
function isUpgradeController({ object, template }: SourcedObject): boolean {
  if (template?.startsWith('tuppr/') === true) return object.metadata.namespace !== undefined;
  return ['HelmRelease', 'Deployment'].includes(object.kind) && object.metadata.name === 'tuppr';
}

const machineLabels = [
  'kubevirt.io/created-by',
  'kubevirt.io/domain',
  'kubevirt.io/nodeName',
  'vm.kubevirt.io/name',
  'kubevirt.io/vm',
];

/**
 * KubeVirt 1.6: a launcher pod with the labels of the machine's template, on the network of pods. A machine on a network
 * of Multus can be reached there, and no policy sees that.
 */
export function virtualMachine(source: SourcedObject): ControllerOutput {
  const isMachine = source.object.kind === 'VirtualMachine';
  const template: Fields = isMachine ? specOf(source, 'template') : source.object;
  const spec = fieldsAt(template, 'spec');
  const interfaces = mapsAt(spec, 'domain', 'devices', 'interfaces');
  const ports = interfaces.flatMap((each) =>
    mapsAt(each, 'ports').flatMap((port) => numberAt(port, 'port') ?? []),
  );
  const labels = {
    ...Object.fromEntries(textMapAt(template, 'metadata', 'labels')),
    'kubevirt.io': 'virt-launcher',
  };
  const pod = controllerPod(source, labels, ports, machineLabels);
  const outside = mapsAt(spec, 'networks').some((network) => network['pod'] === undefined);
  // A claim or an access credential adds nothing to the network; host devices may be networks of their own.
  const devices = listAt(spec, 'domain', 'devices', 'hostDevices').length > 0;
  if (!outside && !devices)
    return defined({ workloads: [pod], services: [], unmodelled: volumesOf(source, pod.namespace) });
  return {
    workloads: [pod],
    services: [],
    unmodelled: {
      sentence: `${describeObject(refOf(source))} is on another network than that of pods, where no network policy holds`,
      remedy: 'Restrict who connects on that network',
      effects: ['hostPorts', 'policies'],
      namespace: pod.namespace,
      pods: labels,
      rule: 'networks',
      family: `kubevirt.io/${source.object.kind}`,
    },
  };
}

/** A volume of `dataVolumeTemplates` is a DataVolume of CDI, which imports it by pods of its own. */
function volumesOf(source: SourcedObject, namespace: string): ControllerOutput['unmodelled'] {
  if (listAt(source.object, 'spec', 'dataVolumeTemplates').length === 0) return undefined;
  return {
    sentence: `${describeObject(refOf(source))} makes DataVolumes, which make pods and Services that are not read`,
    remedy: 'Check what its controller makes, among the objects that kubectl get -A -o yaml prints',
    effects: ['pods', 'services'],
    namespace,
    rule: 'dataVolumeTemplates',
    family: 'kubevirt.io/VirtualMachine',
  };
}
