import { describeObject } from '../../manifests/sourcedObject.ts';
import { strongest } from '../entrypoints/pathTracing.ts';
import { type RouteControls, routeControls } from '../gateways/routeControls.ts';
import type { Evidence, Proof } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { conclude, type Objection } from './conclusion.ts';

/** Whether each rule of each route that hands requests on is gated by its Gateway. */
export function proveRoutes(model: Model): readonly Proof[] {
  return routeControls(model.objects)
    .filter(({ backendRefs }) => backendRefs.length > 0)
    .map(proveRule);
}

function proveRule(judged: RouteControls): Proof {
  const { route, rule, gateway, listener, hostnames, controls, unknowns } = judged;
  const place = `${describeObject(route)} rules[${rule.index}] on ${describeObject(gateway)} listener ${listener.name}`;
  const evidence: Evidence[] = [
    { object: route, rule: `rules[${rule.index}]` },
    ...controls.map(({ object, type }) => ({ object, rule: type })),
  ];
  const demands = controls.map((control) => control.demands).join('; ') || 'nothing';
  const gate = strongest(controls);
  const objections: Objection[] = unknowns.map((why) => ({
    certain: false,
    sentence: `${place}: ${why}`,
    evidence,
  }));
  if (gate !== 'verified' && gate !== 'program') {
    // Whether the Gateway is for the home only, no object tells: nothing is refuted by it alone.
    const sentence = `${place} demands ${demands}, and no object tells whether anything outside leads there`;
    const remedy = 'Let a SecurityPolicy of the route or its Gateway demand who asks, such as jwt or oidc';
    objections.push({ certain: false, sentence, evidence, remedy });
  }
  const claim = `From outside, ${hostnames.join(', ')} is denied by default: ${place} demands who asks`;
  return conclude('outside-gated', claim, objections, {
    sentence: `${hostnames.join(', ')}: ${demands}`,
    evidence,
  });
}
