import { textAt, valueAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyProxyOf } from './envoy.ts';
import { type Listener, readListeners } from './listeners.ts';
import { envoyGroup, type ObjectIndex } from './objectIndex.ts';
import {
  conflictingPolicies,
  namesOf,
  type PolicyTarget,
  type PolicyTargets,
  readPolicyTargets,
} from './policyTargets.ts';

/** What the ClientTrafficPolicies do to the listeners. */
export interface ClientTraffic {
  /**
   * The policies that hold for a listener and for those that share its port, where Envoy has one configuration for
   * all: what not each of them does is not done. Nothing in a place that has no policy.
   */
  on: (listener: Listener) => readonly (SourcedObject | undefined)[];
}

/**
 * Which ClientTrafficPolicy holds for each listener (Envoy Gateway 1.9): its own, that of its ListenerSet, or that of
 * its Gateway. Without TLS, listeners on one port cannot be told apart so early: a policy of one of them is refused,
 * and so is one of a ListenerSet that shares the port with others.
 */
export function readClientTraffic(index: ObjectIndex): ClientTraffic {
  if (index.all(envoyGroup, 'ClientTrafficPolicy').length === 0) return { on: () => [undefined] };
  const targets = readPolicyTargets(index, 'ClientTrafficPolicy');
  const listeners = readListeners(index);
  const find = (listener: Listener) => {
    const together = listeners.filter(
      (other) => isSame(other, listener) || sharesPort(index, other, listener),
    );
    return together.flatMap((each) => {
      const beside = together.filter((other) => !isSame(other, each));
      return holding(targets, each, beside);
    });
  };
  const known = new Map<string, ReturnType<typeof find>>();
  return {
    on: (listener) => {
      const { gateway, owner, name } = listener;
      const key = `${namesOf([gateway, owner])} ${owner.object.kind} ${name}`;
      const found = known.get(key) ?? find(listener);
      known.set(key, found);
      return found;
    },
  };
}

function isSame(a: Listener, b: Listener): boolean {
  return a.name === b.name && a.owner === b.owner && a.gateway === b.gateway;
}

function sharesPort(index: ObjectIndex, a: Listener, b: Listener): boolean {
  if (a.port !== b.port || a.protocol !== 'HTTP' || b.protocol !== 'HTTP') return false;
  if (a.gateway === b.gateway) return true;
  const classes = [a, b].map(({ gateway }) => textAt(gateway.object, 'spec', 'gatewayClassName'));
  const merged = valueAt(envoyProxyOf(index, a.gateway), 'spec', 'mergeGateways') === true;
  return merged && classes[0] === classes[1];
}

function holding(
  targets: PolicyTargets,
  listener: Listener,
  beside: readonly Listener[],
): readonly (SourcedObject | undefined)[] {
  const { gateway, owner, name } = listener;
  const own = targets.on(owner, name);
  // One that is refused has taken its place all the same: no other policy comes to the listener.
  if (own.length > 0) return beside.length > 0 ? [undefined] : possible(own);
  const ofSet = owner === gateway ? [] : targets.on(owner, undefined);
  if (ofSet.length > 0 && beside.every((other) => other.owner === owner)) return possible(ofSet);
  const ofGateway = targets.on(gateway, undefined);
  return ofGateway.length > 0 && beside.every((other) => other.gateway === gateway)
    ? possible(ofGateway)
    : [undefined];
}

function possible(targets: readonly PolicyTarget[]): readonly (SourcedObject | undefined)[] {
  const certain = targets.every(({ truth }) => truth === 'yes');
  return [...conflictingPolicies(targets).map(({ policy }) => policy), ...(certain ? [] : [undefined])];
}
