import { defined } from '../../kubernetes/defined.ts';
import { fieldsAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { knownLabels, type Labels, unknownLabels } from '../model/selector.ts';
import type { Workload } from '../model/workload.ts';
import { mergesGateways, parametersOf } from './envoy.ts';
import { placesOf, standardNamespace } from './envoyPlaces.ts';
import { controllerOf } from './gatewayClass.ts';
import { gatewayGroup, indexObjects, type ObjectIndex } from './objectIndex.ts';

/**
 * Controllers that make no pod for a Gateway: Cilium serves it on each node (Cilium 1.18, docs, Gateway API), Traefik by
 * its own pods (Traefik 3, docs, Kubernetes Gateway provider).
 */
const withoutPods: ReadonlySet<string> = new Set([
  'io.cilium/gateway-controller',
  'traefik.io/gateway-controller',
]);

/**
 * The pods that controllers make for Gateways. Envoy Gateway makes them in its own namespace, and with
 * `deploy.type: GatewayNamespace` in that of the Gateway (Envoy Gateway 1.9, `api/v1alpha1/envoygateway_types.go`). Istio
 * (docs, Kubernetes Gateway API, automated deployment), NGINX Gateway Fabric (2.0, docs, Deploy a Gateway for data plane
 * instances) and kgateway make them in the namespace of the Gateway, and so may any controller that is not known.
 */
export function readDataPlanes(objects: readonly SourcedObject[]): readonly Omit<Workload, 'index'>[] {
  const index = indexObjects(objects);
  const gateways = index.all(gatewayGroup, 'Gateway');
  if (gateways.length === 0) return [];
  const places = placesOf(objects);
  const merged = new Set<string>();
  return gateways.flatMap((gateway) => {
    const own = namespaceOf(gateway.object);
    const controller = controllerOf(index, gateway);
    if (controller.kind === 'other' && withoutPods.has(controller.controller)) return [];
    if (controller.kind !== 'envoy') return [pod(gateway, own, unknownLabels, true)];
    const isMerged = mergesGateways(index, gateway);
    const className = textAt(gateway.object, 'spec', 'gatewayClassName') ?? '';
    if (isMerged && merged.has(className)) return [];
    if (isMerged) merged.add(className);
    const labels = envoyLabels(index, gateway, isMerged ? className : undefined);
    const found = places.map((place) => place ?? own);
    const namespaces = new Set(
      isMerged ? [...found, places.find((place) => place !== undefined) ?? standardNamespace] : found,
    );
    return [...namespaces].map((namespace) => pod(gateway, namespace, labels, namespaces.size > 1));
  });
}

/**
 * The labels of Envoy's pods (Envoy Gateway 1.9, `internal/infrastructure/kubernetes/proxy/resource.go`), with those that
 * the Gateway and its EnvoyProxy add. A patch may set any.
 */
export function envoyLabels(
  index: ObjectIndex,
  gateway: SourcedObject,
  className: string | undefined,
): Labels {
  const { name, namespace = 'default' } = refOf(gateway);
  const parameters = parametersOf(index, gateway);
  const added = textMapAt(gateway.object, 'spec', 'infrastructure', 'labels');
  const settings = ['envoyDeployment', 'envoyDaemonSet'].map((kind) =>
    fieldsAt(parameters, 'spec', 'provider', 'kubernetes', kind),
  );
  const owning =
    className === undefined
      ? { 'owning-gateway-name': name, 'owning-gateway-namespace': namespace }
      : { 'owning-gatewayclass': className };
  const known = new Map([
    ...added,
    ...settings.flatMap((each) => [...textMapAt(each, 'pod', 'labels')]),
    ['app.kubernetes.io/name', 'envoy'] as const,
    ['app.kubernetes.io/component', 'proxy'] as const,
    ['app.kubernetes.io/managed-by', 'envoy-gateway'] as const,
    ...Object.entries(owning).map(([key, value]) => [`gateway.envoyproxy.io/${key}`, value] as const),
  ]);
  const isPatched =
    parameters === 'missing' ||
    parameters === 'defaults' ||
    settings.some((each) => valueAt(each, 'patch') !== undefined);
  return isPatched
    ? { known, uncertain: 'every' }
    : knownLabels(known, new Set(['pod-template-hash', 'controller-revision-hash']));
}

function pod(
  gateway: SourcedObject,
  namespace: string,
  labels: Labels,
  perhaps: boolean,
): Omit<Workload, 'index'> {
  const ref: ObjectRef = refOf(gateway);
  return defined({
    ref,
    name: `${namespace}/Gateway/${ref.name}`,
    namespace,
    labels,
    ports: [],
    hostNetwork: false,
    spec: {},
    provenance: 'gateway' as const,
    perhaps: perhaps ? (true as const) : undefined,
  });
}
