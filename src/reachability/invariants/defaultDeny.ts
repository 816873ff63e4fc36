import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, type ObjectRef, refOf } from '../../manifests/sourcedObject.ts';
import type { Evidence } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Truth } from '../model/truth.ts';
import { mayHave } from '../model/unmodelled.ts';
import { isClientOnly, type Workload } from '../model/workload.ts';
import { isolating, unmodelledIn } from '../policies/network.ts';
import { selectsNamespace } from '../policies/peers.ts';
import { admittingRules, type Direction, type Policy, type Rule } from '../policies/policy.ts';
import { type Conclusion, conclude, type Objection } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

export const defaultDeny = {
  id: 'default-deny',
  title: 'Namespaces deny by default',
  promise:
    'Each namespace with workloads isolates every pod in both directions, also one that is added later. Of a namespace that is defined elsewhere, the pods that these objects make are isolated',
  remedy: 'Add a NetworkPolicy that selects every pod of the namespace and allows nothing',
  brokenByPresence: false,
  prove: ({ model }) => proveNamespaces(model),
} as const satisfies Invariant;

function proveNamespaces(model: Model): readonly Conclusion[] {
  const namespaces = new Map<string, Workload[]>();
  for (const workload of model.workloads) {
    if (isClientOnly(workload) || workload.hostNetwork) continue;
    const pods = namespaces.get(workload.namespace) ?? [];
    namespaces.set(workload.namespace, [...pods, workload]);
  }
  return [...namespaces]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([namespace, pods]) =>
      isDefinedElsewhere(model, namespace, pods)
        ? provePods(model, namespace, pods)
        : proveNamespace(model, namespace),
    );
}

/** Of Kubernetes itself: a policy for every pod of it would cut off what no repository holds. */
const systemNamespace = 'kube-system';

/**
 * A namespace that is defined elsewhere, and is that of Kubernetes itself or one in which controllers alone make pods:
 * the rest of it is not checked here.
 */
function isDefinedElsewhere(model: Model, namespace: string, pods: readonly Workload[]): boolean {
  const isElsewhere = model.network.namespaces.get(namespace)?.uncertain === 'every';
  return isElsewhere && (namespace === systemNamespace || allOfControllers(pods));
}

function allOfControllers(pods: readonly Workload[]): boolean {
  return pods.every(({ provenance }) => provenance === 'controller');
}

/** Of such a namespace, the pods that are made in it are isolated, each by a policy that selects it for certain. */
function provePods(model: Model, namespace: string, pods: readonly Workload[]): Conclusion {
  const objections = pods.flatMap((pod) =>
    (['ingress', 'egress'] as const).flatMap((direction): Objection[] => {
      const selected = isolating(model.network, direction, pod);
      if (selected.some(({ truth }) => truth === 'yes')) return [];
      const sentence = `No policy isolates the ${direction} of the pods of ${describeObject(pod.ref)}`;
      const evidence = [{ object: pod.ref, rule: `no policy isolates its ${direction}` }];
      return [{ certain: selected.length === 0 && !mayHoldPolicies(model, namespace), sentence, evidence }];
    }),
  );
  return conclude(
    `Each pod that ${allOfControllers(pods) ? 'controllers' : 'these objects'} make in namespace ${namespace} is isolated in both directions`,
    [...objections, ...unprovenNamespace(model, namespace)],
    { sentence: 'Policies select each of them, in both directions', evidence: [] },
  );
}

function proveNamespace(model: Model, namespace: string): Conclusion {
  const selecting = (truth: Truth): readonly Policy[] =>
    model.policiesIn(namespace).filter((policy) => selectsEveryPod(model, policy, namespace) === truth);
  const everyPod = selecting('yes');
  const perhaps = selecting('maybe');
  const objections = (['ingress', 'egress'] as const).flatMap((direction) =>
    directionObjections(model, namespace, { everyPod, perhaps }, direction),
  );
  const evidence = everyPod.map(({ ref }): Evidence => ({ object: ref, rule: 'podSelector: {}' }));
  return conclude(
    `Namespace ${namespace} denies by default in both directions`,
    [...objections, ...unprovenNamespace(model, namespace)],
    {
      sentence: `Every pod of namespace ${namespace} is isolated in both directions`,
      evidence,
    },
  );
}

/** Whether something that is not read, such as a chart, may hold a policy that isolates every pod of a namespace. */
function mayHoldPolicies({ network, unmodelled }: Model, namespace: string): boolean {
  const unseen = unmodelled.filter(({ pods }) => pods === undefined);
  return (
    unseen.some((each) => mayHave(each, ['policies'], namespace)) ||
    unmodelledIn(network, namespace).some(({ ofSomePods }) => ofSomePods !== true)
  );
}

/** What may change the policies of a namespace unseen, and that they may not be enforced at all. */
function unprovenNamespace({ network }: Model, namespace: string): readonly Objection[] {
  const unmodelled = unmodelledIn(network, namespace)
    .filter(({ ofSomePods }) => ofSomePods !== true)
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
  return [...unmodelled, ...unenforced];
}

/** The object that defines a namespace, or else the first pods in it: where a policy of all its pods is missing. */
function placeOf({ objects, inNamespace }: Model, namespace: string): ObjectRef | undefined {
  const defined = objects.find(
    ({ object }) =>
      object.kind === 'Namespace' && groupOf(object) === '' && object.metadata.name === namespace,
  );
  return defined === undefined ? inNamespace(namespace)[0]?.ref : refOf(defined);
}

function directionObjections(
  model: Model,
  namespace: string,
  { everyPod, perhaps }: Record<'everyPod' | 'perhaps', readonly Policy[]>,
  direction: Direction,
): readonly Objection[] {
  const denying = everyPod.filter((policy) => policy[direction]?.isolates === true);
  if (denying.length === 0) {
    const perhapsDenying = perhaps.filter((policy) => policy[direction]?.isolates === true);
    const sentence = `No policy of namespace ${namespace} isolates the ${direction} of every pod${perhapsDenying.length > 0 ? ' for certain' : ''}`;
    const place = placeOf(model, namespace);
    const missing =
      place === undefined
        ? []
        : [{ object: place, rule: `no policy isolates the ${direction} of every pod` }];
    const evidence = perhapsDenying.map(({ ref, uncertainty = 'it may select every pod' }) => ({
      object: ref,
      rule: uncertainty,
    }));
    return [
      {
        certain: perhapsDenying.length === 0 && !mayHoldPolicies(model, namespace),
        sentence,
        evidence: perhapsDenying.length === 0 ? missing : evidence,
      },
    ];
  }
  return everyPod.flatMap(({ ref, [direction]: side }) =>
    admittingRules(side)
      .filter((rule) => opens(rule, direction))
      .map((rule) => {
        const sentence = `${describeObject(ref)} ${rule.name} opens the ${direction} of every pod`;
        return { certain: true, sentence, evidence: [{ object: ref, rule: rule.name }] };
      }),
  );
}

/** A rule for everyone is no denial; for egress it may name ports, as one for DNS does. */
function opens({ peers, ports }: Rule, direction: Direction): boolean {
  const everyone = peers?.some((peer) => peer.kind === 'group' && peer.group === 'everyone') ?? true;
  return everyone && (direction === 'ingress' || ports === undefined);
}

/** Whether a policy selects whatever pod of a namespace there is or will be. */
function selectsEveryPod({ network }: Model, { subject, uncertainty }: Policy, namespace: string): Truth {
  const inside = selectsNamespace(network, subject, namespace);
  const requirements = [subject.pods, subject.accounts].flatMap((part) => part?.requirements ?? []);
  if (requirements.some(({ operator }) => operator !== undefined)) return 'no';
  const certain = uncertainty === undefined && subject.inexact === undefined && requirements.length === 0;
  return certain || inside === 'no' ? inside : 'maybe';
}
