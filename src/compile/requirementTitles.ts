import type { Login } from '../components/contract/login.ts';
import type { Requirement, RequirementKind } from '../components/contract/requirements.ts';

/** A requirement as messages name it, with its article. */
export function titleOf(requirement: Requirement): string {
  switch (requirement.kind) {
    case 'route':
      return `a route from the internet with ${loginTitles[requirement.login.kind]}`;
    case 'app':
      return `a connection with the app ${requirement.app}`;
    default:
      return titles[requirement.kind];
  }
}

const loginTitles: Record<Login['kind'], string> = {
  access: 'the login of Cloudflare Access',
  jwt: 'a signed token (JWT)',
  oidc: 'the login of an identity provider (OpenID Connect)',
  extauth: 'external authorization',
  'access-and': 'the login of Cloudflare Access and a second check',
  'oidc-or-jwt': 'the login of an identity provider or a signed token',
  none: 'no login',
};

const titles: Record<Exclude<RequirementKind, 'route' | 'app'>, string> = {
  namespace: 'a namespace',
  'node-port': 'a port of the nodes',
  connection: 'a connection',
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
