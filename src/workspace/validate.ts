import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Problem } from '../problems/problem.ts';

export function invalidObjects(_: readonly { object: KubernetesObject }[]): Problem[] {
  return [];
}
