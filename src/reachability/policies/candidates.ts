import { isTemplate } from '../../kubernetes/fields.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { isolating, nameLabel, unknownPod, unmodelledOver } from './network.ts';
import { admitsAddress, isPeer, selectsNamespace } from './peers.ts';
import type { Peer, PodSelector } from './policy.ts';
import { rulesOver } from './ruleOrder.ts';

/**
 * Finds the workloads that the policies of a target may admit, in the order of the model, then a pod of a namespace
 * that is not among the objects. Every other workload is certainly blocked.
 */
export type CandidateFinder = (target: Workload) => readonly Workload[];

/** The finder remembers the result of each namespace selector, so use one for all targets. */
export function createCandidateFinder(model: Model): CandidateFinder {
  const selections: Selections = new Map();
  return (target) => candidatesFor(model, selections, target);
}

/** The namespaces that a selector may select, by the selector. */
type Selections = Map<string, readonly string[]>;

function candidatesFor(model: Model, selections: Selections, target: Workload): readonly Workload[] {
  const { network, workloads } = model;
  const everyone = [...workloads, unknownPod];
  const isolated = isolating(network, 'ingress', target).some(({ truth }) => truth === 'yes');
  const mayBeSelected = unmodelledOver(network, target).length > 0;
  if (target.hostNetwork || !network.enforced || mayBeSelected || !isolated) return everyone;
  const found = new Set(model.nonPodAddresses);
  for (const { rule } of rulesOver(network, 'ingress', target)) {
    const { action, peers } = rule;
    if (action === 'deny') continue;
    if (peers === undefined) return everyone;
    for (const peer of peers) {
      const namespaces = namespacesOf(model, selections, peer);
      if (namespaces === 'every') return everyone;
      for (const namespace of namespaces)
        for (const workload of model.inNamespace(namespace)) found.add(workload);
    }
  }
  return [...[...found].toSorted((a, b) => a.index - b.index), unknownPod];
}

/** The namespaces in which a peer may select pods, except pods with a known address or the address of a node. */
function namespacesOf(model: Model, selections: Selections, peer: Peer): readonly string[] | 'every' {
  switch (peer.kind) {
    case 'unknown':
      return 'every';
    case 'addresses':
      return admitsAddress(model.network, peer.set, unknownPod) === 'no' ? [] : 'every';
    case 'group':
      return isPeer(model.network, peer, unknownPod) === 'no' ? [] : 'every';
    case 'pods':
      return peer.namespace === undefined ? selectedNamespaces(model, selections, peer) : [peer.namespace];
  }
}

function selectedNamespaces(
  model: Model,
  selections: Selections,
  { namespaces, names }: PodSelector,
): readonly string[] {
  const named = [...(namespaces?.requirements ?? []), ...(names?.requirements ?? [])].find(
    ({ key, operator, values }) => key === nameLabel && operator === 'In' && !values.some(isTemplate),
  );
  if (named !== undefined)
    return [
      ...named.values.filter((name) => model.network.namespaces.has(name)),
      ...model.templatedNamespaces,
    ];
  const key = JSON.stringify([namespaces, names]);
  const known = selections.get(key);
  if (known !== undefined) return known;
  const found = [...model.network.namespaces.keys()].filter(
    (name) => selectsNamespace(model.network, { namespaces, names }, name) !== 'no',
  );
  selections.set(key, found);
  return found;
}
