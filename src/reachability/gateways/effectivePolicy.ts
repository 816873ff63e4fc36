import { fieldsAt } from '../../kubernetes/fields.ts';
import { securityPolicyFields } from './envoyFields.ts';
import { type Feature, featuresOf, mergeFeatures, mergeTypeOf } from './features.ts';
import { conflictingPolicies, namesOf, type Place, type PolicyTarget } from './policyTargets.ts';
import {
  asksMoreThanAddresses,
  malformedRange,
  passThroughRejection,
  rejectedByServer,
  rejectionOf,
} from './rejections.ts';
import { unreadSettings } from './unreadSettings.ts';

/** The policy that applies to one rule on one listener. */
export interface EffectivePolicy {
  features: readonly Feature[];
  unknowns: readonly string[];
  /** Why Envoy Gateway aborts the translation at this rule, so Envoy keeps its old configuration. */
  translationError?: string;
}

/**
 * The policy that applies: the nearest one, merged with its parent if it says so (Envoy Gateway 1.9).
 *
 * @param places where policies attach, the nearest first
 */
export function effectivePolicy(places: readonly Place[], protocol: 'HTTP' | 'TCP' | 'UDP'): EffectivePolicy {
  const [place, ...further] = places;
  const [target] = place?.targets ?? [];
  // A SecurityPolicy has no effect on UDP.
  if (place === undefined || target === undefined || protocol === 'UDP')
    return { features: [], unknowns: [] };
  const found = isOfRoute(place)
    ? applyRoutePolicy(target, further, protocol)
    : applyListenerPolicy(target, protocol);
  const unknowns = [...undecidedPrecedence(place.targets), ...policyDoubts(target), ...found.unknowns];
  if (found.features !== undefined) return { ...found, features: found.features, unknowns };
  const beyond = effectivePolicy(further, protocol);
  return { ...beyond, unknowns: [...unknowns, ...beyond.unknowns] };
}

function isOfRoute({ kind }: Place): boolean {
  return kind === 'rule' || kind === 'route';
}

/** Without features, the policy has no effect, and the next policy applies. */
type AppliedPolicy = Omit<EffectivePolicy, 'features'> & { features: readonly Feature[] | undefined };

/**
 * Applies a policy of a route or of one of its rules. Envoy Gateway validates it before the merge and after it. It
 * merges with the policy of a listener, a ListenerSet or a Gateway, never with another one of the route.
 */
function applyRoutePolicy(
  { policy }: PolicyTarget,
  further: readonly Place[],
  protocol: 'HTTP' | 'TCP',
): AppliedPolicy {
  const own = featuresOf(policy);
  if (rejectionOf(own, protocol) !== undefined) return { features: undefined, unknowns: [] };
  const targets = further.find((place) => !isOfRoute(place))?.targets ?? [];
  const [parent] = targets;
  if (mergeTypeOf(policy) === undefined || parent === undefined)
    return { features: applicableFeatures(own, protocol), unknowns: [] };
  const merged = mergeFeatures(own, featuresOf(parent.policy));
  const features =
    rejectionOf(merged, protocol) === undefined ? applicableFeatures(merged, protocol) : undefined;
  return {
    features,
    unknowns: features === undefined ? [] : [...undecidedPrecedence(targets), ...policyDoubts(parent)],
  };
}

/** On TCP a policy without authorization has no effect, and the next policy applies. */
function applicableFeatures(
  features: readonly Feature[],
  protocol: 'HTTP' | 'TCP',
): readonly Feature[] | undefined {
  if (protocol === 'HTTP') return features;
  const authorization = features.filter(({ type }) => type === 'authorization');
  return authorization.length === 0 ? undefined : authorization;
}

/** Applies a policy of a listener, a ListenerSet or a Gateway. Envoy Gateway does not validate it first. */
function applyListenerPolicy({ policy }: PolicyTarget, protocol: 'HTTP' | 'TCP'): AppliedPolicy {
  const own = featuresOf(policy);
  const features = applicableFeatures(own, protocol);
  if (protocol === 'HTTP') {
    const why = passThroughRejection(own);
    if (why === undefined) return { features, unknowns: [] };
    return { features: [], unknowns: [], translationError: `SecurityPolicy ${namesOf([policy])}: ${why}` };
  }
  if (features?.some(({ value }) => malformedRange(value) !== undefined))
    return { features: undefined, unknowns: [] };
  const why = asksMoreThanAddresses(fieldsAt(policy.object, 'spec', 'authorization'));
  const unknown = `${namesOf([policy])}: ${why}, and what it does there is not modelled`;
  return { features, unknowns: why === undefined ? [] : [unknown] };
}

/**
 * Why the effect of a policy is not known: the API server rejects it, so another policy may apply, or it has a field that
 * is not read.
 */
function policyDoubts({ policy }: PolicyTarget): readonly string[] {
  const why = rejectedByServer(policy.object);
  return [
    ...(why === undefined ? [] : [`the API server refuses SecurityPolicy ${namesOf([policy])}: ${why}`]),
    ...unreadSettings(policy, securityPolicyFields),
  ];
}

/** The oldest of several policies is known only if each has a creation time. */
function undecidedPrecedence(targets: readonly PolicyTarget[]): readonly string[] {
  const isUncertain = targets[0]?.truth === 'maybe';
  return [
    ...(isUncertain ? ['whether a policy selects it depends on labels not shown'] : []),
    ...(conflictingPolicies(targets).length > 1
      ? [
          `of SecurityPolicies ${namesOf(targets.map(({ policy }) => policy))} the one that is created first holds`,
        ]
      : []),
  ];
}
