import { defined } from '../../kubernetes/defined.ts';
import { type Fields, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { readConfigurationSources } from '../../manifests/configurationSources.ts';
import { refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { controllerOutputOf } from '../model/controllers.ts';
import type { AnalysedRule, RouteControls } from './analysedRule.ts';
import { type Attachment, readAttachments } from './attachments.ts';
import { seesClient } from './clientAddress.ts';
import { type ClientTraffic, readClientTraffic } from './clientTraffic.ts';
import { controlsOf } from './controls.ts';
import { duplicateHostnames } from './duplicateHostnames.ts';
import { effectivePolicy } from './effectivePolicy.ts';
import { envoyOf, envoyProxyOf } from './envoy.ts';
import { propagateFailures } from './failurePropagation.ts';
import { controllerOf } from './gatewayClass.ts';
import { identityHeaders, spoofableHeaders } from './identityHeaders.ts';
import { indexObjects, type ObjectIndex } from './objectIndex.ts';
import { type PolicyTargets, placesOf, readPolicyTargets } from './policyTargets.ts';
import { type ReferenceContext, unreadableKeys } from './references.ts';
import { emptyKey, refusedUsers } from './refusedCredentials.ts';
import { backendsOfRule, ruleInfluences } from './ruleBackends.ts';
import { trafficInfluences, unmodelledInfluences } from './unmodelled.ts';

/**
 * The controls that Envoy Gateway 1.9 enforces before each rule of each Gateway API route, for each listener. The
 * nearest SecurityPolicy replaces the others unless it merges. If an object that a policy names is missing, each
 * request is answered with 500. A route that no listener accepts is not reachable and has no entry. A Gateway of another
 * controller ignores SecurityPolicies, and what it demands is unknown.
 *
 * A Secret that is not among the objects counts as missing, unless a known controller creates it.
 */
export function routeControls(objects: readonly SourcedObject[]): readonly RouteControls[] {
  const index = indexObjects(objects);
  const context = referenceContextOf(index, objects);
  const targets = readPolicyTargets(index, 'SecurityPolicy');
  const traffic = readClientTraffic(index);
  const identity = identityHeaders(index);
  const attachments = readAttachments(index);
  const influences = new Map(
    [...new Set(attachments.map(({ listener }) => listener))].map(
      (listener) => [listener, unmodelledInfluences(index, listener)] as const,
    ),
  );
  const analysed = attachments.flatMap((attachment) => {
    const rules = mapsAt(attachment.route.object, 'spec', 'rules');
    const reading = {
      context,
      targets,
      traffic,
      identity,
      influences: influences.get(attachment.listener) ?? [],
    };
    return rules.map((rule, index) => analyseRule(reading, attachment, rule, index));
  });
  return propagateFailures(analysed, duplicateHostnames(index, attachments));
}

function referenceContextOf(index: ObjectIndex, objects: readonly SourcedObject[]): ReferenceContext {
  const output = objects.flatMap((source) => controllerOutputOf(source, objects) ?? []);
  return {
    index,
    configurationSources: readConfigurationSources(objects),
    unrendered: new Set(output.flatMap(({ unmodelled }) => unmodelled?.namespace ?? [])),
    controllerServices: new Set(
      output.flatMap(({ services }) =>
        services.map(({ object }) => `${namespaceOf(object)}/${object.metadata.name}`),
      ),
    ),
  };
}

/** The parsed objects that all rules share. */
interface Reading {
  context: ReferenceContext;
  targets: PolicyTargets;
  traffic: ClientTraffic;
  identity: ReadonlySet<string>;
  /** Why what the listener demands is not known. */
  influences: readonly string[];
}

function analyseRule(
  { context, targets, traffic, identity, influences }: Reading,
  attachment: Attachment,
  rule: Fields,
  index: number,
): AnalysedRule {
  const { route, listener, hostnames } = attachment;
  const name = textAt(rule, 'name');
  const effective = effectivePolicy(placesOf(targets, attachment, name), protocolOf(route));
  const edge = {
    envoyProxy: envoyProxyOf(context.index, listener.gateway),
    traffic: traffic.on(listener),
  };
  const isForeign = controllerOf(context.index, listener.gateway).kind === 'other';
  const { controls, asWritten, working, unknowns } = controlsOf(
    context,
    edge,
    isForeign ? [] : effective.features,
  );
  const attached =
    attachment.truth === 'yes'
      ? []
      : ['whether the listener takes the route depends on labels or ages not shown'];
  const result: RouteControls = {
    route: refOf(route),
    rule: defined({ index, name }),
    gateway: refOf(listener.gateway),
    listener: {
      name: listener.name,
      port: listener.port,
      protocol: listener.protocol,
      owner: refOf(listener.owner),
    },
    hostnames,
    controls,
    asWritten,
    seesClient: !isForeign && seesClient(context.index, listener, traffic),
    unknowns: [
      ...attached,
      ...influences,
      ...effective.unknowns,
      ...unknowns,
      ...trafficInfluences(edge.traffic, effective.features),
      ...ruleInfluences(context.index, refOf(route), rule),
    ],
    spoofable: spoofableHeaders(traffic, identity, listener, effective.features),
    backendRefs: backendsOfRule(rule),
  };
  return {
    controls: result,
    envoy: envoyOf(context.index, listener.gateway),
    translationError: effective.translationError ?? emptyKey(context, working),
    listenerRejection: unreadableKeys(context, working) ?? refusedUsers(context, working),
  };
}

/** How a SecurityPolicy treats a route of a kind. */
function protocolOf({ object }: SourcedObject): 'HTTP' | 'TCP' | 'UDP' {
  if (object.kind === 'UDPRoute') return 'UDP';
  return object.kind === 'HTTPRoute' || object.kind === 'GRPCRoute' ? 'HTTP' : 'TCP';
}
