import { type AddressSet, everyAddress, isEmpty, noAddress, subtract, union } from '../model/addresses.ts';
import type { Evidence, Protocol } from '../model/analysis.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import { isolating, type Network, unmodelledOver } from './network.ts';
import { addressesOf, possibleAddressesOf } from './peers.ts';
import { coversPort, evidenceOfRule, type Peer, type Rule } from './policy.ts';
import { orderedTiers } from './ruleOrder.ts';

/** Addresses that a rule admits, or may admit. */
export interface Admitted {
  set: AddressSet;
  certain: boolean;
  because: Evidence;
}

/**
 * Addresses that a workload's ingress admits on a port, rule by rule. Where no policy isolates the workload for
 * certain, the last row has every address that no rule denies.
 */
export function admittedAddresses(
  network: Network,
  workload: Workload,
  protocol: Protocol,
  port: number,
): readonly Admitted[] {
  const isModelled = unmodelledOver(network, workload).length === 0;
  if (workload.hostNetwork) {
    const because = { object: workload.ref, rule: 'hostNetwork: no policy selects it' };
    // A policy of a kind that is not modelled may be one of nodes.
    return [{ set: everyAddress, certain: isModelled && network.nodePolicy === undefined, because }];
  }
  let denied = noAddress;
  let maybeDenied = noAddress;
  const admit = (set: AddressSet, certain: boolean, because: Evidence): readonly Admitted[] => {
    const rest = subtract(set, denied);
    const certainPart = certain && isModelled ? subtract(rest, maybeDenied) : noAddress;
    return [
      { set: certainPart, certain: true, because },
      { set: subtract(rest, certainPart), certain: false, because },
    ].filter((admitted) => !isEmpty(admitted.set));
  };
  const admitted = applyingRules(network, workload, protocol, port).flatMap(({ rule, truth, because }) => {
    if (rule.action !== 'deny') {
      const written = addressesOf(rule);
      return [
        ...admit(written, truth === 'yes' && rule.action === 'allow', because),
        ...(rule.peers?.some(isUnread) === true
          ? admit(subtract(everyAddress, written), false, because)
          : []),
      ];
    }
    if (truth === 'yes') denied = union(denied, addressesOf(rule));
    maybeDenied = union(maybeDenied, possibleAddressesOf(network, rule));
    return [];
  });
  const policies = isolating(network, 'ingress', workload);
  if (policies.some(({ truth }) => truth === 'yes')) return admitted;
  const because = { object: workload.ref, rule: 'no policy isolates its ingress' };
  return [...admitted, ...admit(everyAddress, policies.length === 0, because)];
}

/** The rules that admit nodes. No policy contains the addresses of nodes. */
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

/** Whether a peer may be any address: it is not read, or selects by labels that others than pods have. */
function isUnread(peer: Peer): boolean {
  return peer.kind === 'unknown' || (peer.kind === 'group' && peer.group === 'some-beyond-pods');
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
  return orderedTiers(network, 'ingress', workload).flatMap(({ rules }) =>
    rules.flatMap(({ policy, rule, truth }) => {
      const applies = and(truth, coversPort(rule, protocol, port, workload));
      return applies === 'no' ? [] : [{ rule, truth: applies, because: evidenceOfRule(policy, rule) }];
    }),
  );
}
