import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { Workload } from '../model/workload.ts';
import type { NetworkContext } from './peers.ts';
import type { Policy } from './policy.ts';

/** A policy that a program enforces otherwise than the documentation of its kind says. */
export interface Deviation {
  policy: ObjectRef;
  /** What the program does, as the second part of a sentence. */
  defect: string;
  /** What a user writes instead. */
  remedy: string;
}

/** Policies as a program enforces them: what it is known to decide otherwise than the documentation says is uncertain. */
export interface EnforcedPolicies {
  policies: readonly Policy[];
  /** Those that may decide otherwise about a connection between workloads that are there. */
  deviations: readonly Deviation[];
}

/** What a program is known to decide otherwise than the documentation says. */
export interface Deviations {
  /** The last release that was looked at. All of it is true of each release up to this one. */
  until: string;
  read: EnforcedReading;
}

/** Reads policies as a program enforces them. */
export type EnforcedReading = (
  context: NetworkContext,
  workloads: readonly Workload[],
  policies: readonly Policy[],
) => EnforcedPolicies;
