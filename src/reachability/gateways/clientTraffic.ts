import { textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { mergesGateways } from './envoy.ts';
import { type Listener, readListeners } from './listeners.ts';
import { envoyGroup, type ObjectIndex } from './objectIndex.ts';
import {
  conflictingPolicies,
  namesOf,
  type PolicyTarget,
  type PolicyTargets,
  readPolicyTargets,
} from './policyTargets.ts';

/** The effect of ClientTrafficPolicies on listeners. */
export interface ClientTraffic {
  /**
   * The policies of a listener and of those that share its port. Envoy has one configuration for all of them, so only
   * settings that each policy has take effect. Undefined for a listener without a policy.
   */
  on: (listener: Listener) => readonly (SourcedObject | undefined)[];
  /**
   * Those of every listener at the port of a listener. Envoy reads the proxy protocol before it knows the name that a client
   * asks for, so that what one of them says holds for all (Envoy Gateway 1.9, `patchProxyProtocolFilter`).
   */
  atPort: (listener: Listener) => readonly (SourcedObject | undefined)[];
}

/**
 * The ClientTrafficPolicy of each listener (Envoy Gateway 1.9): its own, that of its ListenerSet, or that of its
 * Gateway. Without TLS, Envoy cannot distinguish listeners of one port so early. Envoy Gateway rejects a policy of one
 * of them, and one of a ListenerSet that shares the port with others.
 */
export function readClientTraffic(index: ObjectIndex): ClientTraffic {
  if (index.all(envoyGroup, 'ClientTrafficPolicy').length === 0)
    return { on: () => [undefined], atPort: () => [undefined] };
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
  const on = (listener: Listener) => {
    const { gateway, owner, name } = listener;
    const key = `${namesOf([gateway, owner])} ${owner.object.kind} ${name}`;
    const found = known.get(key) ?? find(listener);
    known.set(key, found);
    return found;
  };
  return {
    on,
    atPort: (listener) =>
      listeners
        .filter(
          (other) =>
            isSame(other, listener) || (other.port === listener.port && shareEnvoy(index, other, listener)),
        )
        .flatMap(on),
  };
}

function isSame(a: Listener, b: Listener): boolean {
  return a.name === b.name && a.owner === b.owner && a.gateway === b.gateway;
}

function sharesPort(index: ObjectIndex, a: Listener, b: Listener): boolean {
  return a.port === b.port && a.protocol === 'HTTP' && b.protocol === 'HTTP' && shareEnvoy(index, a, b);
}

function shareEnvoy(index: ObjectIndex, a: Listener, b: Listener): boolean {
  if (a.gateway === b.gateway) return true;
  const classes = [a, b].map(({ gateway }) => textAt(gateway.object, 'spec', 'gatewayClassName'));
  return mergesGateways(index, a.gateway) && classes[0] === classes[1];
}

function holding(
  targets: PolicyTargets,
  listener: Listener,
  beside: readonly Listener[],
): readonly (SourcedObject | undefined)[] {
  const { gateway, owner, name } = listener;
  const own = targets.on(owner, name);
  // A rejected policy still occupies the listener: no other policy applies to it.
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
