import { z } from 'zod';

const rule = z.looseObject({
  hostname: z.string().optional(),
  path: z.string().optional(),
  service: z.string(),
  originRequest: z
    .looseObject({
      access: z
        .looseObject({
          required: z.boolean().default(false),
          teamName: z.string().default(''),
          audTag: z.array(z.string()).default([]),
        })
        .optional(),
    })
    .optional(),
});

/** What of the configuration file of cloudflared the stand-in reads. */
export const tunnelConfiguration = z.looseObject({
  tunnel: z.string(),
  'credentials-file': z.string(),
  metrics: z.string().default('127.0.0.1:0'),
  ingress: z.array(rule).min(1, "The config file doesn't contain any ingress rules"),
});

export type TunnelRule = z.infer<typeof rule>;

/** Why cloudflared does not start with these rules (ingress.go, validateHostname); undefined if it does. */
export function whyRefused(rules: readonly TunnelRule[]): string | undefined {
  for (const [at, { hostname = '', path = '', service }] of rules.entries()) {
    const isLast = at === rules.length - 1;
    const catchesAll = ['', '*'].includes(hostname) && path === '';
    if (/:\d+$/.test(hostname)) return 'Hostname cannot contain a port';
    if (hostname.lastIndexOf('*') > 0) return 'Hostname patterns can have at most one wildcard character';
    if (isLast && !catchesAll) return 'The last ingress rule must match all URLs';
    if (!isLast && catchesAll) return `Rule #${at + 1} is matching every hostname`;
    if (/^https?:/.test(service) && new URL(service).pathname !== '/')
      return `${service} is an invalid address, ingress rules don't support proxying to a different path`;
  }
  return undefined;
}

/** The first rule that matches a request; the last one matches each (ingress.go, FindMatchingRule). */
export function matchingRule(
  rules: readonly TunnelRule[],
  host: string,
  path: string,
): TunnelRule | undefined {
  const name = host.replace(/:\d+$/, '');
  return rules.find(
    ({ hostname = '', path: pattern }) =>
      (['', '*'].includes(hostname) || matchesHost(hostname, name)) &&
      (pattern === undefined || new RegExp(pattern).test(path)),
  );
}

/** `*.example.org` matches every name that ends with `.example.org` (ingress.go, matchHost). */
function matchesHost(wanted: string, host: string): boolean {
  return wanted === host || (wanted.startsWith('*.') && host.endsWith(wanted.slice(1)));
}
