import { fieldsAt, mapsAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { describeObject, type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { parseBlocks } from '../model/addresses.ts';
import { unknownFamilies } from '../model/servedFamilies.ts';
import type { Unmodelled } from '../model/unmodelled.ts';
import { envoyLabels } from './dataPlanes.ts';
import { mergesGateways, parametersOf } from './envoy.ts';
import { placesOf } from './envoyPlaces.ts';
import { controllerOf, controllerUnknown } from './gatewayClass.ts';
import { type Listener, readListeners } from './listeners.ts';
import { envoyGroup, gatewayGroup, indexObjects, type ObjectIndex } from './objectIndex.ts';
import { unreadProxyFields } from './unreadSettings.ts';

/** What is known of the Services that controllers make for Gateways. */
export interface GatewayServices {
  exposedPorts: readonly ExposedPort[];
  unmodelled: readonly Unmodelled[];
  /** The Services whose name an EnvoyProxy says, as pods find them: their exposed ports are beside them. */
  services: readonly SourcedObject[];
  /** Those of which the name or the namespace is not known, each by what is known of it. */
  unplaced: readonly UnplacedService[];
}

/** A Service of which it is not known where it is, or how exactly it is named. */
export interface UnplacedService {
  gateway: ObjectRef;
  /** The name, or how it begins. */
  name: string;
  isWhole: boolean;
  /** The namespaces in which it may be. */
  namespaces: readonly string[];
}

/**
 * The Services of the Gateways: Envoy Gateway 1.9 makes one of type LoadBalancer, unless the EnvoyProxy says otherwise
 * (`KubernetesServiceSpec`). What another controller makes is not known.
 */
export function readGatewayServices(objects: readonly SourcedObject[]): GatewayServices {
  const index = indexObjects(objects);
  const gateways = index.all(gatewayGroup, 'Gateway');
  if (gateways.length === 0) return { exposedPorts: [], unmodelled: [], services: [], unplaced: [] };
  const listeners = readListeners(index);
  const places = placesOf(objects);
  const read = gateways.map((gateway) => {
    const doubt = serviceDoubt(index, gateway);
    const own = listeners.filter((listener) => listener.gateway === gateway);
    if (doubt !== undefined)
      return {
        exposedPorts: [],
        unmodelled: [unmodelledService(gateway, doubt)],
        services: [],
        unplaced: [],
      };
    const services = namedServices(index, gateway, own, places);
    return {
      exposedPorts: portsOf(index, gateway, own),
      unmodelled: [],
      services,
      unplaced: services.length > 0 ? [] : [unplacedService(index, gateway, places)],
    };
  });
  return {
    exposedPorts: read.flatMap(({ exposedPorts }) => exposedPorts),
    unmodelled: read.flatMap(({ unmodelled }) => unmodelled),
    services: read.flatMap(({ services }) => services),
    unplaced: read.flatMap(({ unplaced }) => unplaced),
  };
}

/**
 * The Service of a Gateway as pods of the cluster find it, where its name and namespace are known. Envoy listens at a port
 * of its own for each below 1024 (Envoy Gateway 1.9, `wellKnownPortShift` in `internal/gatewayapi/translator.go`).
 */
function namedServices(
  index: ObjectIndex,
  gateway: SourcedObject,
  listeners: readonly Listener[],
  places: readonly (string | undefined)[],
): readonly SourcedObject[] {
  const settings = fieldsAt(parametersOf(index, gateway), 'spec', 'provider', 'kubernetes', 'envoyService');
  const name = textAt(settings, 'name');
  const [place, ...others] = places;
  if (name === undefined || others.length > 0 || mergesGateways(index, gateway)) return [];
  const labels = envoyLabels(index, gateway, undefined);
  if (labels.uncertain === 'every') return [];
  const ports = socketsOf(index, listeners).map(({ port, protocol }) => ({
    name: `${protocol.toLowerCase()}-${port}`,
    port,
    protocol,
    targetPort: port < 1024 ? port + 10_000 : port,
  }));
  return [
    {
      ...gateway,
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: place ?? namespaceOf(gateway.object) },
        spec: { type: 'ClusterIP', selector: Object.fromEntries(labels.known), ports },
      },
    },
  ];
}

/** A Service without a name of its own is `envoy-NAMESPACE-NAME-HASH`, and that of merged Gateways `envoy-CLASS-HASH` (Envoy Gateway 1.9). */
function unplacedService(
  index: ObjectIndex,
  gateway: SourcedObject,
  places: readonly (string | undefined)[],
): UnplacedService {
  const own = namespaceOf(gateway.object);
  const settings = fieldsAt(parametersOf(index, gateway), 'spec', 'provider', 'kubernetes', 'envoyService');
  const name = textAt(settings, 'name');
  const merged = textAt(gateway.object, 'spec', 'gatewayClassName') ?? '';
  const generated = mergesGateways(index, gateway)
    ? `envoy-${merged}-`
    : `envoy-${own}-${gateway.object.metadata.name}-`;
  return {
    gateway: refOf(gateway),
    name: name ?? generated,
    isWhole: name !== undefined,
    namespaces: [...new Set(places.map((place) => place ?? own))],
  };
}

/** Why it is not known which Service and pods a Gateway gets. */
function serviceDoubt(index: ObjectIndex, gateway: SourcedObject): string | undefined {
  const foreign = controllerUnknown(controllerOf(index, gateway));
  if (foreign !== undefined) return foreign;
  const parameters = parametersOf(index, gateway);
  if (parameters === 'none') return undefined;
  if (parameters === 'missing') return 'its EnvoyProxy is not among the objects';
  if (parameters === 'defaults') return 'the configuration of Envoy Gateway has defaults for it';
  const type = textAt(parameters, 'spec', 'provider', 'type') ?? 'Kubernetes';
  if (type !== 'Kubernetes') return `its EnvoyProxy has provider ${type}`;
  const [unread] = unreadProxyFields(parameters);
  return unread === undefined ? undefined : `spec.${unread.path} of its EnvoyProxy is not read`;
}

function unmodelledService(gateway: SourcedObject, why: string): Unmodelled {
  const object = refOf(gateway);
  return {
    object,
    sentence: `The Service that a controller makes for ${describeObject(object)} is not among the objects: ${why}`,
    remedy: 'Add the GatewayClass and the EnvoyProxy to the objects, or analyse the Service by itself',
    effects: ['services', 'hostPorts'],
    namespace: undefined,
    rule: 'its Service is made elsewhere',
  };
}

function portsOf(
  index: ObjectIndex,
  gateway: SourcedObject,
  listeners: readonly Listener[],
): readonly ExposedPort[] {
  const parameters = parametersOf(index, gateway);
  const settings = fieldsAt(parameters, 'spec', 'provider', 'kubernetes', 'envoyService');
  const type = textAt(settings, 'type') ?? 'LoadBalancer';
  if (type === 'ClusterIP') return [];
  const isBalanced = type === 'LoadBalancer';
  const opensNodePorts = !isBalanced || settings['allocateLoadBalancerNodePorts'] !== false;
  const hasAddress = mapsAt(gateway.object, 'spec', 'addresses').some(
    (address) => (textAt(address, 'type') ?? 'IPAddress') === 'IPAddress',
  );
  const base = {
    object: refOf(gateway),
    backends: [],
    families: unknownFamilies,
    keepsSource: (textAt(settings, 'externalTrafficPolicy') ?? 'Local') === 'Local',
  };
  const ranges = textsAt(settings, 'loadBalancerSourceRanges');
  const sources = ranges.length === 0 ? {} : { sources: parseBlocks(ranges).set };
  return socketsOf(index, listeners).flatMap(({ port, protocol }): readonly ExposedPort[] => [
    ...(opensNodePorts ? [{ ...base, kind: 'NodePort' as const, port: undefined, protocol }] : []),
    ...(isBalanced ? [{ ...base, kind: 'LoadBalancer' as const, port, protocol, ...sources }] : []),
    ...(hasAddress ? [{ ...base, kind: 'externalIP' as const, port, protocol }] : []),
  ]);
}

/** The ports of a Service. A ClientTrafficPolicy with HTTP/3 adds a port of UDP to each of HTTPS. */
function socketsOf(
  index: ObjectIndex,
  listeners: readonly Listener[],
): readonly { port: number; protocol: 'TCP' | 'UDP' }[] {
  const hasHttp3 = index
    .all(envoyGroup, 'ClientTrafficPolicy')
    .some(({ object }) => valueAt(object, 'spec', 'http3') !== undefined);
  const sockets = new Map<string, { port: number; protocol: 'TCP' | 'UDP' }>();
  for (const { port, protocol } of listeners) {
    const first = protocol === 'UDP' ? ('UDP' as const) : ('TCP' as const);
    sockets.set(`${first} ${port}`, { port, protocol: first });
    if (hasHttp3 && protocol === 'HTTPS') sockets.set(`UDP ${port}`, { port, protocol: 'UDP' });
  }
  return [...sockets.values()];
}
