import { describeObject, refOf } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import {
  type GatedPaths,
  isUnreadProxy,
  premisesOfPath,
  type TunnelPath,
} from '../entrypoints/gatedPaths.ts';
import { strongest } from '../entrypoints/pathTracing.ts';
import { excludedHostnames, takersOf } from '../entrypoints/shadowedRules.ts';
import type { RouteControls } from '../gateways/analysedRule.ts';
import { type ForeignRoute, foreignRoutes } from '../gateways/foreignRoutes.ts';
import { routeControls } from '../gateways/routeControls.ts';
import type { Assumptions, Control, Evidence } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import type { ProxyRoute, ProxyWorkload } from '../proxies/proxy.ts';
import type { HostPattern } from '../proxies/requests.ts';
import { type Conclusion, conclude, hopOf, type Objection, unmodelledObjections } from './conclusion.ts';
import { internetObjections, isOnInternet, nameExposedPort } from './exposedPortObjections.ts';
import { type HomeOnly, homeOnly } from './homeOnly.ts';
import type { Invariant, InvariantContext } from './invariant.ts';
import { ownNameObjections } from './ownNames.ts';

export const outsideGated = {
  id: 'outside-gated',
  title: 'Requests from outside are verified',
  promise:
    'Each rule of a tunnel demands a verified token, at the tunnel or at the proxy behind it, and each rule of a route of a Gateway demands who asks',
  remedy: 'Let the tunnel lead to what verifies the token, with required: true and an audience',
  brokenByPresence: true,
  prove: ({ model, gatedPaths, assumptions }) => [
    ...gatedPaths.paths.map((path) => proveTunnelPath(model, gatedPaths, path)),
    ...model.tunnels.flatMap(proveUnseen),
    ...gatedPaths.possible.flatMap((path) => provePossible(model, path)),
    ...routeControls(model.objects)
      .filter(({ backendRefs }) => backendRefs.length > 0)
      .map((analysed) => proveGatewayRule(model, assumptions, analysed)),
    ...model.exposedPorts.flatMap((exposedPort) => proveExposedPort({ model, assumptions }, exposedPort)),
    ...foreignRoutes(model).flatMap(proveForeignRoute),
    ...proveNoOtherWay(model),
  ],
} as const satisfies Invariant;

function proveTunnelPath(model: Model, gatedPaths: GatedPaths, path: TunnelPath): Conclusion {
  const { tunnel, rule } = path;
  const host = hostOf(tunnel, rule);
  const claim = `From outside, ${host} is denied by default: ${describeObject(tunnel.workload.ref)} ${rule.name} demands a verified token`;
  const evidence: Evidence[] = [{ object: rule.object, rule: rule.name }];
  const objections = [
    ...takenObjections(model, gatedPaths, path, evidence),
    ...ownNameObjections(path),
    ...unverifiedObjections(model, path, evidence),
    ...bypassObjections(model, gatedPaths, path, evidence),
  ];
  const taking = new Set([rule, ...takersOf(tunnel, rule).map((taker) => taker.rule)]);
  const conclusion = conclude(claim, objections, {
    sentence: `${host}: ${rule.refuses ?? (demandsOf(rule.controls) || 'its proxy verifies it')}`,
    evidence,
  });
  const premises = gatedPaths.paths
    .filter((each) => each.tunnel === tunnel && taking.has(each.rule))
    .flatMap(premisesOfPath);
  return { ...conclusion, premises };
}

/** Objects that are not read may hold rules of their own. A chart that is not rendered is an unknown of `ingresses`. */
function proveNoOtherWay({ unmodelled }: Model): readonly Conclusion[] {
  const others = unmodelled.filter(({ rule }) => rule !== 'not rendered');
  const objections = unmodelledObjections({ unmodelled: others }, ['routes']);
  if (objections.length === 0) return [];
  return [
    conclude('Each rule that leads in from outside is read', objections, { sentence: '', evidence: [] }),
  ];
}

/** The requests that a claim about a rule is about. */
function hostOf(tunnel: ProxyWorkload, rule: ProxyRoute): string {
  const excluded = excludedHostnames(tunnel, rule);
  const path = rule.path === undefined ? '' : ` (path ${rule.path})`;
  const except = excluded.length === 0 ? '' : ` except ${excluded.join(', ')}`;
  return `${rule.hostname ?? 'every hostname'}${path}${except}`;
}

/** Other rules that take requests for the hostname and do not demand a verified token. */
function takenObjections(
  model: Model,
  { paths }: GatedPaths,
  { tunnel, rule }: TunnelPath,
  evidence: readonly Evidence[],
): readonly Objection[] {
  return takersOf(tunnel, rule).flatMap((taker): readonly Objection[] => {
    const path = paths.find((each) => each.tunnel === tunnel && each.rule === taker.rule);
    if (path === undefined) return [];
    const own = [{ object: taker.rule.object, rule: taker.rule.name }];
    const [open] = unverifiedObjections(model, path, own).toSorted(
      (a, b) => Number(b.certain) - Number(a.certain),
    );
    if (open === undefined) return [];
    const certain = taker.truth === 'yes' && open.certain;
    const some = taker.whole ? '' : ` with a path that matches ${taker.rule.path ?? ''}`;
    const host = rule.requests.intended === undefined ? 'every hostname' : nameOf(rule.requests.intended);
    const takes = taker.truth === 'yes' ? 'takes' : 'may take';
    const sentence = `${taker.rule.name} ${takes} the requests for ${host}${some}, since the first rule that matches decides. ${open.sentence}`;
    const remedy =
      'Move the rule before those that match the same requests, and write its hostname in lower case';
    return [{ ...open, certain, sentence, evidence: [...evidence, ...own], remedy }];
  });
}

function nameOf({ text, wildcard }: HostPattern): string {
  return wildcard ? `*${text}` : text;
}

/** Of a tunnel with unknown rules, what is known of the proxies that it may lead to. */
function provePossible(model: Model, path: TunnelPath): readonly Conclusion[] {
  const { tunnel, destination } = path;
  const proxies = destination.backends.filter(({ workload }) => model.proxyOf(workload) !== undefined);
  return proxies.map(({ workload }) => {
    const name = describeObject(workload.ref);
    const from = describeObject(tunnel.workload.ref);
    const evidence = [{ object: workload.ref, rule: 'the configuration of the tunnel names it' }];
    const objections = unverifiedObjections(model, path, evidence).map((objection) => ({
      ...objection,
      certain: false,
    }));
    const unknown = { certain: false, sentence: `Whether ${from} leads to ${name} is not known`, evidence };
    const claim = `From outside, what ${name} forwards is denied by default: ${from} may lead there`;
    const found = objections.length > 0 ? objections : [unknown];
    return { ...conclude(claim, found, { sentence: '', evidence: [] }), premises: premisesOfPath(path) };
  });
}

/** Of a tunnel as a whole: whether all of its rules are known, and that it lets nothing in if none forwards. */
function proveUnseen({ workload, object, unseen, refused, ...tunnel }: ProxyWorkload): readonly Conclusion[] {
  const { routes, assumptions: premises = [] } = tunnel;
  const why =
    refused === undefined
      ? unseen
      : `it does not start with its configuration, and what it ran before is not among the objects: ${refused}`;
  const claim = `Everything that ${describeObject(workload.ref)} lets in passes an access check`;
  if (why === undefined) {
    if (routes.some(({ upstream }) => upstream.kind !== 'answer')) return [];
    const sentence = `Nothing to prove: ${describeObject(workload.ref)} answers every request by itself`;
    return [{ ...conclude(claim, [], { sentence, evidence: [{ object, rule: 'ingress' }] }), premises }];
  }
  const evidence = [{ object, rule: refused ?? why }];
  const sentence = `What ${describeObject(workload.ref)} lets in is not known: ${why}`;
  const objections = [{ certain: false, sentence, evidence }];
  return [{ ...conclude(claim, objections, { sentence: '', evidence: [] }), premises }];
}

/** What is demanded of a request on its whole path: by the rule, and by every route of a proxy behind it. */
function unverifiedObjections(
  model: Model,
  tunnelPath: TunnelPath,
  evidence: readonly Evidence[],
): readonly Objection[] {
  const { rule, tunnel, forwarded, destination } = tunnelPath;
  const own = rule.controls;
  if (strongest(own) === 'verified') return [];
  const demanded = `demands ${demandsOf(own) || 'nothing'}`;
  const path = [
    { ...hopOf(tunnel.workload.ref, evidence), controls: own },
    ...destination.backends.map(({ workload, port }) => hopOf(workload.ref, [], port)),
  ];
  const start = `${describeObject(tunnel.workload.ref)} ${rule.name} ${demanded}`;
  const mayDemand = own.some(({ certainty }) => certainty === 'unknown');
  const unread = destination.backends.flatMap(({ workload }) => unreadOf(model, workload));
  const unreadObjections = unread.map((why) => ({
    certain: false,
    sentence: `${start}, and ${why}`,
    evidence,
    path,
  }));
  if (forwarded.length === 0) {
    if (unread.length > 0) return unreadObjections;
    const end =
      destination.problem?.why ??
      destination.backends.map(({ workload }) => describeObject(workload.ref)).join(', ');
    return [{ certain: !mayDemand, sentence: `${start} and leads to ${end}`, evidence, path }];
  }
  const open = forwarded.flatMap(({ proxy, route }): readonly Objection[] => {
    const certainty = strongest(route.controls);
    if (certainty === 'verified' || route.refuses !== undefined) return [];
    const demands = demandsOf(route.controls) || 'nothing';
    const sentence = `${start}, and ${describeObject(proxy.workload.ref)} ${route.name} demands ${demands}`;
    const certain = !mayDemand && (certainty === 'none' || certainty === 'presence');
    return [{ certain, sentence, evidence: [...evidence, { object: route.object, rule: route.name }], path }];
  });
  return [...open, ...unreadObjections];
}

/** Why it is not known what a workload forwards, if it is a proxy. */
function unreadOf(model: Model, workload: Workload): readonly string[] {
  const name = describeObject(workload.ref);
  const proxy = model.proxyOf(workload);
  if (proxy?.refused !== undefined) return [`${name} does not start: ${proxy.refused}`];
  if (proxy?.unseen !== undefined) return [`what ${name} demands is not known: ${proxy.unseen}`];
  return isUnreadProxy(model, workload)
    ? [`${name} forwards requests by a configuration that is not read`]
    : [];
}

/** A rule that leads past a proxy, to one that is not read, or to an unknown destination. */
function bypassObjections(
  model: Model,
  gatedPaths: GatedPaths,
  { rule, tunnel, destination }: TunnelPath,
  evidence: readonly Evidence[],
): readonly Objection[] {
  const start = `${describeObject(tunnel.workload.ref)} ${rule.name}`;
  const around = destination.backends.flatMap(({ workload, port }): readonly Objection[] => {
    const allowed = gatedPaths.backends.get(workload);
    if (allowed === undefined || allowed.has(tunnel.workload)) return [];
    const proxies = [...allowed].map(({ ref }) => describeObject(ref)).join(', ');
    const sentence = `${start} leads straight to ${describeObject(workload.ref)}, past ${proxies}`;
    const path = [hopOf(tunnel.workload.ref, evidence), hopOf(workload.ref, [], port)];
    return [{ certain: true, sentence, evidence, path }];
  });
  const unread = destination.backends.flatMap(({ workload }): readonly Objection[] => {
    if (!isUnreadProxy(model, workload)) return [];
    const sentence = `${describeObject(workload.ref)} forwards requests by a configuration that is not read`;
    return [{ certain: false, sentence, evidence: [{ object: workload.ref, rule: 'not read' }] }];
  });
  const { problem } = destination;
  const lost: readonly Objection[] =
    problem?.kind === 'unknown' ? [{ certain: false, sentence: `${start}: ${problem.why}`, evidence }] : [];
  return [...around, ...unread, ...lost];
}

function proveGatewayRule(model: Model, assumptions: Assumptions, analysed: RouteControls): Conclusion {
  const { route, rule, gateway, listener, hostnames, controls, unknowns } = analysed;
  const place = `${describeObject(route)} rules[${rule.index}] on ${describeObject(gateway)} listener ${listener.name}`;
  const evidence: Evidence[] = [
    { object: route, rule: `rules[${rule.index}]` },
    ...controls.map(({ object, type }) => ({ object, rule: type })),
  ];
  const objections: Objection[] = unknowns.map((why) => ({
    certain: false,
    sentence: `${place}: ${why}`,
    evidence,
  }));
  const home = homeOnly(model, assumptions, analysed);
  const { demands, objection } = demandedBy(analysed, home);
  if (objection !== undefined)
    objections.push({ certain: false, evidence, ...objection, sentence: `${place} ${objection.sentence}` });
  const claim = `From outside, ${hostnames.join(', ')} is denied by default: ${place} demands who asks`;
  const conclusion = conclude(claim, objections, {
    sentence: `${hostnames.join(', ')}: ${demands}`,
    evidence,
  });
  return home === undefined ? conclusion : { ...conclusion, premises: home.premises };
}

/** What a rule demands, and what speaks against it. */
function demandedBy(
  { controls, asWritten }: RouteControls,
  home: HomeOnly | undefined,
): { demands: string; objection?: { sentence: string; remedy: string } } {
  const demands = demandsOf(controls) || 'nothing';
  const refused = controls.find(({ type }) => type === 'rejected500');
  if (refused !== undefined) {
    // Every request is answered with 500 until all that the policy names is there, and then as it is written.
    if (strongest(asWritten) === 'verified')
      return { demands: `${demandsOf(asWritten)}; until then ${refused.demands}` };
    return {
      demands,
      objection: {
        sentence: `does not use its policy as it is written: ${refused.demands}`,
        remedy: 'Correct what the SecurityPolicy names, so that Envoy Gateway accepts it',
      },
    };
  }
  if (home !== undefined) return { demands: home.sentence };
  const certainty = strongest(controls);
  if (certainty === 'verified' || certainty === 'program') return { demands };
  // Whether the Gateway is for the home only, no object tells: nothing is refuted by it alone.
  return {
    demands,
    objection: {
      sentence: `demands ${demands}, and no object tells whether anything outside leads there`,
      remedy: 'Let a SecurityPolicy of the route or its Gateway demand who asks, such as jwt or oidc',
    },
  };
}

/** A route whose Gateway is not among the objects has no listener here, and so no rule of its own. */
function proveForeignRoute({ route, gateway, why, isKnown }: ForeignRoute): readonly Conclusion[] {
  if (isKnown) return [];
  const object = refOf(route);
  const claim = `From outside, ${describeObject(object)} on ${gateway} is denied by default`;
  const sentence = `What is demanded of requests to ${describeObject(object)} is not known: ${why}`;
  const objections = [{ certain: false, sentence, evidence: [{ object, rule: 'parentRefs' }] }];
  return [conclude(claim, objections, { sentence: '', evidence: [] })];
}

/** Where nodes have addresses on the internet, a port of a node is a way in from outside. */
function proveExposedPort(
  context: Pick<InvariantContext, 'model' | 'assumptions'>,
  exposedPort: ExposedPort,
): readonly Conclusion[] {
  if (exposedPort.object.kind === 'Gateway' || !isOnInternet(context, exposedPort)) return [];
  const name = nameExposedPort(exposedPort);
  const claim = `From outside, ${name} is denied by default`;
  return [
    conclude(claim, internetObjections(context, exposedPort), {
      sentence: `${name}: what is behind it admits no address of the internet, or demands a verified token`,
      evidence: [{ object: exposedPort.object, rule: exposedPort.kind }],
    }),
  ];
}

function demandsOf(controls: readonly Control[]): string {
  return controls.map(({ demands }) => demands).join('; ');
}
