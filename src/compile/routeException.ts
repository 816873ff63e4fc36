import type { Origin, Requester } from '../components/contract/requirements.ts';

/** A route on which nobody is asked who they are: why, and until which day. */
export interface RouteException {
  requester: Requester;
  from: Origin;
  reason: string;
  /** The last day on which it is open (`YYYY-MM-DD`). */
  until: string;
  /** The field of `cluster.yaml` with the login, as a path. */
  field: string;
  /** The objects that make the route, as `Kind namespace/name`. */
  objects: readonly string[];
}
