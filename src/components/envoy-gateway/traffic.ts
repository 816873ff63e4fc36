import type { BackendTrafficPolicy, ClientTrafficPolicy } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { envoy, type GatewayKey, gatewayName, gatewaysOf } from './names.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = Pick<BuildContext<EnvoyGatewaySection>, 'section' | 'bindings'>;
type Headers = NonNullable<NonNullable<ClientTrafficPolicy['spec']['headers']>['earlyRequestHeaders']>;

function placeOf({ section }: Context, key: GatewayKey) {
  const { namespace, labels } = envoy(section, key);
  return {
    metadata: { name: gatewayName(key), namespace, labels: objectLabels({ labels }) },
    targetRefs: [
      { group: 'gateway.networking.k8s.io' as const, kind: 'Gateway' as const, name: gatewayName(key) },
    ],
  };
}

/** Headers in which apps believe who asks. What Envoy has verified is written after these are removed. */
const identity = [
  ...['X-User', 'X-Username', 'X-Email', 'X-Groups', 'X-Roles', 'X-Userinfo', 'X-Client-Cert'],
  ...['X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Groups', 'X-Forwarded-Preferred-Username'],
  ...['X-Forwarded-Access-Token', 'X-Remote-User', 'X-Proxy-User', 'X-Vouch-User'],
];
/**
 * In these some apps believe that another host, path, scheme or method was asked for, or that the client has another
 * address. Envoy says it by Host, X-Forwarded-Proto and X-Forwarded-For, and lets every method through, so that no client
 * needs them.
 */
const elsewhere = [
  ...['X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Server', 'X-Forwarded-Scheme', 'X-Forwarded-Ssl'],
  ...['X-Forwarded-Prefix', 'X-Forwarded-Path', 'X-Forwarded-Uri', 'X-Forwarded-Method', 'X-Forwarded'],
  ...['X-Host', 'X-Scheme', 'X-Url-Scheme', 'Front-End-Https', 'X-Script-Name', 'X-Rewrite-URL'],
  ...['X-Method-Override', 'X-Real-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'True-Client-IP'],
  ...['Fastly-Client-IP', 'DO-Connecting-IP'],
];
/** CGI makes HTTP_PROXY of the first, and Rack sends files where the others say. */
const commands = ['Proxy', 'X-Sendfile-Type'];
const prefixesOfCommands = ['x-accel-'];
const elsewherePrefixes = ['x-original-', 'x-http-method', 'forwarded', 'x-appengine-'];
const identityPrefixes = [
  'x-user-',
  'x-auth-request-',
  'x-auth-user',
  'x-authentik-',
  'x-authelia-',
  'x-webauth-',
  'remote-',
  'ssl-client-',
  'x-token-',
  'x-pomerium-',
  'x-goog-authenticated-user-',
  'x-goog-iap-',
  'x-ms-client-principal',
  'x-amzn-oidc-',
  'tailscale-user-',
];

/** Names that a ClientTrafficPolicy may list in `remove` (Envoy Gateway 1.9, its definition). */
const mostRemoved = 64;

/** How many headers of claims are more than every Gateway of the section can remove from what clients send; 0 if none. */
export function claimHeadersTooMany(context: Context): number {
  const lengths = gatewaysOf(context.section).map((key) => removedHeaders(context, key).remove?.length ?? 0);
  return Math.max(mostRemoved, ...lengths) - mostRemoved;
}

/**
 * What a client may not say of itself. Envoy's own headers change timeouts and retries, and those of Cloudflare are worth
 * something only where cloudflared is the only client.
 */
function removedHeaders(context: Context, key: GatewayKey): Headers {
  const claims = context
    .bindings('token-issuer')
    .flatMap(({ binding }) => binding.claimHeaders.map(({ header }) => header));
  // Envoy appends the address that it sees. Cloudflare writes that of the client, behind what the client wrote.
  const addresses = key === 'tunnel' ? [] : ['X-Forwarded-For'];
  const names = [...identity, ...elsewhere, ...commands, ...addresses, ...claims];
  const remove = [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
  const prefixes = [
    ...[...identityPrefixes, ...elsewherePrefixes, ...prefixesOfCommands, 'x-envoy-'],
    // Of what Cloudflare says of a person, the token alone is verified: the rest is written anew from it.
    key === 'tunnel' ? 'cf-access-authenticated-' : 'cf-',
  ];
  return { remove, removeOnMatch: prefixes.map((value) => ({ type: 'Prefix', value })) };
}

/** How Envoy speaks with clients. */
export function clientTraffic(context: Context, key: GatewayKey): ClientTrafficPolicy {
  const { metadata, targetRefs } = placeOf(context, key);
  const isTunnel = key === 'tunnel';
  return {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'ClientTrafficPolicy',
    metadata,
    spec: {
      targetRefs,
      // The load balancer keeps the address of the client. Only cloudflared reaches the other, and it writes the header.
      ...(isTunnel
        ? { clientIPDetection: { customHeader: { name: 'CF-Connecting-IP', failClosed: true } } }
        : {}),
      headers: {
        earlyRequestHeaders: removedHeaders(context, key),
        withUnderscoresAction: 'RejectRequest',
        xForwardedClientCert: { mode: 'Sanitize' },
      },
      // An escaped slash would be one path to Envoy and another to the app.
      path: { escapedSlashesAction: 'RejectRequest' },
      timeout: {
        http: { requestHeadersReceivedTimeout: '10s', idleTimeout: '1h', streamIdleTimeout: '5m' },
        tcp: { idleTimeout: '1h', ...(isTunnel ? {} : { tlsHandshakeTimeout: '10s' }) },
      },
      connection: { bufferLimit: '32Ki', connectionLimit: { value: 10_000 } },
      http2: {
        maxConcurrentStreams: 100,
        initialStreamWindowSize: '64Ki',
        initialConnectionWindowSize: '1Mi',
      },
      ...(isTunnel ? {} : { tls: { minVersion: '1.2', alpnProtocols: ['h2', 'http/1.1'] } }),
      ...(context.section.http3 && !isTunnel ? { http3: {} } : {}),
    },
  };
}

/** How Envoy speaks with backends. An upload or a stream may take as long as it moves: only silence ends it. */
export function backendTraffic(context: Context, key: GatewayKey): BackendTrafficPolicy {
  const { metadata, targetRefs } = placeOf(context, key);
  return {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'BackendTrafficPolicy',
    metadata,
    spec: {
      targetRefs,
      timeout: {
        tcp: { connectTimeout: '10s' },
        http: { requestTimeout: '0s', connectionIdleTimeout: '1h', streamIdleTimeout: '5m' },
      },
      circuitBreaker: { maxConnections: 1024, maxPendingRequests: 1024, maxParallelRequests: 1024 },
      retry: { numRetries: 2, retryOn: { triggers: ['connect-failure', 'reset-before-request'] } },
    },
  };
}
