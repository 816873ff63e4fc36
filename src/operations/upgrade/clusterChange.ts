import type { ObjectRef } from '../../manifests/sourcedObject.ts';

/** What a change of the repository may do to a running cluster, the worst first. */
export const risks = ['refused', 'data', 'restart', 'network', 'nothing'] as const;
export type Risk = (typeof risks)[number];

/**
 * What happens to pods. `replaced`: their controller makes them again. `may`: only a chart or a controller knows.
 * `stopped`: they end. `by-hand`: they keep running with what they read when they started. `mounted`: their files change
 * and they go on.
 */
export type PodEffect = 'replaced' | 'may' | 'stopped' | 'by-hand' | 'mounted';

/** Whether there is a moment without a ready pod. */
export type Gap = 'none' | 'until-ready' | 'per-node' | 'unknown';

/** What a change of one object does. */
export interface Effect {
  risk: Risk;
  /** False where it may happen, and only something outside of the repository knows. */
  certain: boolean;
  /** What happens, as a sentence without a full stop whose subject is the object. It names fields, not their values. */
  sentence: string;
  /** The fields that change, as paths. */
  fields: readonly string[];
  pods?: PodEffect;
  gap?: Gap;
  /** What to do, as a command or a sentence. */
  remedy?: string;
}

/** What only a controller or a chart knows: pods may restart, with a gap or without. */
export const possibleRestart = { risk: 'restart', certain: false, pods: 'may', gap: 'unknown' } as const;

/** An effect with the object that it happens to. */
export interface ClusterChange extends Effect {
  /** As `--allow-removal` names it: `deployment/media/immich-server`. */
  name: string;
  object: ObjectRef;
}

/** Each thing once. */
export function eachOnce(changes: readonly ClusterChange[]): ClusterChange[] {
  return [...new Map(changes.map((change) => [`${change.name} ${change.sentence}`, change])).values()];
}

/** The changes of a risk, in their order. */
export function ofRisk(changes: readonly ClusterChange[], risk: Risk): ClusterChange[] {
  return changes.filter((change) => change.risk === risk);
}

/** The changes after which pods are not those that ran before, or should not be. */
export function restartsAmong(changes: readonly ClusterChange[]): ClusterChange[] {
  return changes.filter(({ pods }) => pods !== undefined && pods !== 'mounted');
}
