import type { Login } from '../components/contract/login.ts';
import type {
  Origin,
  Requirement,
  RequirementKind,
  RouteRequirement,
} from '../components/contract/requirements.ts';

/** A requirement as messages name it, with its article. */
export function titleOf(requirement: Requirement): string {
  switch (requirement.kind) {
    case 'route':
      return `${ways[requirement.gate]} from ${origins[requirement.from]} with ${loginTitles[requirement.login.kind]}`;
    case 'grpc-route':
    case 'tcp-route':
    case 'tls-route':
      return `${titles[requirement.kind]} from ${origins[requirement.from]} with ${loginTitles[requirement.login.kind]}`;
    case 'token-issuer':
      return `the issuer of tokens ${requirement.name}`;
    case 'app':
      return `a connection with the app ${requirement.app}`;
    default:
      return titles[requirement.kind];
  }
}

const ways: Record<RouteRequirement['gate'], string> = {
  gateway: 'a route',
  proxy: 'a route with a proxy of its own',
};

const origins: Record<Origin, string> = { internet: 'the internet', home: 'the home network' };

/** The logins as messages name them. */
export const loginTitles: Record<Login['kind'], string> = {
  access: 'the login of Cloudflare Access',
  jwt: 'a signed token (JWT)',
  oidc: 'the login of an identity provider (OpenID Connect)',
  extauth: 'external authorization',
  'access-and': 'the login of Cloudflare Access and a second check',
  'oidc-or-jwt': 'the login of an identity provider or a signed token',
  'home-network': 'an address of the home network as the only login',
  none: 'no login',
};

const titles: Record<Exclude<RequirementKind, 'route' | 'app' | 'token-issuer'>, string> = {
  namespace: 'a namespace',
  'node-port': 'a port of the nodes',
  'home-service': 'an address at home',
  connection: 'a connection',
  'grpc-route': 'a gRPC route',
  'tcp-route': 'a TCP route',
  'tls-route': 'a TLS route',
  'labelled-routes': 'a policy for labelled routes',
  'access-team': 'the team of Cloudflare Access',
  name: 'a name in DNS',
  definition: 'the definition of a kind',
  tunnel: 'a tunnel to Cloudflare',
  bucket: 'a bucket',
  volume: 'a volume',
  backup: 'backups of a volume',
  database: 'a database',
  certificate: 'a certificate',
  'store-item': 'a secret from an external store',
  'talos-api': 'access to the Talos API',
  health: 'a check before a node goes down',
  chart: 'a chart',
};
