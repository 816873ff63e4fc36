import { type Fields, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { readConfigurationSources } from '../../manifests/configurationSources.ts';
import { refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { controllerOutputOf } from '../model/controllers.ts';
import type { Judged, RouteControls } from './analysedRule.ts';
import { type Attachment, readAttachments } from './attachments.ts';
import { type ClientTraffic, readClientTraffic } from './clientTraffic.ts';
import { controlsOf } from './controls.ts';
import { doubledHostnames } from './duplicateHostnames.ts';
import { effectivePolicy } from './effectivePolicy.ts';
import { envoyOf, envoyProxyOf } from './envoy.ts';
import { propagateFailures } from './failurePropagation.ts';
import { identityHeaders, spoofableHeaders } from './identityHeaders.ts';
import { type Scope, scopeOf } from './objectIndex.ts';
import { type PolicyTargets, placesOf, readPolicyTargets } from './policyTargets.ts';
import { type ReferenceContext, unreadableKeys } from './references.ts';
import { doubtsAbout } from './unmodelled.ts';

/**
 * The controls that Envoy Gateway puts before each rule of each Gateway API route, listener by listener (its
 * version 1.9: the nearest SecurityPolicy replaces those further away unless it merges; what a policy names and
 * is missing turns every request into a 500). A route that no listener takes is not reachable and has no entry.
 *
 * A Secret that is not among the objects counts as missing, unless an object that is read here makes it.
 */
export function routeControls(objects: readonly SourcedObject[]): readonly RouteControls[] {
  const scope = scopeOf(objects);
  const context = surroundingsOf(scope, objects);
  const claims = readPolicyTargets(scope, 'SecurityPolicy');
  const traffic = readClientTraffic(scope);
  const identity = identityHeaders(scope);
  const attachments = readAttachments(scope);
  const judged = attachments.flatMap((attachment) => {
    const rules = mapsAt(attachment.route.object, 'spec', 'rules');
    return rules.map((rule, index) =>
      judgeRule({ surroundings: context, claims, traffic, identity }, attachment, rule, index),
    );
  });
  return propagateFailures(judged, doubledHostnames(scope, attachments));
}

function surroundingsOf(scope: Scope, objects: readonly SourcedObject[]): ReferenceContext {
  const output = objects.flatMap((source) => controllerOutputOf(source, objects) ?? []);
  return {
    scope,
    stores: readConfigurationSources(objects),
    unrendered: new Set(
      output.flatMap(({ unseen, workloads }) =>
        unseen === undefined ? [] : workloads.map(({ namespace }) => namespace),
      ),
    ),
    made: new Set(
      output.flatMap(({ services }) =>
        services.map(({ object }) => `${namespaceOf(object)}/${object.metadata.name}`),
      ),
    ),
  };
}

/** What is read once for all rules. */
interface Reading {
  surroundings: ReferenceContext;
  claims: PolicyTargets;
  traffic: ClientTraffic;
  identity: ReadonlySet<string>;
}

function judgeRule(
  { surroundings: context, claims, traffic, identity }: Reading,
  attachment: Attachment,
  rule: Fields,
  index: number,
): Judged {
  const { route, listener, hostnames } = attachment;
  const name = textAt(rule, 'name');
  const effective = effectivePolicy(placesOf(claims, attachment, name), protocolOf(route));
  const edge = {
    envoyProxy: envoyProxyOf(context.scope, listener.gateway),
    traffic: traffic.on(listener),
  };
  const { controls, working, unknowns } = controlsOf(context, edge, effective.features);
  const attached =
    attachment.truth === 'yes'
      ? []
      : ['whether the listener takes the route depends on labels or ages not shown'];
  const said: RouteControls = {
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
    unknowns: [...attached, ...doubtsAbout(context.scope, listener), ...effective.unknowns, ...unknowns],
    spoofable: spoofableHeaders(traffic, identity, listener, effective.features),
    backendRefs: mapsAt(rule, 'backendRefs'),
  };
  return {
    said,
    envoy: envoyOf(context.scope, listener.gateway),
    breaksOff: effective.breaksOff,
    refusedBy: unreadableKeys(context, working),
  };
}

/** What a SecurityPolicy can do for a route of a kind. */
function protocolOf({ object }: SourcedObject): 'HTTP' | 'TCP' | 'UDP' {
  if (object.kind === 'UDPRoute') return 'UDP';
  return object.kind === 'HTTPRoute' || object.kind === 'GRPCRoute' ? 'HTTP' : 'TCP';
}
