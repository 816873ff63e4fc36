import { fieldsAt, isFields, mapsAt, textAt, textMapAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyLabels } from './dataPlanes.ts';
import { mergesGateways, parametersOf } from './envoy.ts';
import { placesOf } from './envoyPlaces.ts';
import { controllerOf } from './gatewayClass.ts';
import { readGatewayServices } from './gatewayServices.ts';
import { gatewayGroup, indexObjects } from './objectIndex.ts';

type IsMade = (object: KubernetesObject) => boolean;

/**
 * Tells the Services and workloads of a running cluster that Envoy Gateway made for one of the Gateways, where their names are
 * known and they open nothing but what the Gateway and its EnvoyProxy say. The model makes them of those two already, and a
 * second Service or pod beside would be one that no Gateway explains. One that was changed is not told: it is what it is.
 */
export function asMadeForGateways(objects: readonly SourcedObject[]): IsMade {
  const index = indexObjects(objects);
  const [place, ...otherPlaces] = placesOf(objects);
  if (otherPlaces.length > 0) return () => false;
  const { services } = readGatewayServices(objects);
  const made = index.all(gatewayGroup, 'Gateway').flatMap((gateway): readonly IsMade[] => {
    if (controllerOf(index, gateway).kind !== 'envoy' || mergesGateways(index, gateway)) return [];
    const settings = fieldsAt(parametersOf(index, gateway), 'spec', 'provider', 'kubernetes');
    const labels = envoyLabels(index, gateway, undefined);
    if (labels.uncertain === 'every') return [];
    const namespace = place ?? namespaceOf(gateway.object);
    const service = services.find(
      ({ object }) =>
        namespaceOf(object) === namespace &&
        object.metadata.name === textAt(settings, 'envoyService', 'name'),
    );
    return [
      (object) => isWorkload(object, { settings, namespace, labels: labels.known }),
      ...(service === undefined ? [] : [isService(service.object, gateway, settings)]),
    ];
  });
  return (object) => made.some((isOne) => isOne(object));
}

function isService(expected: KubernetesObject, gateway: SourcedObject, settings: unknown): IsMade {
  const said = fieldsAt(settings, 'envoyService');
  const type = textAt(said, 'type') ?? 'LoadBalancer';
  const opensNodePorts = type !== 'ClusterIP' && said['allocateLoadBalancerNodePorts'] !== false;
  const addresses = mapsAt(gateway.object, 'spec', 'addresses').map(
    (address) => textAt(address, 'value') ?? '',
  );
  return (object) =>
    isNamed(object, '/Service', expected.metadata.name, namespaceOf(expected)) &&
    (textAt(object, 'spec', 'type') ?? 'ClusterIP') === type &&
    isSame(socketsOf(object), socketsOf(expected)) &&
    isSame(
      pairsOf(textMapAt(object, 'spec', 'selector')),
      pairsOf(textMapAt(expected, 'spec', 'selector')),
    ) &&
    isSame(textsAt(object, 'spec', 'externalIPs'), type === 'ClusterIP' ? [] : addresses) &&
    isSame(textsAt(object, 'spec', 'loadBalancerSourceRanges'), textsAt(said, 'loadBalancerSourceRanges')) &&
    (type === 'ClusterIP' ||
      textAt(object, 'spec', 'externalTrafficPolicy') ===
        (textAt(said, 'externalTrafficPolicy') ?? 'Local')) &&
    (opensNodePorts || mapsAt(object, 'spec', 'ports').every(({ nodePort }) => nodePort === undefined));
}

/** The pods of Envoy open no port of their node, and see nothing of it. */
function isWorkload(
  object: KubernetesObject,
  {
    settings,
    namespace,
    labels,
  }: { settings: unknown; namespace: string; labels: ReadonlyMap<string, string> },
): boolean {
  const spec = fieldsAt(object, 'spec', 'template', 'spec');
  const kinds = [
    ['apps/Deployment', 'envoyDeployment'],
    ['apps/DaemonSet', 'envoyDaemonSet'],
  ] as const;
  return (
    kinds.some(([kind, field]) => isNamed(object, kind, textAt(settings, field, 'name'), namespace)) &&
    isSame(pairsOf(textMapAt(object, 'spec', 'template', 'metadata', 'labels')), pairsOf(labels)) &&
    ['hostNetwork', 'hostPID', 'hostIPC'].every((field) => valueAt(spec, field) !== true) &&
    mapsAt(spec, 'volumes').every(({ hostPath }) => !isFields(hostPath)) &&
    mapsAt(spec, 'containers').every((container) =>
      mapsAt(container, 'ports').every(({ hostPort }) => hostPort === undefined),
    )
  );
}

function isNamed(
  object: KubernetesObject,
  kind: string,
  name: string | undefined,
  namespace: string,
): boolean {
  return (
    `${groupOf(object)}/${object.kind}` === kind &&
    object.metadata.name === name &&
    namespaceOf(object) === namespace
  );
}

function socketsOf(service: KubernetesObject): readonly string[] {
  return mapsAt(service, 'spec', 'ports').map(
    ({ protocol, port, targetPort }) => `${protocol ?? 'TCP'} ${port} ${targetPort ?? port}`,
  );
}

function pairsOf(map: ReadonlyMap<string, string>): readonly string[] {
  return [...map].map(([key, value]) => `${key}=${value}`);
}

/** Whether two lists have the same texts, in any order. */
function isSame(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted());
}
