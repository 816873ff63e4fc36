import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { PodSelector, Policy } from './policy.ts';

/** A system of network policies: its kinds, and how to read them. */
export interface PolicySystem {
  /** Matches the names of the enforcers that read its kinds; undefined if every enforcer does. */
  enforcers?: RegExp;
  kinds: readonly PolicyKind[];
  /** What holds in every cluster that uses the system. */
  semantics?: PolicySemantics;
}

export interface PolicySemantics {
  /** Set if an address block may exclude pods and nodes although it contains their addresses. */
  blocksMayOmitCluster: true;
  /** An assumption about the system, as a sentence. */
  assumption: string;
}

/** A kind of policy object. */
export type PolicyKind = ModelledKind | UnmodelledKind;

interface KindName {
  /** `group/kind`. */
  kind: string;
  /** The only supported version; undefined if every version is supported. */
  version?: string;
}

interface ModelledKind extends KindName {
  /** The name of the tier in which its policies are evaluated. */
  tier: string;
  read: (source: SourcedObject) => ReadPolicy;
}

interface UnmodelledKind extends KindName {
  /** The pods that the policy may select. */
  subjectOf: (source: SourcedObject) => PodSelector;
}

/** One object as policies. */
export interface ReadPolicy {
  policies: readonly UntieredPolicy[];
  /** Whether the object also selects nodes, so it may block workloads on their network. */
  selectsNodes: boolean;
}

export type UntieredPolicy = Omit<Policy, 'tier'>;
