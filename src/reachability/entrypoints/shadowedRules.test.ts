import { describe, expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { compileGoPattern } from '../../kubernetes/goPattern.ts';
import { workloadOf } from '../model/workload.ts';
import { emptyFile } from '../proxies/cloudflared/configurationFile.ts';
import { readRules } from '../proxies/cloudflared/ingressRules.ts';
import type { ProxyRoute, ProxyWorkload } from '../proxies/proxy.ts';
import { excludedHostnames, takersOf } from './shadowedRules.ts';

const object = { kind: 'ConfigMap', name: 'tunnel', namespace: 'edge', file: 'tunnel.yaml' };

function tunnelOf(rules: readonly { hostname: string; path: string }[]): ProxyWorkload {
  const source = {
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'tunnel', namespace: 'edge' }, spec: {} },
    file: 'pod.yaml',
  };
  const workload = workloadOf(source);
  if (workload === undefined) throw new Error('a Pod is a workload');
  const { originRequest } = emptyFile;
  const ingress = [...rules, { hostname: '', path: '' }].map((rule) => ({
    ...rule,
    service: 'http://app',
    originRequest,
  }));
  const { routes, refused } = readRules(
    { ...emptyFile, ingress },
    { object, outgoingProxy: () => undefined, checksAccess: true },
  );
  if (refused !== undefined) throw new Error(refused);
  return {
    workload: { ...workload, index: 0 },
    kind: 'tunnel',
    object,
    routes,
    answering: [],
    unseen: undefined,
  };
}

/** Which rule takes a request, by comparing it with each in turn, as `FindMatchingRule` of cloudflared does. */
function firstRule({ routes }: ProxyWorkload, host: string, path: string): ProxyRoute | undefined {
  return routes.find(({ hostname = '*', path: own }) => {
    const isHost =
      hostname === '*' ||
      hostname === host ||
      (hostname.startsWith('*.') && host.endsWith(hostname.slice(1)));
    return isHost && (own === undefined || compileGoPattern(own)?.(path) === true);
  });
}

const hosts = ['a.org', 'b.a.org', 'c.a.org', 'd.b.a.org', 'o.org', 'ba.org'];
const paths = ['/', '/x', '/xy', '/x/y', '/y/x', '/z', '/y'];
const rule = fc.record({
  hostname: fc.constantFrom('a.org', 'b.a.org', '*.a.org', '*.b.a.org', '*.org', '*.A.org', 'o.org'),
  path: fc.constantFrom('', '', '', '/x', '^/x', '^/x/', '/y', '^/y$', 'x|y', '^/', '^/(?:x|y)', 'x?'),
});

describe('the rules that take requests of a rule', () => {
  it('are those that cloudflared takes before it', () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) => {
        const tunnel = tunnelOf(rules);
        for (const each of tunnel.routes) {
          const takers = takersOf(tunnel, each);
          const { intended, path } = each.requests;
          const named = takers.map((taker) => taker.rule);
          const asked = hosts.filter((host) =>
            intended === undefined
              ? true
              : intended.wildcard
                ? host.endsWith(intended.text)
                : host === intended.text,
          );
          const excluded = excludedHostnames(tunnel, each);
          const isExcluded = (host: string) =>
            excluded.some(
              (other) => other === host || (other.startsWith('*.') && host.endsWith(other.slice(1))),
            );
          for (const host of asked)
            for (const request of paths) {
              const first = firstRule(tunnel, host, request);
              if (first === undefined) throw new Error('the last rule matches every request');
              // A rule without a path: whoever takes a request for its hostname is named, or written for a narrower one.
              if (path === undefined && first !== each && !isExcluded(host)) expect(named).toContain(first);
              // What takes everything for certain leaves nothing.
              if (takers.some(({ whole, truth }) => whole && truth === 'yes')) expect(first).not.toBe(each);
            }
        }
      }),
      { numRuns: 400 },
    );
  });
});
