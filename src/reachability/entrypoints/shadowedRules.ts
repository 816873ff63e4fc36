import type { Truth } from '../model/truth.ts';
import type { ProxyRoute, ProxyWorkload } from '../proxies/proxy.ts';
import { hostShare, matchesEveryPath, pathShare } from '../proxies/requests.ts';

/** Another rule of a tunnel that takes requests which a rule is written for. */
export interface Taker {
  rule: ProxyRoute;
  truth: Exclude<Truth, 'no'>;
  /** Whether it takes every request of the rule, or those for some paths only. */
  whole: boolean;
}

/**
 * The other rules that take requests for the hostname of a rule, in their order. cloudflared takes the first rule that
 * matches a request (`ingress/ingress.go`). Those are earlier rules, and later ones if the rule itself does not match
 * the hostname that it means. Rules for narrower hostnames are not among them: they are written for these. Of a rule
 * with a path only what takes all of its requests counts.
 */
export function takersOf({ routes }: ProxyWorkload, rule: ProxyRoute): readonly Taker[] {
  const takers: Taker[] = [];
  const { intended, path } = rule.requests;
  let certain = true;
  for (const each of routes) {
    const share = hostShare(each.requests, intended);
    if (each === rule) {
      if (share === 'all' && certain) return takers;
      certain &&= share === 'none';
      continue;
    }
    if (share === 'none' || share === 'some') continue;
    const whole = pathShare(each.requests.path, path) === 'all';
    if (!whole && path !== undefined) continue;
    takers.push({ rule: each, truth: certain && share === 'all' ? 'yes' : 'maybe', whole });
    if (whole && share === 'all') return takers;
  }
  return takers;
}

/** The earlier rule that takes every request of a rule, for certain before one that may. */
export function shadowOf(tunnel: ProxyWorkload, rule: ProxyRoute): Taker | undefined {
  const place = tunnel.routes.indexOf(rule);
  const shadows = takersOf(tunnel, rule).filter(
    ({ rule: other, whole }) => whole && tunnel.routes.indexOf(other) < place,
  );
  return shadows.find(({ truth }) => truth === 'yes') ?? shadows[0];
}

/** Whether a rule matches requests for the hostname that it means. */
export function matchesItsHostname({ requests }: ProxyRoute): Truth {
  const share = hostShare(requests, requests.intended);
  return share === 'all' ? 'yes' : share === 'maybe' ? 'maybe' : 'no';
}

/** The hostnames below that of a rule for which other rules take requests: earlier ones, or any if it does not match. */
export function excludedHostnames({ routes }: ProxyWorkload, rule: ProxyRoute): readonly string[] {
  const earlier =
    matchesItsHostname(rule) === 'yes' ? routes.slice(0, Math.max(0, routes.indexOf(rule))) : routes;
  return [
    ...new Set(
      earlier
        .filter(({ requests }) => hostShare(requests, rule.requests.intended) === 'some')
        .filter(({ requests }) => matchesEveryPath(requests.path) || rule.requests.path === undefined)
        .flatMap(({ hostname }) => hostname ?? []),
    ),
  ];
}
