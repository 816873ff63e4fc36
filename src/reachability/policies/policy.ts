import { defined } from '../../kubernetes/defined.ts';
import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { AddressSet } from '../model/addresses.ts';
import type { Evidence, Protocol } from '../model/analysis.ts';
import type { Selector } from '../model/selector.ts';
import type { Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';

export type Direction = 'ingress' | 'egress';

/** Selects pods: every part that is there must hold. */
export interface PodSelector {
  /** The one namespace in which it selects. */
  namespace?: string | undefined;
  /** By the labels of the namespace. */
  namespaces?: Selector | undefined;
  /** By the name of the namespace, as a label `kubernetes.io/metadata.name` that cannot be removed. */
  names?: Selector | undefined;
  /** By the name of the service account, as a label `name`. */
  accounts?: Selector | undefined;
  pods?: Selector | undefined;
  /** A part of it is not understood, so each match is a `maybe`. */
  inexact?: true | undefined;
}

/** Peers that neither labels nor addresses select. */
export type PeerGroup =
  /** Everything inside and outside of the cluster. */
  | 'everyone'
  /** Everything outside of the cluster. */
  | 'outside'
  /** Every pod and every node. */
  | 'cluster'
  /** The node of the pod that the policy selects. */
  | 'own-node'
  | 'other-nodes'
  | 'nodes'
  | 'api-server'
  /** Pods that the enforcer does not manage, or not yet. */
  | 'unmanaged-pods'
  /** Some of what is no pod: nodes and what is outside. Which of it, the rule does not tell. */
  | 'some-beyond-pods';

/** A peer of a rule. No object tells which pods or addresses an `unknown` peer is. */
export type Peer =
  | ({ kind: 'pods' } & PodSelector)
  /** `except` is what the block left out. */
  | { kind: 'addresses'; set: AddressSet; except?: AddressSet }
  | { kind: 'group'; group: PeerGroup }
  | { kind: 'unknown' };

/** Ports of a rule. Without `port`, all ports of the protocol; a name is resolved on each destination pod. */
export interface RulePort {
  /** `unknown` if no API accepts the value. */
  protocol: Protocol | 'unknown';
  port?: number | string | undefined;
  endPort?: number | undefined;
  /** A part of it is not understood, so each match is a `maybe`. */
  inexact?: true | undefined;
}

/** What a rule does with a connection. `pass` leaves it to the next tier. */
export type Action = 'allow' | 'deny' | 'pass';

export interface Rule {
  /** The position of the rule in its object: `ingress[0]`. */
  name: string;
  action: Action;
  /** Undefined selects every peer. */
  peers: readonly Peer[] | undefined;
  /** Undefined covers every port. */
  ports: readonly RulePort[] | undefined;
  /** Conditions beyond address and port, such as `http rules`. They make every match uncertain. */
  layer7?: string | undefined;
  /** Of the pods that the policy selects, those to which it applies; undefined for all of them. */
  onlyFor?: readonly Peer[] | undefined;
  /** Why it is not certain what the enforcer makes of it. It makes every match uncertain. */
  doubt?: RuleDoubt | undefined;
  /** How the enforcer reads its ports, where that is not what the documentation says. */
  covers?: PortReading | undefined;
}

/** Why it is not certain what an enforcer makes of a rule, and what a user writes instead. */
export interface RuleDoubt {
  sentence: string;
  remedy: string;
}

/** A pod that serves; undefined for an address outside, which has no named ports. */
export type Destination = Pick<Workload, 'ports' | 'provenance' | 'namespace'> | undefined;

/** Whether ports cover a port of a destination. */
export type PortReading = (protocol: Protocol, port: number, destination: Destination) => Truth;

/** What a policy states about one direction. */
export interface Side {
  /** Whether the tier denies connections that none of its rules matches. */
  isolates: boolean;
  /** In the order of the object. */
  rules: readonly Rule[];
}

/** A policy as it is evaluated, whatever kind of object it comes from. */
export interface Policy {
  ref: ObjectRef;
  /** Undefined for a policy of the whole cluster. */
  namespace: string | undefined;
  subject: PodSelector;
  /** The name of its tier. */
  tier: string;
  /** Its priority in its tier. The lowest number is evaluated first. */
  priority?: number;
  /** Undefined if it states nothing about the direction. */
  ingress: Side | undefined;
  egress: Side | undefined;
  /** Why the whole policy may have no effect. */
  uncertainty?: string | undefined;
}

/** A rule in its object as evidence, with why it is in doubt and what else its use depends on. */
export function evidenceOfRule({ ref }: Policy, { name, doubt }: Rule, conditions = ''): Evidence {
  const why = doubt === undefined ? '' : ` (${doubt.sentence}. ${doubt.remedy})`;
  return defined({ object: ref, rule: `${name}${why}${conditions}`, remedy: doubt?.remedy });
}

/** The rules that may admit a connection: those that allow it, and those that pass it on. */
export function admittingRules(side: Side | undefined): readonly Rule[] {
  return side?.rules.filter(({ action }) => action !== 'deny') ?? [];
}

/** Whether a rule's ports cover a port of a destination. */
export function coversPort(
  { ports, layer7, doubt, covers }: Rule,
  protocol: Protocol,
  port: number,
  destination: Destination,
): Truth {
  const certain = layer7 === undefined && doubt === undefined ? 'yes' : 'maybe';
  if (covers !== undefined) {
    const covered = covers(protocol, port, destination);
    return covered === 'yes' ? certain : covered;
  }
  if (ports === undefined) return certain;
  let uncertain = false;
  for (const candidate of ports) {
    const covered = coveredBy(candidate, protocol, port, destination);
    if (covered === 'yes' && certain === 'yes') return covered;
    if (covered !== 'no') uncertain = true;
  }
  return uncertain ? 'maybe' : 'no';
}

function coveredBy(
  { protocol: own, port: first, endPort, inexact }: RulePort,
  protocol: Protocol,
  port: number,
  destination: Destination,
): Truth {
  if (own === 'unknown') return 'maybe';
  if (own !== protocol) return 'no';
  const found = inexact === undefined ? 'yes' : 'maybe';
  if (first === undefined) return found;
  if (typeof first === 'number') return first <= port && port <= (endPort ?? first) ? found : 'no';
  if (destination === undefined) return 'no';
  for (const { name, protocol: served, port: number } of destination.ports)
    if (name === first && served === protocol && number === port) return found;
  // The container ports of a pod without a template are unknown.
  return destination.provenance === 'object' ? 'no' : 'maybe';
}
