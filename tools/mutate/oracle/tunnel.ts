import { parse } from 'yaml';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import type { SimulatedCluster } from './cluster.ts';

/** What a tunnel does with a request. */
interface Answer {
  service: string;
  /** Whether it demands a token of Cloudflare Access. */
  demands: boolean;
}

/** The rules of each configuration of a tunnel among ConfigMaps. */
function configurationsOf({ objects }: SimulatedCluster): readonly ConfigData[] {
  return objects
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => Object.values<unknown>(data ?? {}))
    .flatMap((text): ConfigData[] => {
      if (typeof text !== 'string' || !/^ingress:/m.test(text)) return [];
      try {
        const value = parse(text);
        return Array.isArray(value?.ingress) ? [value] : [];
      } catch {
        return [];
      }
    });
}

/**
 * The first rule that matches answers: a hostname with `*.` matches every name below, no hostname every name, and a
 * path is a regular expression that matches anywhere. Source: cloudflared 2026.8.2, ingress/rule.go and
 * ingress/ingress.go (`FindMatchingRule`).
 */
function answer({ ingress }: ConfigData, host: string, path: string): Answer {
  for (const rule of ingress) {
    const { hostname = '', path: pattern = '' } = rule;
    const matchesHost =
      hostname === '' ||
      hostname === '*' ||
      hostname === host ||
      (hostname.startsWith('*.') && host.endsWith(hostname.slice(1)));
    if (!matchesHost || (pattern !== '' && !new RegExp(pattern).test(path))) continue;
    return { service: String(rule.service ?? ''), demands: demandsToken(rule) };
  }
  return { service: 'http_status:404', demands: false };
}

/**
 * Access without `required: true` lets requests without a token pass. Without an audience no token fits, and each request
 * is answered 403. `access` at the top level is merged into no rule. Source: cloudflared 2026.8.2,
 * ingress/middleware/jwtvalidator.go and ingress/config.go.
 */
function demandsToken({ originRequest }: ConfigData): boolean {
  const { access } = originRequest ?? {};
  return access?.required === true && String(access.teamName ?? '') !== '';
}

/** Requests that a tunnel hands on without a token: `host path service`. */
export function openRequests(cluster: SimulatedCluster, hosts: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const configuration of configurationsOf(cluster))
    for (const host of hosts)
      for (const path of ['/', '/api', '/api/x', '/open']) {
        const { service, demands } = answer(configuration, host, path);
        if (!demands && !/^http_status:|^hello[-_]world$/.test(service))
          found.add(`${host} ${path} ${service}`);
      }
  return found;
}

/** Hostnames that configurations name, and one that none names. */
export function hostsOf(...clusters: readonly SimulatedCluster[]): readonly string[] {
  const named = clusters
    .flatMap(configurationsOf)
    .flatMap(({ ingress }) => ingress.flatMap(({ hostname }: ConfigData) => hostname ?? []));
  return [...new Set([...named.map((name: string) => name.replace('*', 'any')), 'unnamed.example.test'])];
}
