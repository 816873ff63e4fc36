import { type Fields, fieldsAt, mapsAt, numberAt, textAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { describeObject, type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Model } from '../model/model.ts';
import { backendsOf } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';
import { isParentKind, routeKinds } from './attachments.ts';
import { envoyOf } from './envoy.ts';
import { controllerOf, controllerUnknown } from './gatewayClass.ts';
import { gatewayGroup, indexObjects, type ObjectIndex } from './objectIndex.ts';
import { backendsOfRule } from './ruleBackends.ts';

/** A route through a Gateway of which it is not known what it does. */
export interface ForeignRoute {
  route: SourcedObject;
  gateway: string;
  why: string;
  /** Whether the Gateway is among the objects, so that its listeners are known. */
  isKnown: boolean;
}

/** The routes on Gateways that are not among the objects, or that Envoy Gateway does not serve for certain. */
export function foreignRoutes(model: Pick<Model, 'objects'>): readonly ForeignRoute[] {
  const index = indexObjects(model.objects);
  return routeKinds
    .flatMap((kind) => index.all(gatewayGroup, kind))
    .flatMap((route) =>
      mapsAt(route.object, 'spec', 'parentRefs').flatMap(
        (parent) => foreignParent(index, route, parent) ?? [],
      ),
    );
}

/** The Gateway that a parent of a route is, or whose ListenerSet it is. */
function servingParent(
  index: ObjectIndex,
  route: SourcedObject,
  parent: Fields,
): { gateway: string; found?: SourcedObject; serving?: SourcedObject | undefined } {
  const kind = textAt(parent, 'kind') ?? 'Gateway';
  const group = textAt(parent, 'group') ?? gatewayGroup;
  const namespace = textAt(parent, 'namespace') ?? namespaceOf(route.object);
  const name = textAt(parent, 'name') ?? '';
  const gateway = `${kind} ${namespace}/${name}`;
  const found = isParentKind(group, kind) ? index.find(group, kind, namespace, name) : undefined;
  if (found === undefined) return { gateway };
  return { gateway, found, serving: kind === 'Gateway' ? found : gatewayOf(index, found) };
}

function foreignParent(index: ObjectIndex, route: SourcedObject, parent: Fields): ForeignRoute | undefined {
  const kind = textAt(parent, 'kind') ?? 'Gateway';
  if (!isParentKind(textAt(parent, 'group') ?? gatewayGroup, kind)) return undefined;
  const { gateway, found, serving } = servingParent(index, route, parent);
  const missing = { route, gateway, why: `${gateway} is not among the objects`, isKnown: false };
  if (found === undefined) return missing;
  if (serving === undefined) return { ...missing, why: `the Gateway of ${gateway} is not among the objects` };
  const why = controllerUnknown(controllerOf(index, serving));
  return why === undefined ? undefined : { route, gateway, why, isKnown: true };
}

function gatewayOf(index: ObjectIndex, set: SourcedObject): SourcedObject | undefined {
  const parent = fieldsAt(set.object, 'spec', 'parentRef');
  return index.find(
    gatewayGroup,
    'Gateway',
    textAt(parent, 'namespace') ?? namespaceOf(set.object),
    textAt(parent, 'name') ?? '',
  );
}

/** Why a workload may be reached past its policies: a Gateway that is not known may run on the network of a node. */
export interface ForeignPath {
  route: ObjectRef;
  sentence: string;
}

/** The paths through Gateways that are not known, by the workload to which they lead. */
export function foreignPaths(model: Model): ReadonlyMap<Workload, readonly ForeignPath[]> {
  const paths = new Map<Workload, ForeignPath[]>();
  for (const { route, gateway, why } of foreignRoutes(model)) {
    const ref = refOf(route);
    const rules = mapsAt(route.object, 'spec', 'rules');
    const backends = rules.flatMap(backendsOfRule);
    for (const workload of new Set(backends.flatMap((backend) => behind(model, route, backend)))) {
      const sentence = `${describeObject(ref)} leads to ${describeObject(workload.ref)} through ${gateway}, which may run on the network of a node, where no policy holds: ${why}`;
      const found = paths.get(workload) ?? [];
      paths.set(workload, [...found, { route: ref, sentence }]);
    }
  }
  return paths;
}

/** Whether a route leads from the pods of a Gateway to a workload: then it declares them as clients. */
export function routedClients(model: Model): (client: Workload, target: Workload) => boolean {
  const clients = model.workloads.filter(({ provenance }) => provenance === 'gateway');
  if (clients.length === 0) return () => false;
  const index = indexObjects(model.objects);
  const envoys = new Map<Workload, Set<string>>();
  for (const route of routeKinds.flatMap((kind) => index.all(gatewayGroup, kind))) {
    const serving = mapsAt(route.object, 'spec', 'parentRefs').flatMap(
      (parent) => servingParent(index, route, parent).serving ?? [],
    );
    const backends = mapsAt(route.object, 'spec', 'rules').flatMap(backendsOfRule);
    for (const workload of new Set(backends.flatMap((backend) => behind(model, route, backend)))) {
      const found = envoys.get(workload) ?? new Set();
      envoys.set(workload, found);
      for (const gateway of serving) found.add(envoyOf(index, gateway));
    }
  }
  const envoyOfClient = new Map(
    clients.map((client) => {
      const { namespace = '', name } = client.ref;
      const gateway = index.find(gatewayGroup, 'Gateway', namespace, name);
      return [client, gateway === undefined ? undefined : envoyOf(index, gateway)];
    }),
  );
  return (client, target) => {
    const envoy = envoyOfClient.get(client);
    return envoy !== undefined && envoys.get(target)?.has(envoy) === true;
  };
}

function behind(model: Model, route: SourcedObject, backend: Fields): readonly Workload[] {
  if ((textAt(backend, 'kind') ?? 'Service') !== 'Service') return [];
  const namespace = textAt(backend, 'namespace') ?? namespaceOf(route.object);
  const name = textAt(backend, 'name');
  const port = numberAt(backend, 'port');
  return model.services
    .filter((service) => service.namespace === namespace && service.name === name)
    .flatMap((service) =>
      service.ports
        .filter((each) => port === undefined || each.port === port)
        .flatMap((each) => backendsOf(model.inNamespace(namespace), service, each)),
    )
    .map(({ workload }) => workload);
}
