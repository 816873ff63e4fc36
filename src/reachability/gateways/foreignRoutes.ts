import { type Fields, fieldsAt, mapsAt, numberAt, textAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { describeObject, type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Model } from '../model/model.ts';
import { backendsOf } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';
import { isParentKind, routeKinds } from './attachments.ts';
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

function foreignParent(index: ObjectIndex, route: SourcedObject, parent: Fields): ForeignRoute | undefined {
  const kind = textAt(parent, 'kind') ?? 'Gateway';
  const group = textAt(parent, 'group') ?? gatewayGroup;
  if (!isParentKind(group, kind)) return undefined;
  const namespace = textAt(parent, 'namespace') ?? namespaceOf(route.object);
  const name = textAt(parent, 'name') ?? '';
  const found = index.find(group, kind, namespace, name);
  const gateway = `${kind} ${namespace}/${name}`;
  const missing = { route, gateway, why: `${gateway} is not among the objects`, isKnown: false };
  if (found === undefined) return missing;
  const serving = kind === 'Gateway' ? found : gatewayOf(index, found);
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
