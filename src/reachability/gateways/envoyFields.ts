import type {
  BackendTrafficPolicy,
  ClientTrafficPolicy,
  EnvoyProxy,
  SecurityPolicy,
} from '../../kubernetes/types/gateway.envoyproxy.io.generated.ts';
import type { FieldTable } from '../kinds/fieldUse.ts';

// What each field does is from the definitions of Envoy Gateway 1.9 (`api/v1alpha1`) and its documentation.

const transport = { harmless: 'it decides how bytes are carried, not who may send them' };
const observation = { harmless: 'it decides what is recorded' };
const reference = { harmless: 'it belongs to a reference that is read as a whole' };
const session = { harmless: 'it decides about a session that exists, not about who gets one' };
const answer = { harmless: 'it decides what a refused or an accepted client is answered' };
const scheduling = { harmless: 'it decides where pods run and how many' };
const asked = { harmless: 'it decides what the authorization service is told' };
const patched = { unknown: 'it may change any field of what Envoy Gateway creates' };

const secretReference = {
  fields: { group: reference, kind: reference, name: 'read', namespace: 'read' },
} as const;
const backendReference = {
  group: 'read',
  kind: 'read',
  name: 'read',
  namespace: 'read',
  port: 'read',
} as const;
const backendReferences = {
  fields: { ...backendReference, fallback: transport, weight: 'read' },
} as const;

/** How the analysis treats the fields of a SecurityPolicy. */
export const securityPolicyFields = {
  apiKeyAuth: {
    fields: {
      credentialRefs: secretReference,
      extractFrom: 'read',
      forwardClientIDHeader: 'read',
      sanitize: { harmless: 'it removes the key before the request reaches the backend' },
    },
  },
  authorization: {
    fields: {
      defaultAction: 'read',
      rules: {
        fields: {
          action: 'read',
          cel: 'read',
          name: { harmless: 'a name' },
          operation: {
            harmless: 'it narrows the requests that a rule is about; the rest gets defaultAction',
          },
          principal: 'read',
        },
      },
    },
  },
  basicAuth: { fields: { forwardUsernameHeader: 'read', users: secretReference } },
  cors: { harmless: 'CORS is for browsers' },
  csrf: { harmless: 'it guards sessions, and lets in whoever has one' },
  extAuth: {
    fields: {
      bodyToExtAuth: asked,
      contextExtensions: 'read',
      failOpen: 'read',
      grpc: {
        fields: { backendRef: 'read', backendRefs: backendReferences, backendSettings: transport },
      },
      headersToExtAuth: asked,
      http: {
        fields: {
          backendRef: 'read',
          backendRefs: backendReferences,
          backendSettings: transport,
          headersToBackend: 'read',
          path: asked,
          pathOverride: asked,
        },
      },
      includeRouteMetadata: asked,
      recomputeRoute: 'read',
      statusOnError: answer,
      timeout: transport,
    },
  },
  jwt: {
    fields: {
      failOpen: 'read',
      optional: 'read',
      providers: {
        fields: {
          audiences: 'read',
          claimToHeaders: 'read',
          extractFrom: 'read',
          issuer: 'read',
          localJWKS: 'read',
          name: 'read',
          recomputeRoute: 'read',
          remoteJWKS: {
            fields: {
              backendRef: 'read',
              backendRefs: backendReferences,
              backendSettings: transport,
              cacheDuration: transport,
              failedRefetchDuration: transport,
              uri: 'read',
            },
          },
        },
      },
    },
  },
  mergeType: 'read',
  oidc: {
    fields: {
      clientID: 'read',
      clientIDRef: 'read',
      clientSecret: 'read',
      cookieConfig: session,
      cookieDomain: session,
      cookieNames: session,
      csrfTokenTTL: session,
      defaultRefreshTokenTTL: session,
      defaultTokenTTL: session,
      denyRedirect: answer,
      disableTokenEncryption: { harmless: 'the cookies of a session stay signed' },
      forwardAccessToken: session,
      forwardIDToken: 'read',
      logoutPath: session,
      passThroughAuthHeader: 'read',
      provider: {
        fields: {
          authorizationEndpoint: { harmless: 'it belongs to the provider that is named' },
          backendRef: 'read',
          backendRefs: backendReferences,
          backendSettings: transport,
          endSessionEndpoint: session,
          issuer: 'read',
          tokenEndpoint: 'read',
        },
      },
      redirectURL: 'read',
      refreshToken: session,
      resources: session,
      scopes: session,
    },
  },
  targetRef: 'read',
  targetRefs: 'read',
  targetSelectors: 'read',
} as const satisfies FieldTable<SecurityPolicy['spec']>;

/** How the analysis treats the fields of a ClientTrafficPolicy. */
export const clientTrafficFields = {
  clientIPDetection: { harmless: 'an address is never a verified identity' },
  connection: transport,
  enableProxyProtocol: { harmless: 'an address is never a verified identity' },
  grpc: transport,
  headers: {
    fields: {
      disableRateLimitHeaders: answer,
      earlyRequestHeaders: 'read',
      enableEnvoyHeaders: answer,
      host: { harmless: 'a trailing dot of the host is removed before a route is chosen' },
      lateResponseHeaders: answer,
      preserveXRequestID: observation,
      requestID: observation,
      withUnderscoresAction: { harmless: 'no access check of Envoy reads such a header' },
      xForwardedClientCert: { harmless: 'no access check of Envoy reads this header' },
    },
  },
  healthCheck: { harmless: 'its path is answered by Envoy, not by a backend' },
  http1: transport,
  http2: transport,
  http3: { harmless: 'the routes and access checks are those of the listener' },
  path: { harmless: 'it decides which rule a path matches; each rule is analysed by itself' },
  proxyProtocol: { harmless: 'an address is never a verified identity' },
  scheme: transport,
  targetRef: 'read',
  targetRefs: 'read',
  targetSelectors: 'read',
  tcpKeepalive: transport,
  timeout: transport,
  tls: { harmless: 'a client certificate is not counted as an access check' },
} as const satisfies FieldTable<ClientTrafficPolicy['spec']>;

/** How the analysis treats the fields of a BackendTrafficPolicy. It applies behind the access checks. */
export const backendTrafficFields = {
  admissionControl: transport,
  bandwidthLimit: transport,
  circuitBreaker: transport,
  compression: transport,
  compressor: transport,
  connection: transport,
  dns: transport,
  faultInjection: answer,
  healthCheck: transport,
  http2: transport,
  httpUpgrade: { harmless: 'the access checks come before the upgrade' },
  loadBalancer: transport,
  mergeType: { harmless: 'no field that it merges opens anything' },
  proxyProtocol: transport,
  rateLimit: answer,
  requestBuffer: transport,
  responseOverride: answer,
  retry: transport,
  routingType: transport,
  targetRef: reference,
  targetRefs: reference,
  targetSelectors: reference,
  tcpKeepalive: transport,
  telemetry: observation,
  timeout: transport,
  useClientProtocol: transport,
} as const satisfies FieldTable<BackendTrafficPolicy['spec']>;

type Provider = NonNullable<EnvoyProxy['spec']['provider']>;
type Pods = NonNullable<NonNullable<Provider['kubernetes']>['envoyDeployment']>;
type DaemonPods = NonNullable<NonNullable<Provider['kubernetes']>['envoyDaemonSet']>;

const container = {
  env: { unknown: 'it may change what Envoy runs with' },
  image: { harmless: 'only Envoy understands what Envoy Gateway tells it' },
  imageRepository: { harmless: 'only Envoy understands what Envoy Gateway tells it' },
  resources: scheduling,
  securityContext: { harmless: 'it decides about rights on the node, not about who connects' },
  volumeMounts: { harmless: 'Envoy reads no file that it is not told of' },
} as const satisfies FieldTable<NonNullable<Pods['container']>>;

const pod = {
  affinity: scheduling,
  annotations: 'read',
  imagePullSecrets: scheduling,
  labels: { harmless: 'policies of the namespace of Envoy are read by the labels of its pods alone' },
  nodeSelector: scheduling,
  priorityClassName: scheduling,
  securityContext: { harmless: 'it decides about rights on the node, not about who connects' },
  tolerations: scheduling,
  topologySpreadConstraints: scheduling,
  volumes: { harmless: 'Envoy reads no file that it is not told of' },
} as const satisfies FieldTable<NonNullable<Pods['pod']>>;

const daemonPods = {
  container: { fields: container },
  name: { harmless: 'a name' },
  patch: patched,
  pod: { fields: pod },
  strategy: scheduling,
} as const satisfies FieldTable<DaemonPods>;

/** How the analysis treats the fields of an EnvoyProxy. */
export const envoyProxyFields = {
  backendTLS: transport,
  bootstrap: { unknown: 'it may change any part of the configuration of Envoy' },
  concurrency: scheduling,
  dynamicModules: { unknown: 'a module may change any request' },
  extraArgs: 'read',
  filterOrder: { unknown: 'it changes the order of the access checks' },
  geoIP: 'read',
  ipFamily: { harmless: 'the listeners and access checks are the same for both families' },
  logging: observation,
  luaValidation: { harmless: 'a script counts as unknown whether it is validated or not' },
  mergeBackends: transport,
  mergeGateways: 'read',
  mergeType: { unknown: 'it merges with the EnvoyProxy of the class, or with the defaults of Envoy Gateway' },
  preserveRouteOrder: {
    harmless: 'it decides which rule a request matches; each rule is analysed by itself',
  },
  provider: {
    fields: {
      host: { unknown: 'Envoy runs on a host, and not in a pod' },
      kubernetes: {
        fields: {
          envoyDaemonSet: { fields: daemonPods },
          envoyDeployment: {
            fields: {
              ...daemonPods,
              initContainers: { unknown: 'such a container may change what Envoy starts with' },
              replicas: scheduling,
              strategy: scheduling,
            },
          },
          envoyHpa: scheduling,
          envoyPDB: scheduling,
          envoyService: {
            fields: {
              allocateLoadBalancerNodePorts: 'read',
              annotations: 'read',
              externalTrafficPolicy: 'read',
              labels: { harmless: 'whether the address of the Service is announced, its type tells' },
              loadBalancerClass: 'read',
              loadBalancerIP: 'read',
              loadBalancerSourceRanges: 'read',
              name: { harmless: 'a name' },
              patch: patched,
              type: 'read',
            },
          },
          envoyServiceAccount: { harmless: 'its name is that of an account without rights' },
          useListenerPortAsContainerPort: { harmless: 'the Service has the same port' },
        },
      },
      type: 'read',
    },
  },
  routingType: transport,
  shutdown: transport,
  telemetry: observation,
} as const satisfies FieldTable<EnvoyProxy['spec']>;
