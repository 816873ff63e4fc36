import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { reference } from '../../config/private.ts';
import { defined } from '../../kubernetes/defined.ts';
import type { SecurityPolicy } from '../../kubernetes/types.ts';
import type { AccessTeamBinding, TokenIssuerBinding } from '../contract/bindings.ts';
import type { AccessLogin, HomeNetworkLogin, JwtLogin, NoLogin } from '../contract/login.ts';

type Spec = SecurityPolicy['spec'];
export type Demands = Pick<Spec, 'jwt' | 'authorization'>;
type Authorization = NonNullable<Spec['authorization']>;
type Rule = NonNullable<Authorization['rules']>[number];
type Provider = NonNullable<NonNullable<Spec['jwt']>['providers']>[number];
type Claims = NonNullable<NonNullable<NonNullable<Rule['principal']>['jwt']>['claims']>;

/** The logins that Envoy Gateway can ask for by itself. */
export type GatewayLogin = AccessLogin | JwtLogin | HomeNetworkLogin | NoLogin;

/** A SecurityPolicy on one target of its own namespace. */
export function securityPolicy(
  metadata: SecurityPolicy['metadata'],
  target: { kind: 'Gateway' | 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute'; name: string; sectionName?: string },
  demands: Demands,
): SecurityPolicy {
  return {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'SecurityPolicy',
    metadata,
    spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', ...target }], ...demands },
  };
}

/** A route without a policy of its own answers 403. */
export const denied: Demands = { authorization: { defaultAction: 'Deny' } };
/** Everybody may pass: a policy too, since without one the Gateway's own would deny. */
export const allowed: Demands = { authorization: { defaultAction: 'Allow' } };

/** Whoever has an address of the home network or the VPN. The Service keeps the address of the client. */
export function atHome({ cluster: { network } }: ClusterSettings): Demands {
  const clientCIDRs = [...network.lan, ...network.vpn].map(reference);
  return {
    authorization: {
      defaultAction: 'Deny',
      rules: [{ name: 'home-network', action: 'Allow', principal: { clientCIDRs } }],
    },
  };
}

/** Every address of both families. */
const everybody = { clientCIDRs: ['0.0.0.0/0', '::/0'] };

/** The same demands, and nobody may ask for what is below one of the paths, whoever they are. */
export function withoutPaths(demands: Demands, paths: readonly string[]): Demands {
  if (paths.length === 0) return demands;
  const { authorization = { defaultAction: 'Allow' as const } } = demands;
  const closed = paths.map(
    (value, index): Rule => ({
      name: `closed-${index + 1}`,
      action: 'Deny',
      principal: everybody,
      operation: { path: { type: 'PathPrefix', value } },
    }),
  );
  return {
    ...demands,
    authorization: { ...authorization, rules: [...closed, ...(authorization.rules ?? [])] },
  };
}

/** Keys are read again so often. While the issuer does not answer, those that were read last count on (Envoy 1.39, async fetch). */
const cacheDuration = '300s';

/**
 * The token of Access, which is in one header alone (Cloudflare docs, Validate JWTs). A token of a service has the claim
 * `common_name` instead of `email`.
 */
export function withAccess(
  { audience, emails, serviceTokens }: AccessLogin,
  { team }: AccessTeamBinding,
): Demands {
  const provider = 'access';
  const issuer = `https://${reference(team)}.cloudflareaccess.com`;
  const claim = (name: string, values: readonly string[]): Rule[] =>
    values.length === 0
      ? []
      : [allow(name.replaceAll('_', '-'), { provider, claims: [oneOf('String', name, values)] })];
  return demanding(
    {
      name: provider,
      issuer,
      audiences: [reference(audience)],
      remoteJWKS: { uri: `${issuer}/cdn-cgi/access/certs`, cacheDuration },
      extractFrom: { headers: [{ name: 'Cf-Access-Jwt-Assertion' }] },
      claimToHeaders: [
        { claim: 'sub', header: 'X-User-ID' },
        { claim: 'email', header: 'X-User-Email' },
        { claim: 'email', header: 'Cf-Access-Authenticated-User-Email' },
      ],
    },
    [...claim('email', emails.map(reference)), ...claim('common_name', serviceTokens.map(reference))],
  );
}

/** A bearer token. `failOpen` and `optional` would let requests without a good one pass, and have no field. */
export function withToken(
  { issuer: name, audiences, allow: holders }: JwtLogin,
  issuer: TokenIssuerBinding,
): Demands {
  const { emails, groups, scopes } = holders;
  const claims: Claims = [
    ...(emails.length > 0 ? [oneOf('String', 'email', emails.map(reference))] : []),
    ...(groups.length > 0 ? [oneOf('StringArray', 'groups', groups)] : []),
  ];
  const asksMore = claims.length > 0 || scopes.length > 0;
  return demanding(
    {
      name,
      issuer: issuer.issuer,
      audiences: [...audiences],
      remoteJWKS: keysOf(issuer),
      extractFrom: { headers: [{ name: 'Authorization', valuePrefix: 'Bearer ' }] },
      claimToHeaders: issuer.claimHeaders.map(({ claim, header }) => ({ claim, header })),
    },
    asksMore
      ? [
          allow(
            'holders',
            defined({
              provider: name,
              claims: claims.length > 0 ? claims : undefined,
              scopes: scopes.length > 0 ? [...scopes] : undefined,
            }),
          ),
        ]
      : [],
  );
}

function keysOf({ keys: { url: uri, backend } }: TokenIssuerBinding): NonNullable<Provider['remoteJWKS']> {
  if (backend === undefined) return { uri, cacheDuration };
  const { service: name, port, workload } = backend;
  return {
    uri,
    backendRefs: [{ group: '', kind: 'Service', name, namespace: workload.namespace, port }],
    cacheDuration,
  };
}

function demanding(provider: Provider, rules: readonly Rule[]): Demands {
  return {
    jwt: { providers: [provider] },
    ...(rules.length > 0 ? { authorization: { defaultAction: 'Deny', rules: [...rules] } } : {}),
  };
}

function allow(name: string, jwt: NonNullable<NonNullable<Rule['principal']>['jwt']>): Rule {
  return { name, action: 'Allow', principal: { jwt } };
}

function oneOf(valueType: 'String' | 'StringArray', name: string, values: readonly string[]): Claims[number] {
  return { name, valueType, values: [...values] };
}
