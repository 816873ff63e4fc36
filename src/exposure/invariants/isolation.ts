import type { Because, Proof } from '../judgement.ts';
import type { Model } from '../model.ts';
import type { Direction, Policy, Rule } from '../policy.ts';
import { describe } from '../ways.ts';
import type { Workload } from '../workload.ts';
import { conclude, type Objection } from './proof.ts';

/** Each namespace with workloads denies both directions to every pod, also to one that nobody has thought of. */
export function proveDefaultDeny(model: Model): readonly Proof[] {
  const namespaces = new Map<string, Workload[]>();
  for (const workload of model.workloads) {
    if (workload.standing === 'unseen' || workload.hostNetwork) continue;
    const pods = namespaces.get(workload.namespace) ?? [];
    namespaces.set(workload.namespace, [...pods, workload]);
  }
  return [...namespaces]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([namespace, pods]) =>
      isGuest(model, namespace, pods) ? provePods(model, namespace, pods) : proveNamespace(model, namespace),
    );
}

/** A namespace that is defined elsewhere and in which controllers alone make pods: the rest of it is not judged here. */
function isGuest(model: Model, namespace: string, pods: readonly Workload[]): boolean {
  const isElsewhere = model.network.namespaces.get(namespace)?.uncertain === 'every';
  return isElsewhere && pods.every(({ standing }) => standing === 'controller');
}

/** Of such a namespace, the pods that controllers make in it are isolated, each by a policy that selects it for certain. */
function provePods(model: Model, namespace: string, pods: readonly Workload[]): Proof {
  const objections = pods.flatMap((pod) =>
    (['ingress', 'egress'] as const).flatMap((direction): Objection[] => {
      const selected = (model.network.selected.get(pod.index) ?? []).filter(
        ({ policy }) => policy[direction] !== undefined,
      );
      if (selected.some(({ truth }) => truth === 'yes')) return [];
      const sentence = `No policy isolates the ${direction} of the pods of ${describe(pod.ref)}`;
      return [{ certain: selected.length === 0, sentence, evidence: [] }];
    }),
  );
  return conclude(
    'default-deny',
    `Each pod that controllers make in namespace ${namespace} is isolated in both directions`,
    [...objections, ...surroundings(model, namespace)],
    { sentence: 'Policies select each of them, in both directions', evidence: [] },
  );
}

function proveNamespace(model: Model, namespace: string): Proof {
  const everyPod = model.policiesIn(namespace).filter((policy) => policy.selector.requirements.length === 0);
  const objections = (['ingress', 'egress'] as const).flatMap((direction) =>
    directionObjections(namespace, everyPod, direction),
  );
  const evidence = everyPod.map(({ ref }): Because => ({ object: ref, rule: 'podSelector: {}' }));
  return conclude(
    'default-deny',
    `Namespace ${namespace} denies by default in both directions`,
    [...objections, ...surroundings(model, namespace)],
    {
      sentence: `Every pod of namespace ${namespace} is isolated in both directions`,
      evidence,
    },
  );
}

/** What may change the policies of a namespace unseen, and that they may not be enforced at all. */
function surroundings({ network }: Model, namespace: string): readonly Objection[] {
  const clouds = network.clouds
    .filter((cloud) => cloud.namespace === undefined || cloud.namespace === namespace)
    .map(
      ({ ref, why }): Objection => ({
        certain: false,
        sentence: `Namespace ${namespace}: ${why}`,
        evidence: [{ object: ref, rule: why }],
      }),
    );
  const unenforced: readonly Objection[] = network.enforced
    ? []
    : [{ certain: false, sentence: 'Nothing is named that enforces network policies', evidence: [] }];
  return [...clouds, ...unenforced];
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
