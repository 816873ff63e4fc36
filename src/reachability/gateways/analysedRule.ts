import type { Fields } from '../../kubernetes/fields.ts';
import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { Control } from '../model/analysis.ts';

/** What one rule of a route demands on one listener. */
export interface RouteControls {
  route: ObjectRef;
  /** Position of the rule in the route, and its name where it has one. */
  rule: { index: number; name?: string };
  gateway: ObjectRef;
  /** The listener, and the Gateway or ListenerSet that declares it. */
  listener: { name: string; port: number; protocol: string; owner: ObjectRef };
  /** The hostnames that reach the rule; `*` for every one. */
  hostnames: readonly string[];
  /** The controls that each request must satisfy. If none is effective, nothing is demanded. */
  controls: readonly Control[];
  /** The controls if everything that its policy names was there: what it demands once that is. */
  asWritten: readonly Control[];
  /** Whether the address by which a rule is asked is that from which the client connects. */
  seesClient: boolean;
  /** Unknowns on which the controls depend. With any of them, the controls prove nothing. */
  unknowns: readonly string[];
  /**
   * Identity headers that a client can send to this rule by itself, in lower case.
   */
  spoofable: readonly string[];
  /** The backends of the rule, as written, with those of its filters. */
  backendRefs: readonly Fields[];
}

/** The analysis of one rule by itself, before other rules may affect it. */
export interface AnalysedRule {
  controls: RouteControls;
  /** Identifies the Envoy that serves it. */
  envoy: string;
  /** Why Envoy Gateway aborts the translation at this rule. */
  translationError: string | undefined;
  /** Why Envoy rejects a listener with this rule. */
  listenerRejection: string | undefined;
}
