import { describeObject } from '../../manifests/sourcedObject.ts';
import { type GatedPaths, isUnreadProxy, type TunnelPath } from '../entrypoints/gatedPaths.ts';
import { strongest } from '../entrypoints/pathTracing.ts';
import type { RouteControls } from '../gateways/analysedRule.ts';
import { routeControls } from '../gateways/routeControls.ts';
import type { Control, Evidence } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { type Conclusion, conclude, hopOf, type Objection } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

export const outsideGated = {
  id: 'outside-gated',
  title: 'Requests from outside are verified',
  promise:
    'Each rule of a tunnel demands a verified token, at the tunnel or at the proxy behind it, and each rule of a route of a Gateway demands who asks',
  remedy: 'Let the tunnel lead to what verifies the token, with required: true and an audience',
  brokenByPresence: true,
  prove: ({ model, gatedPaths }) => [
    ...gatedPaths.paths.map((path) => proveTunnelPath(model, gatedPaths, path)),
    ...model.tunnels.flatMap(proveUnseen),
    ...routeControls(model.objects)
      .filter(({ backendRefs }) => backendRefs.length > 0)
      .map(proveGatewayRule),
  ],
} as const satisfies Invariant;

function proveTunnelPath(model: Model, gatedPaths: GatedPaths, path: TunnelPath): Conclusion {
  const { tunnel, rule } = path;
  const host = rule.hostname ?? 'every hostname';
  const claim = `From outside, ${host} is denied by default: ${describeObject(tunnel.workload.ref)} ${rule.name} demands a verified token`;
  const evidence: Evidence[] = [{ object: rule.object, rule: rule.name }];
  const objections = [
    ...unverifiedObjections(path, evidence),
    ...bypassObjections(model, gatedPaths, path, evidence),
  ];
  return conclude(claim, objections, {
    sentence: `${host}: ${demandsOf(rule.controls) || 'its proxy verifies it'}`,
    evidence,
  });
}

function proveUnseen({ workload, object, unseen }: Model['tunnels'][number]): readonly Conclusion[] {
  if (unseen === undefined) return [];
  const claim = `Everything that ${describeObject(workload.ref)} lets in passes an access check`;
  const evidence = [{ object, rule: unseen }];
  const sentence = `What ${describeObject(workload.ref)} lets in is not known: ${unseen}`;
  return [conclude(claim, [{ certain: false, sentence, evidence }], { sentence: '', evidence: [] })];
}

/** What is demanded of a request on its whole path: by the rule, and by every route of a proxy behind it. */
function unverifiedObjections(tunnelPath: TunnelPath, evidence: readonly Evidence[]): readonly Objection[] {
  const { rule, tunnel, forwarded } = tunnelPath;
  const own = rule.controls;
  if (strongest(own) === 'verified') return [];
  const demanded = `demands ${demandsOf(own) || 'nothing'}`;
  const path = [
    { ...hopOf(tunnel.workload.ref, evidence), controls: own },
    ...tunnelPath.destination.backends.map(({ workload, port }) => hopOf(workload.ref, [], port)),
  ];
  const start = `${describeObject(tunnel.workload.ref)} ${rule.name} ${demanded}`;
  const mayDemand = own.some(({ certainty }) => certainty === 'unknown');
  if (forwarded.length === 0) {
    const end =
      tunnelPath.destination.problem?.why ??
      tunnelPath.destination.backends.map(({ workload }) => describeObject(workload.ref)).join(', ');
    return [{ certain: !mayDemand, sentence: `${start} and leads to ${end}`, evidence, path }];
  }
  return forwarded.flatMap(({ proxy, route }): readonly Objection[] => {
    const certainty = strongest(route.controls);
    if (certainty === 'verified') return [];
    const demands = demandsOf(route.controls) || 'nothing';
    const sentence = `${start}, and ${describeObject(proxy.workload.ref)} ${route.name} demands ${demands}`;
    const certain = !mayDemand && (certainty === 'none' || certainty === 'presence');
    return [{ certain, sentence, evidence: [...evidence, { object: route.object, rule: route.name }], path }];
  });
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

function proveGatewayRule(analysed: RouteControls): Conclusion {
  const { route, rule, gateway, listener, hostnames, controls, unknowns } = analysed;
  const place = `${describeObject(route)} rules[${rule.index}] on ${describeObject(gateway)} listener ${listener.name}`;
  const evidence: Evidence[] = [
    { object: route, rule: `rules[${rule.index}]` },
    ...controls.map(({ object, type }) => ({ object, rule: type })),
  ];
  const demands = demandsOf(controls) || 'nothing';
  const certainty = strongest(controls);
  const objections: Objection[] = unknowns.map((why) => ({
    certain: false,
    sentence: `${place}: ${why}`,
    evidence,
  }));
  if (certainty !== 'verified' && certainty !== 'program') {
    // Whether the Gateway is for the home only, no object tells: nothing is refuted by it alone.
    const sentence = `${place} demands ${demands}, and no object tells whether anything outside leads there`;
    const remedy = 'Let a SecurityPolicy of the route or its Gateway demand who asks, such as jwt or oidc';
    objections.push({ certain: false, sentence, evidence, remedy });
  }
  const claim = `From outside, ${hostnames.join(', ')} is denied by default: ${place} demands who asks`;
  return conclude(claim, objections, {
    sentence: `${hostnames.join(', ')}: ${demands}`,
    evidence,
  });
}

function demandsOf(controls: readonly Control[]): string {
  return controls.map(({ demands }) => demands).join('; ');
}
