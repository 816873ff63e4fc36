import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { NodeSetting } from './nodeSetting.ts';

/** What no object tells and the user states instead. A report prints each one that a verdict rests on. */
export interface Assumptions {
  /** Who enforces NetworkPolicy. Without one, or with `none`, no proof over the network is given. */
  enforcer?: string;
  /** CIDRs of the home network. */
  lan: readonly string[];
  /** CIDRs from which VPN clients come. */
  vpn: readonly string[];
  /** CIDRs of pods. Without them, whether an address block covers a pod is unknown. */
  podRanges?: readonly string[];
  /** CIDRs of Services. */
  serviceRanges?: readonly string[];
  /** Addresses of the nodes, as addresses or CIDRs. */
  nodeAddresses?: readonly string[];
  /**
   * All objects are as an API server stores them. Without this, each Namespace gets the label
   * `kubernetes.io/metadata.name`, as an API server adds it (kubernetes, pkg/apis/core/v1/defaults.go).
   */
  stored?: boolean;
  /**
   * Whether nodes have IPv6 addresses: `global` ones are on the internet without a router that forwards a port. Without
   * it, no node is assumed to have a global one.
   */
  ipv6?: 'none' | 'private' | 'global';
  /** What files of the repository say of the nodes that are no Kubernetes objects. */
  nodeSettings?: readonly NodeSetting[];
  /**
   * The SHA-256 digests, in hexadecimal, of programs that are known to verify who asks, as a proxy loads them. What any
   * other program verifies is unknown.
   */
  verifiers?: readonly string[];
  /** How many node ports there must be. Without it, more than one is refuted. */
  expectedNodePorts?: number;
  /**
   * Services of type LoadBalancer, as `namespace/name`, that are meant for the home network and the VPN and ask nobody who they
   * are. That no one else reaches them is proved; any other such Service is refuted.
   */
  homeServices?: readonly string[];
}

/** Why: the object that decides, and which part of it (`ingress[0].from[1]`) or what about it. */
export interface Evidence {
  object: ObjectRef;
  rule: string;
  /** What a user writes instead, where it is not certain what the enforcer makes of the rule. */
  remedy?: string;
}

export type Reach = 'allowed' | 'blocked' | 'unknown';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** What decides about one connection. */
export interface FlowVerdict {
  verdict: Reach;
  ingress: Reach;
  egress: Reach;
  because: readonly Evidence[];
}

export type ControlType =
  | 'jwt'
  | 'oidc'
  | 'extAuth'
  | 'basicAuth'
  | 'apiKey'
  | 'authorization'
  | 'cors'
  | 'csrf'
  | 'access'
  | 'originProxy'
  | 'rejected500';

/**
 * How much a control is worth:
 * - `verified`: a program whose meaning is known verifies a signature or a password;
 * - `program`: a program that is not read here decides;
 * - `presence`: something must be there, whatever it holds;
 * - `none`: it is configured and does nothing;
 * - `unknown`: what it does depends on something that is not among the objects.
 */
export type Certainty = 'verified' | 'program' | 'presence' | 'none' | 'unknown';

export interface Control {
  type: ControlType;
  certainty: Certainty;
  object: ObjectRef;
  /** What it demands, as a phrase. */
  demands: string;
  /** What the configuration shows. */
  configuration: Readonly<Record<string, unknown>>;
}

/** One hop of a path. */
export interface Hop {
  /** The name of the hop. */
  at: string;
  object: ObjectRef;
  protocol?: Protocol;
  port?: number;
  controls: readonly Control[];
  /** What lets the connection in at this hop, or keeps it out. */
  because: readonly Evidence[];
}

export type Who = 'internet' | 'lan' | 'vpn' | 'cluster';

/** One line of the access map. */
export interface Entry {
  who: Who;
  /** Where the connection begins: a hostname, a range of addresses, a workload. */
  from: string;
  hops: readonly Hop[];
  /** What every request must satisfy on the path: the strongest of all hops. */
  gate: Certainty;
  demands: readonly string[];
  to: ObjectRef | undefined;
  verdict: Reach;
  /**
   * A hop is guessed from the values of a chart that is not rendered for certain. The verdict is `unknown`, and no
   * proof counts the entry.
   */
  likely?: true;
  /** The entry as one sentence. */
  sentence: string;
}

export type Verdict = 'proved' | 'refuted' | 'unknown';
