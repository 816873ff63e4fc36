import { type Fields, fieldsAt, mapsAt, numberAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { and, type Truth } from '../model/truth.ts';
import { controllerOf } from './gatewayClass.ts';
import { kindsServedBy, validityOf } from './listenerValidity.ts';
import { admitsNamespace, gatewayGroup, type ObjectIndex } from './objectIndex.ts';

/** A listener of a Gateway, from the Gateway itself or from a ListenerSet. */
export interface Listener {
  name: string;
  /** The Gateway that serves it. */
  gateway: SourcedObject;
  /** The Gateway or the ListenerSet that declares it. */
  owner: SourcedObject;
  port: number;
  protocol: string;
  /** Undefined for every hostname. */
  hostname: string | undefined;
  /** Which routes may attach. */
  allowedRoutes: Fields;
  /** The route kinds that it can serve. */
  kinds: readonly string[];
  /** Whether it is accepted by itself, without the other listeners; `maybe` if a certificate decides. */
  valid: Exclude<Truth, 'no'>;
  /** `maybe` if it is not known whether the Gateway accepts it. */
  truth: Truth;
}

/** Kinds of ListenerSet: the standard one, and its experimental predecessor, which Envoy Gateway 1.9 does not read. */
export const listenerSetKinds: readonly (readonly [group: string, kind: string])[] = [
  [gatewayGroup, 'ListenerSet'],
  ['gateway.networking.x-k8s.io', 'XListenerSet'],
];

/** Every accepted listener. Envoy Gateway 1.9 rejects listeners that conflict on a port. */
export function readListeners(index: ObjectIndex): readonly Listener[] {
  const sets = listenerSetKinds.flatMap(([group, kind]) => index.all(group, kind)).toSorted(byAge);
  return index.all(gatewayGroup, 'Gateway').flatMap((gateway) => {
    const own = listenersOf(index, gateway, gateway, 'yes');
    const more = sets.flatMap((set) => listenersOf(index, gateway, set, isOfGateway(index, gateway, set)));
    const ofSets = more.filter(({ truth }) => truth !== 'no');
    const accepted = [...own.filter(isAcceptedAmong(own)), ...acceptedOfSets(own, ofSets)];
    return withUncertain([...own, ...ofSets], accepted);
  });
}

/** Adds the rejected listeners that are accepted if the certificate of the other one is not valid. */
function withUncertain(all: readonly Listener[], accepted: readonly Listener[]): readonly Listener[] {
  const isHere = (listener: Listener) =>
    accepted.some(({ owner, name }) => owner === listener.owner && name === listener.name);
  const perhaps = all.filter(
    (listener) =>
      !isHere(listener) &&
      all.some(
        (other) =>
          other !== listener &&
          other.valid === 'maybe' &&
          (mixesProtocols(listener, other) || duplicates(listener, other)),
      ),
  );
  return [...accepted, ...perhaps.map((listener) => ({ ...listener, truth: 'maybe' as const }))];
}

/** Conflicting listeners of a Gateway are all rejected; with TCP or UDP the first stays. */
function isAcceptedAmong(own: readonly Listener[]): (listener: Listener, position: number) => boolean {
  return (listener, position) =>
    !own.some((other, before) => {
      if (other === listener) return false;
      return (
        mixesProtocols(listener, other) ||
        (duplicates(listener, other) && (!isWithoutHostnames(listener) || before < position))
      );
    });
}

/**
 * Listeners of a Gateway take precedence over its ListenerSets, and an older set over a younger one. A set that mixes
 * protocols on a port loses the port. If a set has a hostname twice, no set gets it.
 */
function acceptedOfSets(own: readonly Listener[], sets: readonly Listener[]): readonly Listener[] {
  const together = (one: Listener, other: Listener) => one !== other && one.owner === other.owner;
  const free = sets.filter(
    (listener) => !own.some((other) => mixesProtocols(listener, other) || duplicates(listener, other)),
  );
  const unmixed = free.filter(
    (listener) => !free.some((other) => together(listener, other) && mixesProtocols(listener, other)),
  );
  const compatible = unmixed.reduce(addingWithout(mixesProtocols), []);
  const doubled = compatible.filter(
    (listener) =>
      !isWithoutHostnames(listener) &&
      compatible.some((other) => together(listener, other) && duplicates(listener, other)),
  );
  const single = compatible.flatMap((listener): readonly Listener[] => {
    const conflicting = doubled.filter((other) => other === listener || duplicates(listener, other));
    if (conflicting.length === 0) return [listener];
    const isRefused = doubled.includes(listener) || conflicting.some(({ truth }) => truth === 'yes');
    return isRefused ? [] : [{ ...listener, truth: 'maybe' }];
  });
  return single.reduce(addingWithout(duplicates), []);
}

/** Adds a listener of a ListenerSet that is not older than the previous ones. */
function addingWithout(conflicts: (one: Listener, other: Listener) => boolean) {
  return (before: readonly Listener[], listener: Listener): readonly Listener[] => {
    const conflicting = before.filter((other) => conflicts(listener, other));
    if (conflicting.length === 0) return [...before, listener];
    const cameFirst = conflicting.filter((conflict) => isOrderKnown(conflict, listener));
    if (cameFirst.some(({ truth }) => truth === 'yes')) return before;
    const uncertain = new Set(conflicting.filter((conflict) => !cameFirst.includes(conflict)));
    return [
      ...before.map((each) => (uncertain.has(each) ? { ...each, truth: 'maybe' as const } : each)),
      { ...listener, truth: 'maybe' },
    ];
  };
}

/** The older of two ListenerSets is known only if both have a creation time. */
function isOrderKnown(a: Listener, b: Listener): boolean {
  const isAged = ({ owner }: Listener) => textAt(owner.object, 'metadata', 'creationTimestamp') !== undefined;
  return a.owner === b.owner || (isAged(a) && isAged(b));
}

/** Whether a ListenerSet is one of a Gateway's: it names it, and the Gateway lets its namespace in. */
function isOfGateway(index: ObjectIndex, gateway: SourcedObject, set: SourcedObject): Truth {
  const parent = fieldsAt(set.object, 'spec', 'parentRef');
  const namespace = textAt(parent, 'namespace') ?? namespaceOf(set.object);
  const named =
    textAt(parent, 'name') === gateway.object.metadata.name && namespace === namespaceOf(gateway.object);
  if (!named) return 'no';
  const allowed = valueAt(gateway.object, 'spec', 'allowedListeners', 'namespaces');
  const isRead: Truth = set.object.kind === 'ListenerSet' ? 'yes' : 'maybe';
  return and(
    isRead,
    admitsNamespace(index, allowed, namespaceOf(gateway.object), namespaceOf(set.object), 'None'),
  );
}

function listenersOf(
  index: ObjectIndex,
  gateway: SourcedObject,
  owner: SourcedObject,
  truth: Truth,
): readonly Listener[] {
  const isEnvoy = controllerOf(index, gateway).kind === 'envoy';
  return mapsAt(owner.object, 'spec', 'listeners').flatMap((listener): readonly Listener[] => {
    const accepted = validityOf(index, owner, listener);
    // Another controller may accept what Envoy Gateway does not.
    const valid = isEnvoy ? accepted : 'maybe';
    if (valid === 'no') return [];
    return [
      {
        name: textAt(listener, 'name') ?? '',
        gateway,
        owner,
        port: numberAt(listener, 'port') ?? 0,
        protocol: textAt(listener, 'protocol') ?? '',
        hostname: textAt(listener, 'hostname') || undefined,
        allowedRoutes: fieldsAt(listener, 'allowedRoutes'),
        kinds: kindsServedBy(listener),
        valid,
        truth,
      },
    ];
  });
}

/** Whether two listeners use the same port and transport. */
function sharePort(a: Listener, b: Listener): boolean {
  return a.port === b.port && (a.protocol === 'UDP') === (b.protocol === 'UDP');
}

function mixesProtocols(a: Listener, b: Listener): boolean {
  return sharePort(a, b) && familyOf(a.protocol) !== familyOf(b.protocol);
}

function duplicates(a: Listener, b: Listener): boolean {
  return (
    sharePort(a, b) &&
    familyOf(a.protocol) === familyOf(b.protocol) &&
    (isWithoutHostnames(a) || a.hostname === b.hostname)
  );
}

/** Whether the protocol has no hostnames. */
function isWithoutHostnames({ protocol }: Listener): boolean {
  return protocol === 'TCP' || protocol === 'UDP';
}

/** The protocols that can share a port have the same family. HTTPS and TLS can share a port, since the name that the client asks for distinguishes them. */
export function familyOf(protocol: string): string {
  return protocol === 'HTTPS' ? 'TLS' : protocol;
}

/** Orders by age, then by namespace, then by name. Objects of a repository have no age. */
export function byAge(a: SourcedObject, b: SourcedObject): number {
  const [first, second] = [a, b].map(({ object }) => [
    textAt(object, 'metadata', 'creationTimestamp') ?? '',
    namespaceOf(object),
    object.metadata.name,
  ]);
  for (const [index, mine] of (first ?? []).entries()) {
    const other = second?.[index] ?? '';
    if (mine !== other) return mine < other ? -1 : 1;
  }
  return 0;
}
