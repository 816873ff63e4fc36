import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { PodSelector, Policy } from './policy.ts';

/** A system of network policies: its kinds, and how they are read. */
export interface PolicySystem {
  /** Matches the names of the enforcers that read its kinds; nothing where every enforcer does. */
  enforcers?: RegExp;
  kinds: readonly PolicyKind[];
  /** What is true of every cluster in which the system is in use. */
  semantics?: PolicySemantics;
}

export interface PolicySemantics {
  /** Set where an address block may leave out pods and nodes, even where it contains their addresses. */
  blocksMayOmitCluster: true;
  /** What is assumed of the system, as a sentence. */
  assumption: string;
}

/** A kind of policy object. */
export type PolicyKind = ModelledKind | UnmodelledKind;

interface KindName {
  /** `group/kind`. */
  kind: string;
  /** The one version that is read; nothing for every version. */
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
  /** Whether the object selects nodes too, so that what runs on their network may be kept in or out. */
  selectsNodes: boolean;
}

export type UntieredPolicy = Omit<Policy, 'tier'>;
