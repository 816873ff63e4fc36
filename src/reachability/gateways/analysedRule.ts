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
  /** What each request must satisfy; nothing is demanded where none is worth anything. */
  controls: readonly Control[];
  /** What the controls depend on and the objects do not tell. Where there is something, they are no proof. */
  unknowns: readonly string[];
  /**
   * Headers by which policies tell applications who asks and that a client may send to this rule by itself, in
   * lower case.
   */
  spoofable: readonly string[];
  /** What the rule hands requests on to, as it is written. */
  backendRefs: readonly Fields[];
}

/** A rule as it was judged by itself. */
export interface AnalysedRule {
  controls: RouteControls;
  /** Which Envoy serves it. */
  envoy: string;
  /** Why Envoy Gateway breaks off when it comes to it. */
  translationError: string | undefined;
  /** Why Envoy refuses a listener that has it. */
  listenerRejection: string | undefined;
}
