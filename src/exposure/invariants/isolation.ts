import type { Because, Proof } from '../judgement.ts';
import type { Model } from '../model.ts';
import { cloudsIn } from '../network.ts';
import { selectsNamespace } from '../peers.ts';
import type { Direction, Policy, Rule } from '../policy.ts';
import type { Truth } from '../truth.ts';
import { describe } from '../ways.ts';
import { conclude, type Objection } from './proof.ts';

/** Each namespace with workloads denies both directions to every pod, also to one that nobody has thought of. */
export function proveDefaultDeny(model: Model): readonly Proof[] {
  const namespaces = new Set(
    model.workloads
      .filter(({ standing, hostNetwork }) => standing !== 'unseen' && !hostNetwork)
      .map(({ namespace }) => namespace),
  );
  return [...namespaces].toSorted().map((namespace) => proveNamespace(model, namespace));
}

function proveNamespace(model: Model, namespace: string): Proof {
  const selecting = (truth: Truth): readonly Policy[] =>
    model.policiesIn(namespace).filter((policy) => selectsEveryPod(model, policy, namespace) === truth);
  const everyPod = selecting('yes');
  const perhaps = selecting('maybe');
  const objections = (['ingress', 'egress'] as const).flatMap((direction) =>
    directionObjections(namespace, { everyPod, perhaps }, direction),
  );
  const clouds = cloudsIn(model.network, namespace).map(
    ({ ref, why }): Objection => ({
      certain: false,
      sentence: `Namespace ${namespace}: ${why}`,
      evidence: [{ object: ref, rule: why }],
    }),
  );
  const unenforced: readonly Objection[] = model.network.enforced
    ? []
    : [{ certain: false, sentence: 'Nothing is named that enforces network policies', evidence: [] }];
  const evidence = everyPod.map(({ ref }): Because => ({ object: ref, rule: 'podSelector: {}' }));
  return conclude(
    'default-deny',
    `Namespace ${namespace} denies by default in both directions`,
    [...objections, ...clouds, ...unenforced],
    {
      sentence: `Every pod of namespace ${namespace} is isolated in both directions`,
      evidence,
    },
  );
}

function directionObjections(
  namespace: string,
  { everyPod, perhaps }: Record<'everyPod' | 'perhaps', readonly Policy[]>,
  direction: Direction,
): readonly Objection[] {
  const isolating = everyPod.filter((policy) => policy[direction]?.isolates === true);
  if (isolating.length === 0) {
    const doubtful = perhaps.filter((policy) => policy[direction]?.isolates === true);
    const sentence = `No policy of namespace ${namespace} isolates the ${direction} of every pod${doubtful.length > 0 ? ' for certain' : ''}`;
    const evidence = doubtful.map(({ ref, doubt = 'it may select every pod' }) => ({
      object: ref,
      rule: doubt,
    }));
    return [{ certain: doubtful.length === 0, sentence, evidence }];
  }
  return everyPod.flatMap(({ ref, [direction]: side }) =>
    (side?.rules ?? [])
      .filter((rule) => opens(rule, direction))
      .map((rule) => {
        const sentence = `${describe(ref)} ${rule.name} opens the ${direction} of every pod`;
        return { certain: true, sentence, evidence: [{ object: ref, rule: rule.name }] };
      }),
  );
}

/** A rule for everyone is no denial; for egress it may name ports, as one for DNS does. */
function opens({ peers, ports }: Rule, direction: Direction): boolean {
  const everyone = peers?.some((peer) => peer.kind === 'entity' && peer.entity === 'all') ?? true;
  return everyone && (direction === 'ingress' || ports === undefined);
}

/** Whether a policy selects whatever pod of a namespace there is or will be. */
function selectsEveryPod({ network }: Model, { subject, doubt }: Policy, namespace: string): Truth {
  const inside = selectsNamespace(network, subject, namespace);
  const requirements = [subject.pods, subject.accounts].flatMap((part) => part?.requirements ?? []);
  if (requirements.some(({ operator }) => operator !== undefined)) return 'no';
  const certain = doubt === undefined && subject.inexact === undefined && requirements.length === 0;
  return certain || inside === 'no' ? inside : 'maybe';
}
