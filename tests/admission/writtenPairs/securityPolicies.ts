import { pairsOf, type WrittenPair } from './writtenPair.ts';

const targetRef = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'a' };
const service = { name: 'a', port: 80 };
const policy = (fields: object) => ({ targetRef, ...fields });

const providers = [{ name: 'a', remoteJWKS: { uri: 'https://a.example.org/keys' } }];
const withToken = { providers };
const allowed = (rule: object, fields: object = {}) =>
  policy({ authorization: { rules: [{ action: 'Allow', ...rule }] }, ...fields });
const fromHome = { principal: { clientCIDRs: ['10.0.0.0/8'] } };
const claims = [{ name: 'groups', valueType: 'StringArray', values: ['family'] }];
const byToken = (jwt: object) => ({ principal: { jwt: { provider: 'a', ...jwt } } });

const asked = (extAuth: object) => policy({ extAuth });
const askedHttp = (fields: object) => asked({ http: { backendRefs: [service], ...fields } });
const askedWith = (extension: object) =>
  asked({ http: { backendRefs: [service] }, contextExtensions: [{ name: 'a', ...extension }] });
const valueRef = { group: '', kind: 'ConfigMap', name: 'a', key: 'a' };

const keysFrom = (retry: object) =>
  policy({
    jwt: {
      providers: [
        {
          name: 'a',
          remoteJWKS: {
            uri: 'https://a.example.org/keys',
            backendRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'a' }],
            backendSettings: { retry },
          },
        },
      ],
    },
  });
const signedIn = (fields: object) =>
  policy({
    oidc: {
      provider: { issuer: 'https://a.example.org' },
      clientID: 'a',
      clientSecret: { name: 'a' },
      ...fields,
    },
  });

export const securityPolicies: readonly WrittenPair[] = pairsOf(
  'gateway.envoyproxy.io/v1alpha1',
  'SecurityPolicy',
  {
    'this policy can only have a targetRef.kind of Gateway/ListenerSet/HTTPRoute/GRPCRoute/TCPRoute': [
      { targetRef },
      { targetRef: { ...targetRef, kind: 'UDPRoute' } },
    ],
    'this policy can only have a targetRefs[*].kind of Gateway/ListenerSet/HTTPRoute/GRPCRoute/TCPRoute': [
      { targetRefs: [targetRef] },
      { targetRefs: [targetRef, { ...targetRef, kind: 'UDPRoute' }] },
    ],
    'if authorization.rules.principal.jwt is used, jwt must be defined': [
      allowed(byToken({ claims }), { jwt: withToken }),
      allowed(byToken({ claims })),
    ],
    'at least one of claims or scopes must be specified': [
      allowed(byToken({ scopes: ['a'] }), { jwt: withToken }),
      allowed(byToken({}), { jwt: withToken }),
    ],
    'at least one of methods or path must be specified': [
      allowed({ ...fromHome, operation: { methods: ['GET'] } }),
      allowed({ ...fromHome, operation: {} }),
    ],
    'at least one of country, region, city, asn, isp, or anonymous must be specified': [
      allowed({ principal: { clientIPGeoLocations: [{ country: 'DE' }] } }),
      allowed({ principal: { clientIPGeoLocations: [{}] } }),
    ],
    'one of grpc or http must be specified': [asked({ grpc: { backendRefs: [service] } }), asked({})],
    'only one of grpc or http can be specified': [
      asked({ http: { backendRefs: [service] } }),
      asked({ http: { backendRefs: [service] }, grpc: { backendRefs: [service] } }),
    ],
    'Exactly one of value or valueRef must be set with correct type.': [
      askedWith({ type: 'ValueRef', valueRef }),
      askedWith({ type: 'ValueRef', value: 'a', valueRef }),
    ],
    'Only a reference to an object of kind ConfigMap or Secret belonging to default v1 API group is supported.':
      [
        askedWith({ type: 'ValueRef', valueRef: { ...valueRef, kind: 'Secret' } }),
        askedWith({ type: 'ValueRef', valueRef: { ...valueRef, kind: 'Service' } }),
      ],
    'only one of path or pathOverride can be specified': [
      askedHttp({ path: '/a' }),
      askedHttp({ path: '/a', pathOverride: '/b' }),
    ],
    'optional and failOpen cannot both be set; failOpen already tolerates a missing JWT': [
      policy({ jwt: { providers, optional: true } }),
      policy({ jwt: { providers, optional: true, failOpen: true } }),
    ],
    'Retry timeout is not supported.': [
      keysFrom({ numRetries: 1 }),
      keysFrom({ perRetry: { timeout: '1s' } }),
    ],
    'HTTPStatusCodes is not supported.': [
      keysFrom({ retryOn: { triggers: ['5xx'] } }),
      keysFrom({ retryOn: { httpStatusCodes: [500] } }),
    ],
    'forwardAccessToken cannot be true when forwardIDToken.header is Authorization': [
      signedIn({ forwardAccessToken: true, forwardIDToken: { header: 'x-id-token' } }),
      signedIn({ forwardAccessToken: true, forwardIDToken: { header: 'Authorization' } }),
    ],
    'header cannot be the Host header': [
      signedIn({ forwardIDToken: { header: 'x-id-token' } }),
      signedIn({ forwardIDToken: { header: 'HOST' } }),
    ],
  },
);
