import { isTemplate } from '../../kubernetes/fields.ts';
import type { Truth } from '../model/truth.ts';
import type { ProxyRoute, ProxyWorkload } from '../proxies/proxy.ts';

/** An earlier rule of a tunnel that takes every request of a later one, for certain (`yes`) or not (`maybe`). */
export interface Shadow {
  earlier: ProxyRoute;
  truth: Exclude<Truth, 'no'>;
}

/**
 * Finds the earlier rule that shadows a rule of a tunnel. cloudflared takes the first rule that matches a request
 * (`ingress/ingress.go`). A path is a regular expression. Two different ones are not compared.
 */
export function shadowOf({ routes }: ProxyWorkload, rule: ProxyRoute): Shadow | undefined {
  const shadows = routes
    .slice(0, Math.max(0, routes.indexOf(rule)))
    .filter(({ path }) => matchesEveryPath(path) || path === rule.path)
    .flatMap((earlier): Shadow[] => {
      const truth = coversHostname(earlier.hostname, rule.hostname);
      return truth === 'no' ? [] : [{ earlier, truth }];
    });
  return shadows.find(({ truth }) => truth === 'yes') ?? shadows[0];
}

const everyPath = new Set(['', '/', '^/', '.*', '/.*', '^/.*']);

function matchesEveryPath(path: string | undefined): boolean {
  return path === undefined || everyPath.has(path);
}

/** Whether a hostname or wildcard matches every name that the other one matches. Undefined matches every name. */
function coversHostname(earlier: string | undefined, later: string | undefined): Truth {
  if (earlier === undefined || earlier === later) return 'yes';
  if (later === undefined) return 'no';
  // `*.example.org` matches every name that ends in `.example.org`, at any depth.
  const isWildcard = earlier.startsWith('*.');
  const end = isWildcard ? earlier.slice(1) : earlier;
  const matches = (name: string, ending: string) => (isWildcard ? name.endsWith(ending) : name === ending);
  if (matches(later, end)) return 'yes';
  // cloudflared compares letters as they are, and a hostname may arrive in either case.
  if (matches(later.toLowerCase(), end.toLowerCase())) return 'maybe';
  return withoutCommonEnd(end, later).some(isTemplate) ? 'maybe' : 'no';
}

/** What differs decides: `a.${DOMAIN}` and `b.${DOMAIN}` are never the same, whatever the domain is. */
function withoutCommonEnd(one: string, other: string): readonly [string, string] {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one.at(-1 - length) === other.at(-1 - length))
    length++;
  return [one.slice(0, one.length - length), other.slice(0, other.length - length)];
}
