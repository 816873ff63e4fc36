import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Unmodelled } from '../model/unmodelled.ts';

const gatewayGroup = 'gateway.networking.k8s.io';
const routeKinds = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute']);
const readParents = new Set([
  `${gatewayGroup}/Gateway`,
  `${gatewayGroup}/ListenerSet`,
  'gateway.networking.x-k8s.io/XListenerSet',
]);

/**
 * The routes of a mesh: one whose parent is a Service leads the requests for that Service to other pods, through a proxy
 * (Gateway API 1.4, GEP-1294; Cilium 1.18, GAMMA). A parent of another kind may be anything.
 */
export function routesOfOtherParents(objects: readonly SourcedObject[]): readonly Unmodelled[] {
  return objects.flatMap((source) => {
    const { object } = source;
    if (groupOf(object) !== gatewayGroup || !routeKinds.has(object.kind)) return [];
    return mapsAt(object, 'spec', 'parentRefs').flatMap((parent): readonly Unmodelled[] => {
      const kind = textAt(parent, 'kind') ?? 'Gateway';
      if (readParents.has(`${textAt(parent, 'group') ?? gatewayGroup}/${kind}`)) return [];
      const ref = refOf(source);
      const name = `${kind} ${textAt(parent, 'namespace') ?? namespaceOf(object)}/${textAt(parent, 'name') ?? ''}`;
      return [
        {
          object: ref,
          effects: ['routes', 'services', 'policies'],
          namespace: textAt(parent, 'namespace') ?? namespaceOf(object),
          rule: 'spec.parentRefs',
          sentence: `${describeObject(ref)} has ${name} as a parent, and may lead its requests elsewhere, which is not read`,
          remedy: 'Attach the route to a Gateway, or check by hand who connects',
        },
      ];
    });
  });
}
