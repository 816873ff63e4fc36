import type { ObjectRef } from '../../manifests/sourcedObject.ts';

/** The committed file in which the user accepts findings, each with a reason. */
export const acceptancesPath = '.gatehouse/accepted.yaml';

/** One object that the user allows to break one invariant: `Service media/jellyfin` and `load-balancers`. */
export interface Acceptance {
  invariant: string;
  object: string;
  reason: string;
  /** The commit that is compared with does not have it. */
  added?: true;
}

/** Marks the acceptances that a commit does not have, whatever reason it gives for them. */
export function markedAdded(entries: readonly Acceptance[], before: readonly Acceptance[]): Acceptance[] {
  const isBefore = ({ invariant, object }: Acceptance): boolean =>
    before.some((each) => each.invariant === invariant && each.object === object);
  return entries.map((entry) => (isBefore(entry) ? entry : { ...entry, added: true }));
}

/** How an acceptance and a report name an object. */
export function nameOfObject({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
