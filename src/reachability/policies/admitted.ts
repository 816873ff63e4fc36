import { type AddressSet, everyAddress, isEmpty, noAddress, subtract, union } from '../model/addresses.ts';
import type { Evidence, Protocol } from '../model/analysis.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import { isolating, type Network } from './network.ts';
import { addressesOf } from './peers.ts';
import { coversPort, type Peer, type Rule } from './policy.ts';
import { orderedTiers } from './ruleOrder.ts';

/** Addresses that a rule admits: for certain, or perhaps. */
export interface Admitted {
  set: AddressSet;
  certain: boolean;
  because: Evidence;
}

/** Addresses that a workload's ingress admits on a port, rule by rule. Every address, where no policy isolates it. */
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
  let denied = noAddress;
  let mayDeny = false;
  return applyingRules(network, workload, protocol, port).flatMap(({ rule, truth, because }) => {
    if (rule.action === 'deny') {
      mayDeny = true;
      if (truth === 'yes') denied = union(denied, addressesOf(rule));
      return [];
    }
    const set = subtract(addressesOf(rule), denied);
    const certain = truth === 'yes' && rule.action === 'allow' && !mayDeny;
    return isEmpty(set) ? [] : [{ set, certain, because }];
  });
}

/** The rules that admit nodes. Their addresses are in no policy. */
export function admittedNodes(
  network: Network,
  workload: Workload,
  protocol: Protocol,
  port: number,
): readonly Evidence[] {
  if (workload.hostNetwork) return [];
  return applyingRules(network, workload, protocol, port)
    .filter(({ rule }) => rule.action !== 'deny' && rule.peers?.some(isNodes) === true)
    .map(({ because }) => because);
}

function isNodes(peer: Peer): boolean {
  return peer.kind === 'group' && ['other-nodes', 'nodes', 'api-server', 'cluster'].includes(peer.group);
}

/** The ingress rules that may cover a port of a workload, in the order of their evaluation. */
function applyingRules(
  network: Network,
  workload: Workload,
  protocol: Protocol,
  port: number,
): readonly { rule: Rule; truth: Truth; because: Evidence }[] {
  return orderedTiers(network, 'ingress', workload.index).flatMap(({ rules }) =>
    rules.flatMap(({ policy, rule, truth }) => {
      const applies = and(truth, coversPort(rule, protocol, port, workload));
      const because = { object: policy.ref, rule: rule.name };
      return applies === 'no' ? [] : [{ rule, truth: applies, because }];
    }),
  );
}
