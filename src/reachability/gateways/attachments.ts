import { mapsAt, numberAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { and, type Truth, truthOf } from '../model/truth.ts';
import { type Listener, listenerSetKinds, readListeners } from './listeners.ts';
import { admitsNamespace, gatewayGroup, type ObjectIndex } from './objectIndex.ts';

/** A route on a listener. */
export interface Attachment {
  route: SourcedObject;
  listener: Listener;
  /** The hostnames of both the route and the listener; `*` for every hostname. */
  hostnames: readonly string[];
  truth: Exclude<Truth, 'no'>;
}

export const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;

/** Every route on every listener that accepts it, in the order of the routes. */
export function readAttachments(index: ObjectIndex): readonly Attachment[] {
  const listeners = readListeners(index);
  const byOwner = new Map<string, Listener[]>();
  for (const listener of listeners) {
    const key = keyOf(
      listener.owner.object.kind,
      namespaceOf(listener.owner.object),
      listener.owner.object.metadata.name,
    );
    const found = byOwner.get(key);
    if (found === undefined) byOwner.set(key, [listener]);
    else found.push(listener);
  }
  return routeKinds
    .flatMap((kind) => index.all(gatewayGroup, kind))
    .flatMap((route) => {
      const named = mapsAt(route.object, 'spec', 'parentRefs').flatMap((parent) => {
        const namespace = textAt(parent, 'namespace') ?? namespaceOf(route.object);
        const key = keyOf(textAt(parent, 'kind') ?? 'Gateway', namespace, textAt(parent, 'name') ?? '');
        if (!isParentKind(textAt(parent, 'group') ?? gatewayGroup, textAt(parent, 'kind'))) return [];
        const section = textAt(parent, 'sectionName');
        const port = numberAt(parent, 'port');
        return (byOwner.get(key) ?? []).filter(
          (listener) =>
            (section === undefined || section === listener.name) &&
            (port === undefined || port === listener.port),
        );
      });
      return [...new Set(named)].flatMap((listener) => attach(index, listeners, route, listener));
    });
}

/** Whether a kind of a group is one to which routes attach; a Gateway without a kind. */
export function isParentKind(group: string, kind: string | undefined): boolean {
  return kind === undefined || kind === 'Gateway'
    ? group === gatewayGroup
    : listenerSetKinds.some(([ofSet, each]) => ofSet === group && each === kind);
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

function attach(
  index: ObjectIndex,
  listeners: readonly Listener[],
  route: SourcedObject,
  listener: Listener,
): readonly Attachment[] {
  const kinds = mapsAt(listener.allowedRoutes, 'kinds');
  const { kind } = route.object;
  const isServed =
    listener.kinds.includes(kind) &&
    (kinds.length === 0 ||
      kinds.some(
        (each) =>
          textAt(each, 'kind') === kind && (textAt(each, 'group') ?? gatewayGroup) === groupOf(route.object),
      ));
  const truth = and(
    listener.truth,
    truthOf(isServed),
    admitsNamespace(
      index,
      valueAt(listener.allowedRoutes, 'namespaces'),
      namespaceOf(listener.owner.object),
      namespaceOf(route.object),
      'Same',
    ),
  );
  if (truth === 'no') return [];
  const { hostnames, isCertain } = sharedHostnames(listeners, route, listener);
  return hostnames.length === 0 ? [] : [{ route, listener, hostnames, truth: isCertain ? truth : 'maybe' }];
}

/**
 * The hostnames of a route that a listener serves. A listener of the port with exactly the hostname takes precedence, even
 * one that is not valid (Envoy Gateway 1.9, `computeHosts`). If it may not be there, it takes none away for certain.
 */
function sharedHostnames(
  listeners: readonly Listener[],
  route: SourcedObject,
  listener: Listener,
): { hostnames: readonly string[]; isCertain: boolean } {
  if (['TCPRoute', 'UDPRoute'].includes(route.object.kind)) return { hostnames: ['*'], isCertain: true };
  const own = textsAt(route.object, 'spec', 'hostnames');
  if (own.length === 0) return { hostnames: [listener.hostname ?? '*'], isCertain: true };
  const others = listeners
    .filter(({ gateway, port }) => gateway === listener.gateway && port === listener.port)
    // A listener with the same hostname conflicts, and one of the two is rejected.
    .filter((other) => other.hostname !== listener.hostname);
  const isThere = ({ owner, truth }: Listener) => owner === listener.gateway || truth === 'yes';
  const taken = new Set(others.filter(isThere).flatMap(({ hostname }) => hostname ?? []));
  const perhapsTaken = new Set(others.flatMap(({ hostname }) => hostname ?? []));
  const shared = own.flatMap((hostname) => intersect(hostname, listener.hostname) ?? []);
  const hostnames = [...new Set(shared)].filter((hostname) => !taken.has(hostname));
  return { hostnames, isCertain: !hostnames.some((hostname) => perhapsTaken.has(hostname)) };
}

/** The hostnames that match both patterns; a leading `*.` matches one label or more. */
export function intersect(route: string, listener: string | undefined): string | undefined {
  const [a, b] = [route.toLowerCase(), (listener ?? '*').toLowerCase()];
  if (b === '*' || a === b) return a;
  if (b.startsWith('*.') && isBelow(a, b)) return a;
  return a.startsWith('*.') && isBelow(b, a) ? b : undefined;
}

function isBelow(name: string, wildcard: string): boolean {
  const suffix = wildcard.slice(1);
  return name.endsWith(suffix) && name.length > suffix.length;
}
