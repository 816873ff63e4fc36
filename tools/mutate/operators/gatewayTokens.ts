import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type Family, type Operator, ofKind, placeOf } from '../operator.ts';
import type { Document, Draft, Tree } from '../tree.ts';

const envoy = 'Envoy Gateway 1.9';
/** An RSA key with its private part: what it signs, everybody can sign. */
const published = JSON.stringify({ keys: [{ kty: 'RSA', kid: 'one', n: 'AQAB', e: 'AQAB', d: 'AQAB' }] });

/** Policies that demand a token and nothing else. */
const logins = (tree: Tree): readonly Document[] =>
  ofKind(tree, 'SecurityPolicy').filter(({ object: { spec } }) => spec.jwt !== undefined);
/** Policies that admit addresses of the home network. */
const byAddress = (tree: Tree): readonly Document[] =>
  ofKind(tree, 'SecurityPolicy').filter(({ object: { spec } }) =>
    spec.authorization?.rules?.some((rule: ConfigData) => rule.principal?.clientCIDRs !== undefined),
  );

const opening = (
  id: string,
  does: string,
  source: string,
  documents: (tree: Tree) => readonly Document[],
  change: (object: ConfigData, draft: Draft, document: Document, tree: Tree) => void,
): Operator => ({
  ...{ id, does, source },
  mutations: (tree) =>
    documents(tree).map((document) => ({
      where: placeOf(document),
      change: (draft) => change(draft.get(document), draft, document, tree),
      breaks: [{ invariant: 'outside-gated' }],
    })),
});

/** Changes each provider of a policy that demands a token. */
const verifying = (
  id: string,
  does: string,
  source: string,
  change: (provider: ConfigData, policy: ConfigData) => void,
): Operator =>
  opening(id, does, source, logins, (policy) => {
    for (const provider of policy.spec.jwt.providers) change(provider, policy);
  });

/** Adds an object beside each policy that demands a token. */
const beside = (
  id: string,
  does: string,
  source: string,
  objectOf: (policy: ConfigData) => ConfigData,
): Operator =>
  opening(id, does, source, logins, (policy, draft, document) => draft.add(document, objectOf(policy)));

/** The configuration of Envoy Gateway, in its ConfigMap. */
const configuration =
  (text: string) =>
  ({ metadata }: ConfigData): ConfigData => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'envoy-gateway-config', namespace: metadata.namespace },
    data: { 'envoy-gateway.yaml': text },
  });

const filterOrder = configuration(
  'envoyProxy: {filterOrder: [{name: envoy.filters.http.router, before: envoy.filters.http.jwt_authn}]}',
);

export const gatewayTokenFamily: Family = {
  title: 'How a login is verified',
  operators: [
    verifying(
      'token-for-anybody',
      'Leaves the audiences out, and asks for a claim that every account has',
      `${envoy}, API reference, JWTProvider: without audiences none is checked`,
      (provider, { spec }) => {
        delete provider.audiences;
        spec.authorization = {
          defaultAction: 'Deny',
          rules: [
            {
              action: 'Allow',
              principal: {
                jwt: { provider: provider.name, claims: [{ name: 'email_verified', values: ['true'] }] },
              },
            },
          ],
        };
      },
    ),
    verifying(
      'token-of-any-issuer',
      'Makes the issuer of the tokens an empty text',
      'Envoy, JwtProvider: an empty issuer is not checked',
      (provider) => {
        provider.issuer = '';
      },
    ),
    verifying(
      'token-for-nobody',
      'Makes the audience of the tokens an empty text',
      'Envoy, JwtProvider: tokens without an audience then pass',
      (provider) => {
        provider.audiences = [''];
      },
    ),
    verifying(
      'token-by-published-keys',
      'Writes keys with their private part into the policy',
      'RFC 7517, section 9.2: whoever has the private part signs',
      (provider) => {
        delete provider.remoteJWKS;
        provider.localJWKS = { type: 'Inline', inline: published };
      },
    ),
    verifying(
      'token-by-keys-without-tls',
      'Fetches the keys from outside by plain HTTP',
      'whoever is on the way gives other keys',
      (provider) => {
        delete provider.localJWKS;
        provider.remoteJWKS = { uri: 'http://id.example.net/keys' };
      },
    ),
    opening(
      'policy-older-by-its-own-word',
      'Adds an older SecurityPolicy with `cors` alone to the target, and writes an earlier time into the login',
      'the API server sets metadata.creationTimestamp itself',
      logins,
      (policy, draft, document) => {
        policy.metadata.creationTimestamp = '2020-01-01T00:00:00Z';
        draft.add(document, {
          apiVersion: 'gateway.envoyproxy.io/v1alpha1',
          kind: 'SecurityPolicy',
          metadata: { name: 'opened', namespace: policy.metadata.namespace },
          spec: {
            ...(policy.spec.targetRefs === undefined
              ? { targetSelectors: policy.spec.targetSelectors }
              : { targetRefs: policy.spec.targetRefs }),
            cors: { allowOrigins: ['https://example.org'] },
          },
        });
      },
    ),
    beside(
      'envoy-extended',
      'Gives Envoy Gateway an extension server, which may change what Envoy gets',
      `${envoy}, API reference, ExtensionManager`,
      configuration('extensionManager: {hooks: {xdsTranslator: {post: [HTTPListener]}}}'),
    ),
    beside(
      'policies-not-watched',
      'Lets Envoy Gateway watch another namespace than that of the policy',
      `${envoy}, API reference, KubernetesWatchMode`,
      configuration(
        'provider: {type: Kubernetes, kubernetes: {watch: {type: Namespaces, namespaces: [elsewhere]}}}',
      ),
    ),
    opening(
      'filters-in-another-order',
      'Orders the filters of every Envoy by the defaults of Envoy Gateway, with which each EnvoyProxy is merged',
      `${envoy}, API reference, EnvoyProxySpec, filterOrder and mergeType`,
      logins,
      (policy, draft, document, tree) => {
        for (const proxy of ofKind(tree, 'EnvoyProxy')) draft.get(proxy).spec.mergeType = 'StrategicMerge';
        draft.add(document, filterOrder(policy));
      },
    ),
    opening(
      'address-by-the-proxy-protocol',
      'Lets each Gateway believe the address of a client that its connection names',
      `${envoy}, API reference, ClientTrafficPolicy, proxyProtocol`,
      byAddress,
      (_policy, draft, document, tree) => {
        for (const { object } of ofKind(tree, 'ClientTrafficPolicy'))
          draft.add(document, {
            ...structuredClone(object),
            metadata: { ...object.metadata, name: `${object.metadata.name}-opened` },
            spec: {
              targetRefs: object.spec.targetRefs.map((target: ConfigData) => ({
                ...target,
                sectionName: 'https',
              })),
              proxyProtocol: {},
            },
          });
      },
    ),
  ],
};
