import type { Because, Proof } from '../judgement.ts';
import type { Model } from '../model.ts';
import type { Direction, Policy, Rule } from '../policy.ts';
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
  const everyPod = model.policiesIn(namespace).filter((policy) => policy.selector.requirements.length === 0);
  const objections = (['ingress', 'egress'] as const).flatMap((direction) =>
    directionObjections(namespace, everyPod, direction),
  );
  const clouds = model.network.clouds
    .filter((cloud) => cloud.namespace === undefined || cloud.namespace === namespace)
    .map(
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
  everyPod: readonly Policy[],
  direction: Direction,
): readonly Objection[] {
  const isolating = everyPod.filter((policy) => policy[direction] !== undefined);
  if (isolating.length === 0) {
    const sentence = `No policy of namespace ${namespace} isolates the ${direction} of every pod`;
    return [{ certain: true, sentence, evidence: [] }];
  }
  return isolating.flatMap(({ ref, [direction]: rules }) =>
    (rules ?? [])
      .filter((rule) => opens(rule, direction))
      .map((rule) => {
        const sentence = `${ref.kind} ${namespace}/${ref.name} ${rule.name} opens the ${direction} of every pod`;
        return { certain: true, sentence, evidence: [{ object: ref, rule: rule.name }] };
      }),
  );
}

/** A rule for everyone is no denial; for egress it may name ports, as one for DNS does. */
function opens({ peers, ports }: Rule, direction: Direction): boolean {
  return peers === undefined && (direction === 'ingress' || ports === undefined);
}
