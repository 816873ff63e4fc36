import { intersect, isEmpty, noAddress, subtract, union } from '../../model/addresses.ts';
import type { Workload } from '../../model/workload.ts';
import type { Deviation, EnforcedReading } from '../deviations.ts';
import { groupByNamespace } from '../network.ts';
import { appliesTo, isPeer, type NetworkContext, selectsPod } from '../peers.ts';
import type { Direction, Peer, Policy, Rule, RuleDoubt, RulePort, Side } from '../policy.ts';
import { type Lookup, readNames } from './namedPorts.ts';

type Defect = Omit<Deviation, 'policy'>;

/**
 * What kube-router decides otherwise than the documentation of NetworkPolicy says, by its `pkg/controllers/netpol`. Each is in
 * 2.0.1, 2.1.0, 2.6.3 and 2.11.1, which is that of k3s 1.37.2, there with iptables and with nftables.
 */
const defects = {
  // pod.go, setupPodNetpolRules: a policy of both directions has one chain, and no direction is asked.
  sharedChain: {
    defect:
      'between two pods that a policy with both directions selects, the rules of one direction count for the other too',
    remedy: 'Write a policy for each direction',
  },
  // policy.go, processNetworkPolicyPorts and grabNamedPortFromPod.
  namedPorts: {
    defect:
      'the name of a port is looked up on other pods than the destination, and where none of them has it, the rule may count for every port',
    remedy: 'Write the number of the port',
  },
  // policy.go, evalIPBlockPeer: one set of the kernel, in which the narrowest entry decides; with nftables
  // (npc_nftables.go, nftAddOrReplaceIPBlockSet) each exception counts for each block.
  sharedExceptions: {
    defect: 'an exception from one block counts as one from the wider blocks of its rule too',
    remedy: 'Write a rule for each block',
  },
} as const satisfies Record<string, Defect>;

function doubtOf({ defect, remedy }: Defect): RuleDoubt {
  return { sentence: `in kube-router ${defect}`, remedy };
}

interface Reading {
  context: NetworkContext;
  workloads: readonly Workload[];
  /** The workloads with addresses of their own. */
  inNamespace: (namespace: string | undefined) => readonly Workload[];
  /** Those of them that a policy may select. */
  targets: (policy: Policy) => readonly Workload[];
}

/** Policies as kube-router enforces them. It reads NetworkPolicy alone. */
export const asKubeRouterReads: EnforcedReading = (context, workloads, policies) => {
  const reading = readingOf(context, workloads);
  const found = policies.map((policy) => readPolicy(reading, policy));
  return {
    policies: found.map(({ policy }) => policy),
    deviations: found.flatMap(({ policy, deviations }) =>
      [...new Set(deviations)].map((defect) => ({ policy: policy.ref, ...defect })),
    ),
  };
};

function readingOf(context: NetworkContext, workloads: readonly Workload[]): Reading {
  const byNamespace = groupByNamespace(workloads.filter(({ hostNetwork }) => !hostNetwork));
  const inNamespace = (namespace = ''): readonly Workload[] => byNamespace.get(namespace) ?? [];
  const targets = ({ namespace, subject }: Policy): readonly Workload[] =>
    inNamespace(namespace).filter((each) => selectsPod(context, subject, each) !== 'no');
  return { context, workloads, inNamespace, targets };
}

interface ReadPolicy {
  policy: Policy;
  deviations: readonly Defect[];
}

function readPolicy(reading: Reading, policy: Policy): ReadPolicy {
  const deviations: Defect[] = [];
  const sideOf = (direction: Direction): Side | undefined => {
    const side = policy[direction];
    if (side === undefined) return undefined;
    const rules = side.rules.flatMap((rule) => {
      const read = readRule(reading, policy, direction, rule);
      deviations.push(...read.deviations);
      return read.rules;
    });
    return { ...side, rules };
  };
  const [ingress, egress] = [sideOf('ingress'), sideOf('egress')];
  if (ingress === undefined || egress === undefined)
    return { policy: deviations.length === 0 ? policy : { ...policy, ingress, egress }, deviations };
  const further = {
    ingress: sharedRules(reading, policy, ingress, egress.rules),
    egress: sharedRules(reading, policy, egress, ingress.rules),
  };
  const isShared = further.ingress.length + further.egress.length > 0;
  if (!isShared && deviations.length === 0) return { policy, deviations };
  // Of pods that are not seen, other policies may be missing too, and nothing is claimed of their labels.
  const seen = reading.targets(policy).filter(({ provenance }) => provenance !== 'unseen');
  if (isShared && seen.length > 1) deviations.push(defects.sharedChain);
  return {
    policy: {
      ...policy,
      ingress: { ...ingress, rules: [...ingress.rules, ...further.ingress] },
      egress: { ...egress, rules: [...egress.rules, ...further.egress] },
    },
    deviations,
  };
}

/** The rules of one direction as rules of the other one, where both ends are pods of the policy. */
function sharedRules(
  reading: Reading,
  policy: Policy,
  { rules }: Side,
  others: readonly Rule[],
): readonly Rule[] {
  const isOpen = rules.some(
    ({ peers, ports, covers, onlyFor }) => (peers ?? ports ?? covers ?? onlyFor) === undefined,
  );
  if (isOpen || others.length === 0) return [];
  const peers: Peer[] = [{ kind: 'pods', ...policy.subject }];
  const targets = reading.targets(policy);
  return others
    .map((rule) => ({ ...rule, peers, onlyFor: rule.peers, doubt: doubtOf(defects.sharedChain) }))
    .filter((rule) => targets.some((workload) => appliesTo(reading.context, rule, workload) !== 'no'));
}

interface ReadRules {
  rules: readonly Rule[];
  deviations: readonly Defect[];
}

function readRule(reading: Reading, policy: Policy, direction: Direction, rule: Rule): ReadRules {
  const { ports = [] } = rule;
  const names = ports.filter(({ port }) => typeof port === 'string');
  if (names.length === 0) return readBlocks(rule);
  const numbers = ports.filter((port) => !names.includes(port));
  const numbered = numbers.length === 0 ? noRules : readBlocks({ ...rule, ports: numbers });
  const named = lookupsOf(reading, policy, direction, rule, numbers.length === 0).map(({ peers, lookup }) =>
    readNamed(reading, { ...rule, peers, ports: names }, names, lookup),
  );
  return {
    rules: [numbered, ...named].flatMap(({ rules }) => rules),
    deviations: [numbered, ...named].flatMap(({ deviations }) => deviations),
  };
}

const noRules: ReadRules = { rules: [], deviations: [] };

/** On which pods names are looked up, for each kind of peers. */
function lookupsOf(
  { context, workloads, inNamespace, targets }: Reading,
  policy: Policy,
  direction: Direction,
  { peers }: Rule,
  areAllNames: boolean,
): readonly { peers: Rule['peers']; lookup: Lookup }[] {
  const own: Lookup = { kind: 'pods', workloads: targets(policy), opensIfUnknown: false };
  const nowhere: Lookup = { kind: 'nowhere', workloads: [], opensIfUnknown: false };
  if (peers === undefined) {
    const neighbours = { ...own, kind: 'namespace' as const, workloads: inNamespace(policy.namespace) };
    return [{ peers, lookup: direction === 'ingress' ? own : neighbours }];
  }
  const blocks = peers.filter(({ kind }) => kind === 'addresses');
  const pods = peers.filter(({ kind }) => kind !== 'addresses');
  const selected = (): readonly Workload[] =>
    workloads.filter((each) => pods.some((peer) => isPeer(context, peer, each) !== 'no'));
  return [
    ...(pods.length === 0
      ? []
      : [
          {
            peers: pods,
            lookup: {
              ...(direction === 'ingress' ? own : { kind: 'pods' as const, workloads: selected() }),
              opensIfUnknown: areAllNames,
            },
          },
        ]),
    ...(blocks.length === 0 ? [] : [{ peers: blocks, lookup: direction === 'ingress' ? own : nowhere }]),
  ];
}

/** The part of a rule that kube-router reads as documented, and the other one if there is any. */
function readNamed(reading: Reading, rule: Rule, names: readonly RulePort[], lookup: Lookup): ReadRules {
  const { agreed, doubted } = readNames(names, lookup);
  const destinations = lookup.kind === 'pods' ? lookup.workloads : reading.workloads;
  const numbers = [...lookup.workloads, ...destinations].flatMap(({ ports }) => ports);
  const isDoubted = [...destinations, undefined].some((destination) =>
    [...numbers, anyPort].some(({ protocol, port }) => doubted(protocol, port, destination) !== 'no'),
  );
  const read = readBlocks({ ...rule, covers: agreed });
  if (!isDoubted) return read;
  return {
    rules: [...read.rules, { ...rule, covers: doubted, doubt: doubtOf(defects.namedPorts) }],
    deviations: [...read.deviations, defects.namedPorts],
  };
}

/** A port that no workload has a name for. */
const anyPort = { protocol: 'TCP', port: 0 } as const;

/** Addresses that one block admits and another one of the rule leaves out may be refused. */
function readBlocks(rule: Rule): ReadRules {
  const blocks = (rule.peers ?? []).filter((peer) => peer.kind === 'addresses');
  if (blocks.length < 2 || blocks.every(({ except }) => except === undefined))
    return { rules: [rule], deviations: [] };
  const lost = union(
    ...blocks.map(({ except = noAddress }) => intersect(except, union(...blocks.map(({ set }) => set)))),
  );
  if (isEmpty(lost)) return { rules: [rule], deviations: [] };
  const kept = (rule.peers ?? []).map((peer) =>
    peer.kind === 'addresses' ? { ...peer, set: subtract(peer.set, lost) } : peer,
  );
  const doubtful: Peer[] = [{ kind: 'addresses', set: lost }];
  return {
    rules: [
      { ...rule, peers: kept },
      { ...rule, peers: doubtful, doubt: doubtOf(defects.sharedExceptions) },
    ],
    deviations: [defects.sharedExceptions],
  };
}
