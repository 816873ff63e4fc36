import { defined } from '../../kubernetes/defined.ts';
import type { ObjectRef, Unknown } from '../../manifests/sourcedObject.ts';
import type { UnmodelledPolicy } from '../policies/network.ts';
import { parseEqualities, unknownLabels } from './selector.ts';
import type { Workload } from './workload.ts';

/**
 * What something that is not read may bring to the cluster:
 * - `pods`: pods with any labels, also on the network or with a port of their node;
 * - `hostPorts`: a port of a node, opened by a pod that is known;
 * - `services`: Services of any type;
 * - `routes`: ways in past the tunnel: Ingresses, routes, tunnels;
 * - `policies`: network policies, or labels that take a pod out of one;
 * - `secrets`: a Secret in clear text in Git;
 * - `changes`: any change of any object in the cluster, so every effect but `secrets` too;
 * - `enforcement`: network policies are not enforced.
 */
export type Effect =
  | 'pods'
  | 'hostPorts'
  | 'services'
  | 'routes'
  | 'policies'
  | 'secrets'
  | 'changes'
  | 'enforcement';

/** Something that is not read, or not completely, and what it may bring to the cluster. */
export interface Unmodelled extends Unknown {
  object: ObjectRef;
  effects: readonly Effect[];
  /** The namespace in which it has these effects; undefined for the whole cluster. */
  namespace: string | undefined;
  /** Labels of the only pods that its policies concern; all pods of the namespace without it. */
  pods?: Readonly<Record<string, string>>;
  /** Whether no policy may hold for these pods, so that nothing denies by default there. */
  unpoliced?: true;
  /** What of the object decides, as evidence says it: `not rendered`. */
  rule: string;
  /** Unknowns of the same family are one line of the report. Each is a line of its own without it. */
  family?: string;
}

/** Whether it may have one of the effects in a namespace, or anywhere. */
export function mayHave(
  unmodelled: Pick<Unmodelled, 'effects' | 'namespace'>,
  effects: readonly Effect[],
  namespace?: string,
): boolean {
  const inside =
    namespace === undefined || unmodelled.namespace === undefined || unmodelled.namespace === namespace;
  // A change in the cluster puts nothing into Git.
  const isOfCluster = effects.length === 0 || effects.some((effect) => effect !== 'secrets');
  return (
    inside &&
    unmodelled.effects.some((effect) => effects.includes(effect) || (effect === 'changes' && isOfCluster))
  );
}

/**
 * The pods that may exist because of what is not read: one of any labels for each object and its namespace. What may
 * make pods anywhere is one for each namespace that is known, whatever the number of such objects.
 */
export function unseenPods(
  unmodelled: readonly Unmodelled[],
  namespaces: Iterable<string>,
): readonly Omit<Workload, 'index'>[] {
  const making = unmodelled.filter((each) => mayHave(each, ['pods']));
  const everywhere = making.find(({ namespace }) => namespace === undefined);
  return [
    ...onePerNamespace(making).map(({ object, namespace }) => anyPod(object, namespace)),
    ...(everywhere === undefined ? [] : [...namespaces].map((name) => anyPod(everywhere.object, name))),
  ];
}

/** Objects of one family in one namespace have the same effects, so the first of them is enough. */
function onePerNamespace(unmodelled: readonly Unmodelled[]): readonly (Unmodelled & { namespace: string })[] {
  const seen = new Set<string>();
  return unmodelled.filter((each): each is Unmodelled & { namespace: string } => {
    if (each.namespace === undefined) return false;
    if (each.family === undefined) return true;
    const key = JSON.stringify([each.family, each.namespace, each.pods]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function anyPod(ref: ObjectRef, namespace: string): Omit<Workload, 'index'> {
  return {
    ref,
    name: `${namespace}/${ref.kind}/${ref.name}`,
    namespace,
    labels: unknownLabels,
    ports: [],
    hostNetwork: false,
    spec: {},
    provenance: 'unseen',
  };
}

/** What is not read may hold policies for its namespace, and nothing may enforce those that are known. */
export function unseenPolicies(unmodelled: readonly Unmodelled[]): readonly UnmodelledPolicy[] {
  const making = unmodelled.filter((each) => mayHave(each, ['policies', 'enforcement']));
  const everywhere = making.find(
    (each) => each.namespace === undefined || each.effects.includes('enforcement'),
  );
  const inOne = onePerNamespace(making).filter(({ effects }) => !effects.includes('enforcement'));
  return [
    ...(everywhere === undefined ? [] : [{ ref: everywhere.object, subject: {}, why: everywhere.sentence }]),
    ...inOne.map(
      ({ object: ref, namespace, sentence: why, pods, unpoliced }): UnmodelledPolicy =>
        pods === undefined
          ? { ref, subject: { namespace }, why }
          : defined({
              ref,
              subject: { namespace, pods: parseEqualities(pods) },
              why,
              ofSomePods: unpoliced === true ? undefined : (true as const),
            }),
    ),
  ];
}

/** The unknowns of a report: those of one family as one, with the first object and how many more there are. */
export function summarizeUnmodelled(unmodelled: readonly Unmodelled[]): readonly Unknown[] {
  const families = new Map<string, { first: Unmodelled; objects: Set<string> }>();
  const alone = new Map<Unmodelled, Set<string>>();
  for (const each of unmodelled) {
    const name = `${each.object.namespace ?? ''}/${each.object.name}`;
    const found = each.family === undefined ? undefined : families.get(each.family);
    if (found !== undefined) found.objects.add(name);
    else {
      const objects = new Set([name]);
      alone.set(each, objects);
      if (each.family !== undefined) families.set(each.family, { first: each, objects });
    }
  }
  return [...alone].map(([{ object, sentence, remedy }, objects]) => {
    const more = objects.size - 1;
    const others = more === 0 ? '' : `. The same holds for ${more} more of its kind`;
    return { object, sentence: `${sentence}${others}`, remedy };
  });
}
