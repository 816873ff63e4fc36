import type { Component } from '../../../components/contract/component.ts';
import { link, numbered, table } from './markdown.ts';

/** What people run beside this that Gatehouse has no component for yet. One that it has by now is left out. */
const notYet: readonly { component: string; item: string; notes: string }[] = [
  {
    component: 'gateway',
    item: 'Envoy Gateway',
    notes: 'Routes for several apps; the three kinds of OIDC authentication below need it',
  },
  {
    component: 'keycloak',
    item: 'Keycloak OIDC Provider',
    notes: 'Accounts of your own, for all that needs an OIDC provider',
  },
  {
    component: 'cnpg',
    item: 'CloudNativePG Operator',
    notes: 'Shared PostgreSQL clusters, with pgvector and backups',
  },
  { component: 'grpc', item: 'gRPC Routing', notes: 'Adopt when gRPC services are deployed' },
  {
    component: 'app-template',
    item: 'Shared bjw-s Repository',
    notes: 'One OCIRepository for all HelmReleases of the chart app-template; only for multiple bjw-s apps',
  },
  {
    component: 'external-secrets',
    item: 'ClusterSecretStore Templates',
    notes: 'Secrets from 1Password, Bitwarden or Vault',
  },
  { component: 'otel', item: 'OTel Metrics Sink', notes: 'Unified observability (optional)' },
  { component: 'tls-passthrough', item: 'TCP/TLS Passthrough', notes: 'Adopt when needed' },
  {
    component: 'merged-gateways',
    item: 'Merged Gateways',
    notes:
      'One Envoy for all Gateways of a class (`mergeGateways` of the EnvoyProxy): evaluate for resource optimization',
  },
];

/** What could be there and is not: components that are off, and those that Gatehouse does not have yet. */
export function futureConsiderations(
  catalogue: readonly Component[],
  on: readonly string[],
  documents: ReadonlyMap<string, string>,
): string {
  const off = catalogue.filter(({ name }) => !on.includes(name));
  const known = new Set(catalogue.map(({ name }) => name));
  const missing = notYet.filter(({ component }) => !known.has(component));
  const own = documents.has('docs/own-apps.md') ? link('docs/own-apps.md', documents) : '-';
  return table(
    ['Item', 'Source Guide', 'Implementation Guide', 'Notes'],
    [
      ...off.map(({ name, section, summary, listing }) => [
        `**${listing?.title ?? name}**`,
        section === undefined ? '-' : `\`gatehouse explain ${section}\``,
        '-',
        section === undefined
          ? `Off: nothing in \`cluster.yaml\` needs it. ${summary}`
          : `Off: the section \`${section}\` of \`cluster.yaml\` turns it on. ${summary}`,
      ]),
      ...missing.map(({ item, notes }) => [
        item,
        '-',
        own,
        `${notes}. Gatehouse has no component for it yet: bring your own manifests`,
      ]),
    ],
  );
}

const oidcOptions: readonly { component: string; name: string; lines: readonly string[] }[] = [
  {
    component: 'jwt',
    name: 'JWT SecurityPolicy',
    lines: [
      'For API and service-to-service authentication',
      'Validates Bearer tokens, extracts claims to headers',
    ],
  },
  {
    component: 'oidc',
    name: 'Native OIDC SecurityPolicy',
    lines: ['For web browser SSO', 'Session-based authentication with cookies and a login redirect flow'],
  },
  {
    component: 'oauth2-proxy',
    name: 'OAuth2-Proxy ext_authz',
    lines: ['For advanced claims forwarding', 'Forwards user info as X-Auth-Request-* headers'],
  },
];

/** The ways to sign in with an OIDC provider that the gateway of the source guides has. */
export function oidcAuthentication(catalogue: readonly Component[]): string {
  const known = new Set(catalogue.map(({ name }) => name));
  const items = oidcOptions.map(({ component, name, lines }) => {
    const state = known.has(component)
      ? 'Gatehouse has a component for it'
      : 'Gatehouse has no component for it yet';
    return [`**${name}** - ${lines[0]}`, ...lines.slice(1), state];
  });
  return numbered(items.map(([title = '']) => title))
    .split('\n')
    .map((line, index) => [line, ...(items[index] ?? []).slice(1).map((each) => `   - ${each}`)].join('\n'))
    .join('\n\n');
}
