import { readStores } from './configuration.ts';
import { madeOf } from './controllers.ts';
import { type Fields, mapsAt, textAt, valueAt } from './fields.ts';
import { type Attachment, readAttachments } from './gateway/attachments.ts';
import { controlsOf, type Feature, featuresOf, mergeFeatures, refusal } from './gateway/features.ts';
import { identityHeaders, spoofableHeaders } from './gateway/headers.ts';
import { type Claim, type Claims, type Place, placesOf, readClaims } from './gateway/policies.ts';
import { envoyProxyOf, type Surroundings } from './gateway/references.ts';
import { envoyGroup, gatewayGroup, type Scope, scopeOf } from './gateway/scope.ts';
import type { Control, ObjectRef, SourcedObject } from './judgement.ts';
import { namespaceOf, refOf } from './workload.ts';

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

/**
 * The controls that Envoy Gateway puts before each rule of each Gateway API route, listener by listener (its
 * version 1.9: the nearest SecurityPolicy replaces those further away unless it merges; what a policy names and
 * is missing turns every request into a 500). A route that no listener takes is not reachable and has no entry.
 *
 * A Secret that is not among the objects counts as missing, unless an object that is read here makes it.
 */
export function routeControls(objects: readonly SourcedObject[]): readonly RouteControls[] {
  const scope = scopeOf(objects);
  const surroundings = surroundingsOf(scope, objects);
  const claims = readClaims(scope);
  const identity = identityHeaders(scope);
  return readAttachments(scope).flatMap((attachment) => {
    const rules = mapsAt(attachment.route.object, 'spec', 'rules');
    return rules.map((rule, index) => judgeRule(surroundings, claims, identity, attachment, rule, index));
  });
}

function surroundingsOf(scope: Scope, objects: readonly SourcedObject[]): Surroundings {
  const made = objects.flatMap((source) => madeOf(source) ?? []);
  return {
    scope,
    stores: readStores(objects),
    unrendered: new Set(
      made.flatMap(({ unseen, workloads }) =>
        unseen === undefined ? [] : workloads.map(({ namespace }) => namespace),
      ),
    ),
    made: new Set(
      made.flatMap(({ services }) =>
        services.map(({ object }) => `${namespaceOf(object)}/${object.metadata.name}`),
      ),
    ),
  };
}

function judgeRule(
  surroundings: Surroundings,
  claims: Claims,
  identity: ReadonlySet<string>,
  attachment: Attachment,
  rule: Fields,
  index: number,
): RouteControls {
  const { route, listener, hostnames } = attachment;
  const name = textAt(rule, 'name');
  const effective = effectivePolicy(placesOf(claims, attachment, name), protocolOf(route));
  const { controls, unknowns } = controlsOf(
    surroundings,
    envoyProxyOf(surroundings.scope, listener.gateway),
    effective.features,
  );
  const attached =
    attachment.truth === 'yes' ? [] : ['whether the listener takes the route depends on labels not shown'];
  return {
    route: refOf(route),
    rule: { index, ...(name === undefined ? {} : { name }) },
    gateway: refOf(listener.gateway),
    listener: {
      name: listener.name,
      port: listener.port,
      protocol: listener.protocol,
      owner: refOf(listener.owner),
    },
    hostnames,
    controls,
    unknowns: [
      ...attached,
      ...foreignClass(surroundings.scope, attachment),
      ...mergedGateways(surroundings.scope, attachment),
      ...effective.unknowns,
      ...unknowns,
    ],
    spoofable: spoofableHeaders(surroundings.scope, identity, listener, effective.features),
    backendRefs: mapsAt(rule, 'backendRefs'),
  };
}

function protocolOf({ object }: SourcedObject): 'HTTP' | 'TCP' {
  return object.kind === 'HTTPRoute' || object.kind === 'GRPCRoute' ? 'HTTP' : 'TCP';
}

/** A Gateway of another controller: no SecurityPolicy works there, and what does is not modelled. */
function foreignClass(scope: Scope, { listener }: Attachment): readonly string[] {
  const name = textAt(listener.gateway.object, 'spec', 'gatewayClassName');
  const found = scope.all(gatewayGroup, 'GatewayClass').find(({ object }) => object.metadata.name === name);
  const controller = textAt(found?.object, 'spec', 'controllerName') ?? `${envoyGroup}/`;
  return controller.startsWith(`${envoyGroup}/`)
    ? []
    : [`Gateway class ${name ?? ''} is served by ${controller}, which is not modelled`];
}

/** Gateways of a class that share one Envoy: of listeners that clash, the newer Gateway's is refused. */
function mergedGateways(scope: Scope, { listener }: Attachment): readonly string[] {
  const { gateway, port, hostname } = listener;
  if (valueAt(envoyProxyOf(scope, gateway), 'spec', 'mergeGateways') !== true) return [];
  const classOf = ({ object }: SourcedObject) => textAt(object, 'spec', 'gatewayClassName');
  const rivals = scope
    .all(gatewayGroup, 'Gateway')
    .filter((other) => other !== gateway && classOf(other) === classOf(gateway))
    .filter(({ object }) =>
      mapsAt(object, 'spec', 'listeners').some(
        (each) => each['port'] === port && (textAt(each, 'hostname') || undefined) === hostname,
      ),
    );
  return rivals.map(
    ({ object }) => `merged Gateway ${namespaceOf(object)}/${object.metadata.name} has the same listener`,
  );
}

interface Effective {
  features: readonly Feature[];
  unknowns: readonly string[];
}

/** The policy that holds: the nearest one, with its parent's where it merges. */
function effectivePolicy(places: readonly Place[], protocol: 'HTTP' | 'TCP'): Effective {
  const [place, ...further] = places;
  if (place === undefined) return { features: [], unknowns: [] };
  const [claim] = place.claims;
  const unknowns = [...conflicts(place.claims)];
  if (claim === undefined) return { features: [], unknowns };
  const own = featuresOf(claim.policy);
  const onRoute = place.kind === 'rule' || place.kind === 'route';
  const above = effectivePolicyLater(further, protocol);
  const features = onRoute && merges(claim.policy) ? mergeFeatures(own, above().features) : own;
  const refused = refusal(features, protocol);
  // A refused policy of a route does nothing, and the next one holds; of a Gateway, it leaves its routes open.
  if (refused !== undefined && onRoute) {
    const parent = above();
    return { features: parent.features, unknowns: [...unknowns, ...parent.unknowns] };
  }
  if (protocol === 'TCP')
    return { features: features.filter(({ type }) => type === 'authorization'), unknowns };
  return { features: refused === undefined ? features : [], unknowns };
}

function effectivePolicyLater(places: readonly Place[], protocol: 'HTTP' | 'TCP'): () => Effective {
  return () => effectivePolicy(places, protocol);
}

function merges({ object }: SourcedObject): boolean {
  const type = textAt(object, 'spec', 'mergeType');
  return type === 'StrategicMerge' || type === 'JSONMerge';
}

/** Which of several policies came first is known of objects with a time of creation only. */
function conflicts(claims: readonly Claim[]): readonly string[] {
  const [first] = claims;
  if (first === undefined) return [];
  const clouded = first.truth === 'yes' ? [] : ['whether a policy selects it depends on labels not shown'];
  const aged = claims.every(
    ({ policy }) => textAt(policy.object, 'metadata', 'creationTimestamp') !== undefined,
  );
  const names = claims.map(({ policy }) => `${namespaceOf(policy.object)}/${policy.object.metadata.name}`);
  const rivals =
    claims.length === 1 || aged
      ? []
      : [`of SecurityPolicies ${names.join(', ')} the one that is created first holds`];
  return [...clouded, ...rivals];
}
