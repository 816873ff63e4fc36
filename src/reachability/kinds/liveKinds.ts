import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { readingOf } from './registry.ts';

/** Readers of kinds of which each object is made into others. */
const makers = new Set(['flux', 'controllers', 'resourceSets']);

/** What kinds do that is over once the cluster holds what they made or changed. */
const making =
  /^(?:makes (?!the network)|installs (?!a mesh)|applies |copies objects|adds containers|changes the values|may change (?:pods|objects)|may change or make objects|lets a Rollout make)/;

/**
 * Whether all that an object does is to make, or to change, objects that the API server holds: in a running cluster these
 * are read themselves. What leads traffic, announces addresses or changes how policies are enforced does more than that.
 */
export function isMaker(object: KubernetesObject): boolean {
  const reading = readingOf(groupOf(object), object.kind);
  if (reading?.state === 'modelled') return makers.has(reading.by);
  return reading?.state === 'unread' && making.test(reading.does);
}
