/** The committed file in which a person accepts what a check found, with a reason. */
import type { ObjectRef } from '../../manifests/sourcedObject.ts';
export const acceptancesPath = '.gatehouse/accepted.yaml';

/** One object that a person lets break one invariant: `Service media/jellyfin` and `load-balancers`. */
export interface Acceptance {
  invariant: string;
  object: string;
  reason: string;
}

/** How an acceptance and a report name an object. */
export function nameOfObject({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
