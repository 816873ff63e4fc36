import { type AddressSet, everyAddress, isEmpty, subtract, union } from '../model/addresses.ts';
import type { Evidence, Protocol } from '../model/analysis.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import { isolating, type Network, type Selected } from './network.ts';
import { addressesOf } from './peers.ts';
import { coversPort, type Peer, type Rule } from './policy.ts';

/** Addresses that a rule admits, for certain or as far as can be seen. */
export interface Admitted {
  set: AddressSet;
  certain: boolean;
  because: Evidence;
}

/** Addresses that a workload's ingress admits on a port, rule by rule; everything where nothing isolates it. */
export function admittedAddresses(
  network: Network,
  workload: Workload,
  protocol: Protocol,
  port: number,
): readonly Admitted[] {
  const policies = isolating(network, 'ingress', workload);
  if (workload.hostNetwork || !policies.some(({ truth }) => truth === 'yes')) {
    const rule = workload.hostNetwork
      ? 'hostNetwork: no policy selects it'
      : 'no policy isolates its ingress';
    const certain = workload.hostNetwork ? network.nodePolicy === undefined : policies.length === 0;
    return [{ set: everyAddress, certain, because: { object: workload.ref, rule } }];
  }
  const selected = network.selected.get(workload.index) ?? [];
  const applying = (part: 'rules' | 'denials') =>
    rulesOf(selected, part, (rule) => coversPort(rule, protocol, port, workload));
  const denied = union(
    ...applying('denials').flatMap(({ rule, truth }) => (truth === 'yes' ? [addressesOf(rule)] : [])),
  );
  const perhaps = applying('denials').length > 0;
  return applying('rules').flatMap(({ rule, truth, because }) => {
    const set = subtract(addressesOf(rule), denied);
    return isEmpty(set) ? [] : [{ set, certain: truth === 'yes' && !perhaps, because }];
  });
}

/** The rules that admit nodes, whose addresses no policy tells: that a node is let in says who is, but not from where. */
export function admittedNodes(
  network: Network,
  workload: Workload,
  protocol: Protocol,
  port: number,
): readonly Evidence[] {
  if (workload.hostNetwork) return [];
  const selected = network.selected.get(workload.index) ?? [];
  return rulesOf(selected, 'rules', (rule) => coversPort(rule, protocol, port, workload))
    .filter(({ rule }) => rule.peers?.some(isNodes) === true)
    .map(({ because }) => because);
}

function isNodes(peer: Peer): boolean {
  return (
    peer.kind === 'entity' && ['remote-node', 'nodes', 'kube-apiserver', 'cluster'].includes(peer.entity)
  );
}

function rulesOf(
  selected: readonly Selected[],
  part: 'rules' | 'denials',
  covers: (rule: Rule) => Truth,
): readonly { rule: Rule; truth: Truth; because: Evidence }[] {
  return selected.flatMap(({ policy, truth }) =>
    (policy.ingress?.[part] ?? []).flatMap((rule) => {
      const applies = and(truth, covers(rule));
      const because = { object: policy.ref, rule: rule.name };
      return applies === 'no' ? [] : [{ rule, truth: applies, because }];
    }),
  );
}
