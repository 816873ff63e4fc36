import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { SourcedObject } from '../../../src/manifests/sourcedObject.ts';
import type { ConfigData } from '../../testDirectory.ts';

/** A mistake in the objects of the example home. */
export interface Mistake {
  readonly name: string;
  readonly plant: (home: readonly SourcedObject[]) => SourcedObject[];
  /** The same without the mistake, if that differs from the home. Findings in both do not count. */
  readonly right?: Mistake['plant'];
}

/** Changes one object, and throws if it does not exist. */
function edit(what: string, change: (object: ConfigData) => void): Mistake['plant'] {
  return (home) => {
    const index = home.findIndex(({ object }) => nameOf(object) === what);
    const found = home[index];
    if (found === undefined) throw new Error(`there is no ${what}`);
    const object: KubernetesObject = structuredClone(found.object);
    change(object);
    return home.with(index, { ...found, object });
  };
}

function add(...objects: readonly KubernetesObject[]): Mistake['plant'] {
  return (home) => [...home, ...objects.map((object) => ({ object, file: 'apps/planted.yaml' }))];
}

function leaveOut(what: string): Mistake['plant'] {
  return (home) => {
    const kept = home.filter(({ object }) => nameOf(object) !== what);
    if (kept.length === home.length) throw new Error(`there is no ${what}`);
    return kept;
  };
}

/** `Kind namespace/name`, which identifies an object. */
export function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

const proxy = 'Deployment networking/immich-origin-proxy';
const serverService = 'Service media/immich-server';
const serverPolicy = 'NetworkPolicy media/immich-server';
const inNetworking = (name: string) => ({ name, namespace: 'networking' });
const container = (object: ConfigData) => object.spec.template.spec.containers[0];
const range = (cidr: string, more: object = {}) => ({ from: [{ ipBlock: { cidr, ...more } }] });
const service = (name: string, spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'media' },
  spec: { selector: { 'app.kubernetes.io/name': 'immich' }, ...spec },
});
const gatewayApi = 'gateway.networking.k8s.io/v1';
const gateway: KubernetesObject = {
  apiVersion: gatewayApi,
  kind: 'Gateway',
  metadata: inNetworking('planted'),
  spec: { gatewayClassName: 'planted', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
};
const route: KubernetesObject = {
  apiVersion: gatewayApi,
  kind: 'HTTPRoute',
  metadata: inNetworking('planted'),
  spec: {
    parentRefs: [{ name: 'planted' }],
    rules: [{ backendRefs: [{ name: 'immich-server', namespace: 'media', port: 2283 }] }],
  },
};
const grant: KubernetesObject = {
  apiVersion: gatewayApi,
  kind: 'ReferenceGrant',
  metadata: { name: 'planted', namespace: 'media' },
  spec: {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'networking' }],
    to: [{ group: '', kind: 'Service' }],
  },
};
const securityPolicy = (spec: object): KubernetesObject => ({
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'SecurityPolicy',
  metadata: inNetworking('planted'),
  spec,
});

/** Mistakes in objects. */
export const planted: readonly Mistake[] = [
  {
    name: 'a field that does not exist',
    plant: edit(proxy, (it) => (it.spec.template.spec.hostNetwrok = true)),
  },
  { name: 'text where a number belongs', plant: edit(proxy, (it) => (it.spec.replicas = '1')) },
  {
    name: 'a number as value of a ConfigMap',
    plant: edit('ConfigMap networking/cloudflared', (it) => (it.data.retries = 5)),
  },
  { name: 'a version that is not served', plant: edit(proxy, (it) => (it.apiVersion = 'apps/v1beta1')) },
  {
    name: 'a kind that nobody defines',
    plant: add({ apiVersion: 'example.com/v1', kind: 'Nothing', metadata: inNetworking('n') }),
  },
  { name: 'no selector in a Deployment', plant: edit(proxy, (it) => delete it.spec.selector) },
  {
    name: 'a selector that does not select its own template',
    plant: edit(proxy, (it) => (it.spec.template.metadata.labels = { app: 'other' })),
  },
  {
    name: 'another selector than the one in the cluster',
    plant: edit(proxy, (it) => {
      it.spec.selector.matchLabels = { app: 'x' };
      it.spec.template.metadata.labels = { ...it.spec.template.metadata.labels, app: 'x' };
    }),
  },
  {
    name: 'a word that is no choice of the field',
    plant: edit(proxy, (it) => (container(it).imagePullPolicy = 'Sometimes')),
  },
  {
    name: 'a quantity with a typing error',
    plant: edit(proxy, (it) => (container(it).resources.limits.memory = '64 MiB')),
  },
  {
    name: '`64m` of memory, a thousandth of what was meant and less than is requested',
    plant: edit(proxy, (it) => (container(it).resources.limits.memory = '64m')),
  },
  { name: 'a name with capital letters', plant: add(service('Planted', { ports: [{ port: 80 }] })) },
  {
    name: 'a mount of a volume that is not there',
    plant: edit(proxy, (it) => container(it).volumeMounts.push({ name: 'absent', mountPath: '/absent' })),
  },
  {
    name: 'two containers of one name',
    plant: edit(proxy, (it) => it.spec.template.spec.containers.push(container(it))),
  },
  {
    name: 'a probe of a port name that is not there',
    plant: edit(proxy, (it) => (container(it).readinessProbe = { httpGet: { path: '/', port: 'htpp' } })),
  },
  {
    name: 'a key that the ConfigMap does not have',
    plant: edit(proxy, (it) =>
      it.spec.template.spec.volumes.push({
        name: 'p',
        configMap: { name: 'immich-origin-proxy', items: [{ key: 'absent.conf', path: 'x' }] },
      }),
    ),
  },
  {
    name: 'a Secret that nobody makes',
    plant: edit(
      proxy,
      (it) =>
        (container(it).env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'absent', key: 'x' } } }]),
    ),
  },
  {
    name: 'a privileged pod in a restricted namespace',
    plant: edit(proxy, (it) => (container(it).securityContext = { privileged: true })),
  },
  {
    name: 'a directory of the node in a restricted namespace',
    plant: edit(proxy, (it) => it.spec.template.spec.volumes.push({ name: 'p', hostPath: { path: '/' } })),
  },
  {
    name: 'a namespace that is not there',
    plant: add({
      ...service('planted', {}),
      metadata: { name: 'planted', namespace: 'nowhere' },
      spec: { ports: [{ port: 80 }] },
    }),
  },
  {
    name: 'a policy in the wrong namespace',
    plant: edit(serverPolicy, (it) => (it.metadata.namespace = 'networking')),
  },
  {
    name: 'a label with a typing error in a policy',
    plant: edit(
      serverPolicy,
      (it) => (it.spec.podSelector.matchLabels['app.kubernetes.io/component'] = 'sever'),
    ),
  },
  { name: 'no default-deny policy', plant: leaveOut('NetworkPolicy media/default-deny') },
  {
    name: 'an address range with 33 bits',
    plant: edit(serverPolicy, (it) => it.spec.ingress.push(range('192.0.2.0/33'))),
  },
  {
    name: 'an exception outside its range',
    plant: edit(serverPolicy, (it) =>
      it.spec.ingress.push(range('192.0.2.0/24', { except: ['198.51.100.0/25'] })),
    ),
  },
  {
    name: 'a LAN so wide that it covers the pods',
    plant: edit(serverPolicy, (it) => it.spec.ingress.push(range('10.0.0.0/8'))),
  },
  { name: 'an empty peer, which is everybody', plant: edit(serverPolicy, (it) => it.spec.ingress.push({})) },
  { name: 'a node port out of range', plant: edit(serverService, (it) => (it.spec.ports[0].nodePort = 80)) },
  {
    name: 'a node port twice',
    plant: add(service('planted', { type: 'NodePort', ports: [{ port: 80, nodePort: 30082 }] })),
  },
  {
    name: 'a second node port',
    plant: add(service('planted', { type: 'NodePort', ports: [{ port: 2283 }] })),
  },
  {
    name: 'a Service of type LoadBalancer',
    plant: add(service('planted', { type: 'LoadBalancer', ports: [{ port: 2283 }] })),
  },
  {
    name: 'a Service that selects nothing',
    plant: edit('Service networking/immich-origin-proxy', (it) => (it.spec.selector = { app: 'nothing' })),
  },
  {
    name: 'a port name that no container has',
    plant: edit('Service networking/immich-origin-proxy', (it) => (it.spec.ports[0].targetPort = 'htpp')),
  },
  {
    name: 'the wrong Service name in the rules of the tunnel',
    plant: edit('ConfigMap networking/cloudflared', (it) =>
      replaceIn(it, 'immich-origin-proxy', 'imich-origin-proxy'),
    ),
  },
  {
    name: 'the tunnel leads past the proxy',
    plant: edit('ConfigMap networking/cloudflared', (it) =>
      replaceIn(
        it,
        /http:\/\/immich-origin-proxy[^\s"]*/g,
        'http://immich-server.media.svc.cluster.local:2283',
      ),
    ),
  },
  {
    name: 'the proxy asks for no token',
    plant: edit('ConfigMap networking/immich-origin-proxy', (it) => replaceIn(it, /js_access [^;]*;/g, '')),
  },
  {
    name: 'a Secret in plain text',
    plant: add({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: inNetworking('planted'),
      stringData: { password: 'correct horse' },
    }),
  },
  {
    name: 'a route into another namespace without ReferenceGrant',
    plant: add(gateway, route),
    right: add(gateway, route, grant),
  },
  {
    name: 'a policy on a kind that it does not know',
    plant: add(securityPolicy({ targetRefs: [{ group: 'apps', kind: 'Deployment', name: 'x' }] })),
  },
  {
    name: 'a policy on a route of the wrong name',
    plant: add(
      securityPolicy({
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'absent' }],
        basicAuth: { users: { name: 'users' } },
      }),
    ),
  },
  {
    name: 'both forms of a target at once (a rule of the definition)',
    plant: add(
      securityPolicy({
        targetRef: { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'x' },
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'x' }],
      }),
    ),
  },
];

function replaceIn(object: ConfigData, from: string | RegExp, to: string): void {
  let replaced = false;
  for (const [key, text] of Object.entries<string>(object.data)) {
    const changed = typeof from === 'string' ? text.replaceAll(from, to) : text.replace(from, to);
    replaced ||= changed !== text;
    object.data[key] = changed;
  }
  if (!replaced) throw new Error(`nothing to replace in ${nameOf(object)}`);
}
