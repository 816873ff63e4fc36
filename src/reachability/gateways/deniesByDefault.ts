import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { effectivePolicy } from './effectivePolicy.ts';
import type { Feature } from './features.ts';
import { controllerOf } from './gatewayClass.ts';
import { type Listener, readListeners } from './listeners.ts';
import type { ObjectIndex } from './objectIndex.ts';
import { readPolicyTargets } from './policyTargets.ts';
import { unmodelledInfluences } from './unmodelled.ts';

/** Whether a Gateway denies by default; `maybe` if something may change what Envoy does, with the reason. */
export type DeniedByDefault = { truth: 'yes' | 'no' } | { truth: 'maybe'; why: string };

/**
 * Whether Envoy Gateway answers 403 to each request of a Gateway for which no policy of a route says otherwise: on every
 * listener the policy that applies without one denies everybody. No policy can be on a TLSRoute: one on a listener that has
 * nothing else is that of its routes, of which what they demand is proved. No policy has an effect on UDP.
 */
export function deniesByDefault(index: ObjectIndex, gateway: SourcedObject): DeniedByDefault {
  if (controllerOf(index, gateway).kind !== 'envoy') return { truth: 'no' };
  const listeners = readListeners(index).filter((listener) => listener.gateway === gateway);
  if (!everyListenerDenies(index, gateway, listeners)) return { truth: 'no' };
  const [why] = listeners.flatMap((listener) => unmodelledInfluences(index, listener));
  return why === undefined ? { truth: 'yes' } : { truth: 'maybe', why };
}

function everyListenerDenies(
  index: ObjectIndex,
  gateway: SourcedObject,
  listeners: readonly Listener[],
): boolean {
  const targets = readPolicyTargets(index, 'SecurityPolicy');
  return (
    listeners.length > 0 &&
    listeners.every(({ owner, name, kinds, protocol }) => {
      if (protocol === 'UDP') return false;
      const onListener = targets.on(owner, name);
      if (onListener.length > 0 && kinds.every((kind) => kind === 'TLSRoute')) return true;
      const places = [
        { kind: 'listener' as const, targets: onListener },
        { kind: 'owner' as const, targets: targets.on(owner, undefined) },
        { kind: 'owner' as const, targets: owner === gateway ? [] : targets.on(gateway, undefined) },
      ].filter((place) => place.targets.length > 0);
      const { features, unknowns, translationError } = effectivePolicy(places, 'HTTP');
      return unknowns.length === 0 && translationError === undefined && features.some(deniesAll);
    })
  );
}

function deniesAll({ type, value }: Feature): boolean {
  return (
    type === 'authorization' &&
    textAt(value, 'defaultAction') !== 'Allow' &&
    mapsAt(value, 'rules').every((rule) => textAt(rule, 'action') === 'Deny')
  );
}
