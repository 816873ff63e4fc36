import type { ObjectRef } from '../../manifests/sourcedObject.ts';

/** The committed file in which the user accepts findings, each with a reason. */
export const acceptancesPath = '.gatehouse/accepted.yaml';

/** One object that the user allows to break one invariant: `Service media/jellyfin` and `load-balancers`. */
export interface Acceptance {
  invariant: string;
  object: string;
  reason: string;
}

/** How an acceptance and a report name an object. */
export function nameOfObject({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
