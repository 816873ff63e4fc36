import type { SourcedObject } from '../../../manifests/sourcedObject.ts';
import { describeObject, refOf } from '../../../manifests/sourcedObject.ts';
import type { Effect, Unmodelled } from '../../model/unmodelled.ts';

/** A setting of a network program that keeps it from enforcing what the policies say. */
export interface NetworkSwitch {
  /** The setting with its value, as its object holds it. */
  rule: string;
  /** What the setting does, as the end of a sentence about the program. */
  why: string;
  /** What it may bring to the cluster, where that is not only that policies are not enforced. */
  effects?: readonly Effect[];
}

/** What a setting in an object means for the whole cluster. */
export function unmodelledSwitch(
  source: SourcedObject,
  { rule, why, effects = ['enforcement'] }: NetworkSwitch,
): Unmodelled {
  const object = refOf(source);
  return {
    object,
    effects,
    namespace: undefined,
    rule,
    sentence: `${describeObject(object)} says ${rule}: ${why}`,
    remedy: 'Remove the setting, or name what enforces network policies instead',
  };
}
