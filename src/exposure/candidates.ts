import { isTemplate } from './fields.ts';
import type { Model } from './model.ts';
import { admitsAddress, nameLabel, namespaceLabels, stranger } from './network.ts';
import type { Peer, Policy } from './policy.ts';
import { matches, type Selector } from './selector.ts';
import type { Workload } from './workload.ts';

/**
 * Everyone whom a workload's policies might let in, in the order of the model, with a pod of a namespace that is
 * not among the objects at the end. Whoever is left out is blocked for certain, so that nobody needs to ask.
 */
export function candidatesFor(model: Model, target: Workload): readonly Workload[] {
  const { network, workloads } = model;
  const everyone = [...workloads, stranger];
  const clouded = network.clouds.some(
    ({ namespace }) => namespace === undefined || namespace === target.namespace,
  );
  const isolating = (network.selected.get(target.index) ?? []).filter(
    ({ policy }) => policy.ingress !== undefined,
  );
  if (target.hostNetwork || !network.enforced || clouded || !isolating.some(({ truth }) => truth === 'yes'))
    return everyone;
  const found = new Set(model.unlike);
  for (const { policy } of isolating) {
    for (const { peers } of policy.ingress ?? []) {
      if (peers === undefined) return everyone;
      for (const peer of peers) {
        const namespaces = namespacesOf(model, policy, peer);
        if (namespaces === 'every') return everyone;
        for (const namespace of namespaces)
          for (const workload of model.inNamespace(namespace)) found.add(workload);
      }
    }
  }
  return [...[...found].toSorted((a, b) => a.index - b.index), stranger];
}

/** The namespaces in which a peer may find pods. Pods with addresses of their own, or a node's, are not asked for. */
function namespacesOf(model: Model, policy: Policy, peer: Peer): readonly string[] | 'every' {
  switch (peer.kind) {
    case 'damaged':
      return 'every';
    case 'addresses':
      return admitsAddress(model.network, peer.set, stranger) === 'no' ? [] : 'every';
    case 'pods':
      return peer.namespaces === undefined ? [policy.namespace] : selectedNamespaces(model, peer.namespaces);
  }
}

function selectedNamespaces(model: Model, selector: Selector): readonly string[] {
  const { namespaces } = model.network;
  const named = selector.requirements.find(
    ({ key, operator, values }) => key === nameLabel && operator === 'In' && !values.some(isTemplate),
  );
  if (named !== undefined)
    return [...named.values.filter((name) => namespaces.has(name)), ...model.templatedNamespaces];
  const key = JSON.stringify(selector);
  const known = model.namespaceSelections.get(key);
  if (known !== undefined) return known;
  const found = [...namespaces.keys()].filter(
    (name) => matches(selector, namespaceLabels(model.network, name)) !== 'no',
  );
  model.namespaceSelections.set(key, found);
  return found;
}
