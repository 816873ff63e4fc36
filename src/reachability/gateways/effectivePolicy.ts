import { fieldsAt } from '../../kubernetes/fields.ts';
import { type Feature, featuresOf, mergeFeatures, mergeTypeOf } from './features.ts';
import { conflictingPolicies, namesOf, type Place, type PolicyTarget } from './policyTargets.ts';
import {
  asksMoreThanAddresses,
  malformedRange,
  passingThrough,
  refusedByServer,
  rejectionOf,
} from './rejections.ts';

/** What of all policies holds for one rule on one listener. */
export interface Effective {
  features: readonly Feature[];
  unknowns: readonly string[];
  /** Why Envoy Gateway breaks off when it comes to this rule, so that Envoy keeps what it was told before. */
  breaksOff?: string;
}

/**
 * The policy that holds: the nearest one, with its parent's where it merges (Envoy Gateway 1.9).
 *
 * @param places where policies attach, the nearest first
 */
export function effectivePolicy(places: readonly Place[], protocol: 'HTTP' | 'TCP' | 'UDP'): Effective {
  const [place, ...further] = places;
  const [claim] = place?.claims ?? [];
  // No SecurityPolicy does anything for UDP.
  if (place === undefined || claim === undefined || protocol === 'UDP') return { features: [], unknowns: [] };
  const found = isOfRoute(place) ? ofRoute(claim, further, protocol) : ofListeners(claim, protocol);
  const unknowns = [...conflicts(place.claims), ...notTaken(claim), ...found.unknowns];
  if (found.features !== undefined) return { ...found, features: found.features, unknowns };
  const beyond = effectivePolicy(further, protocol);
  return { ...beyond, unknowns: [...unknowns, ...beyond.unknowns] };
}

function isOfRoute({ kind }: Place): boolean {
  return kind === 'rule' || kind === 'route';
}

/** Without features where the policy does nothing, and what is further away holds. */
type Found = Omit<Effective, 'features'> & { features: readonly Feature[] | undefined };

/**
 * A policy of a route or of one of its rules. It is judged by itself before it is merged, and again afterwards; what
 * it merges with is a policy of a listener, a ListenerSet or a Gateway, and never another one of the route.
 */
function ofRoute({ policy }: PolicyTarget, further: readonly Place[], protocol: 'HTTP' | 'TCP'): Found {
  const own = featuresOf(policy);
  if (rejectionOf(own, protocol) !== undefined) return { features: undefined, unknowns: [] };
  const claims = further.find((place) => !isOfRoute(place))?.claims ?? [];
  const [parent] = claims;
  if (mergeTypeOf(policy) === undefined || parent === undefined)
    return { features: heard(own, protocol), unknowns: [] };
  const merged = mergeFeatures(own, featuresOf(parent.policy));
  const features = rejectionOf(merged, protocol) === undefined ? heard(merged, protocol) : undefined;
  return { features, unknowns: features === undefined ? [] : [...conflicts(claims), ...notTaken(parent)] };
}

/** On TCP a policy without authorization takes nothing from one further away. */
function heard(features: readonly Feature[], protocol: 'HTTP' | 'TCP'): readonly Feature[] | undefined {
  if (protocol === 'HTTP') return features;
  const authorization = features.filter(({ type }) => type === 'authorization');
  return authorization.length === 0 ? undefined : authorization;
}

/** A policy of a listener, a ListenerSet or a Gateway. Nobody validates it before it is translated. */
function ofListeners({ policy }: PolicyTarget, protocol: 'HTTP' | 'TCP'): Found {
  const own = featuresOf(policy);
  const features = heard(own, protocol);
  if (protocol === 'HTTP') {
    const why = passingThrough(own);
    if (why === undefined) return { features, unknowns: [] };
    return { features: [], unknowns: [], breaksOff: `SecurityPolicy ${namesOf([policy])}: ${why}` };
  }
  if (features?.some(({ value }) => malformedRange(value) !== undefined))
    return { features: undefined, unknowns: [] };
  const why = asksMoreThanAddresses(fieldsAt(policy.object, 'spec', 'authorization'));
  const unknown = `${namesOf([policy])}: ${why}, and what it does there is not modelled`;
  return { features, unknowns: why === undefined ? [] : [unknown] };
}

/** A policy that the API server does not take is not there, and what holds instead is as if it were not. */
function notTaken({ policy }: PolicyTarget): readonly string[] {
  const why = refusedByServer(policy.object);
  return why === undefined ? [] : [`the API server refuses SecurityPolicy ${namesOf([policy])}: ${why}`];
}

/** Which of several policies came first is known of objects with a time of creation only. */
function conflicts(claims: readonly PolicyTarget[]): readonly string[] {
  const clouded = claims[0]?.truth === 'maybe';
  return [
    ...(clouded ? ['whether a policy selects it depends on labels not shown'] : []),
    ...(conflictingPolicies(claims).length > 1
      ? [
          `of SecurityPolicies ${namesOf(claims.map(({ policy }) => policy))} the one that is created first holds`,
        ]
      : []),
  ];
}
