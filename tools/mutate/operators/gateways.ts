import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type Family, type Mutation, type Operator, ofKind, placeOf } from '../operator.ts';
import type { Document, Draft, Tree } from '../tree.ts';
import { unlessPlaced } from './appliedObjects.ts';

const policiesOf = (tree: Tree, ...kinds: readonly string[]): readonly Document[] =>
  ofKind(tree, 'SecurityPolicy').filter(({ object: { spec } }) => kinds.includes(spec.targetRefs?.[0]?.kind));
/** Policies by which a Gateway demands a token. Where it denies by default, a route that loses its policy is closed. */
const logins = (tree: Tree): readonly Document[] =>
  policiesOf(tree, 'Gateway').filter(({ object }) => object.spec.jwt !== undefined);
const whereLogins = (tree: Tree, documents: readonly Document[]): readonly Document[] =>
  logins(tree).length === 0 ? [] : documents;
const routes = (tree: Tree): readonly Document[] => whereLogins(tree, ofKind(tree, 'HTTPRoute'));
const classes = (tree: Tree): readonly Document[] => whereLogins(tree, ofKind(tree, 'GatewayClass'));
const gateways = (tree: Tree): readonly Document[] =>
  whereLogins(tree, ofKind(tree, 'Gateway')).filter(({ object }) =>
    object.apiVersion.startsWith('gateway.networking.k8s.io/'),
  );
/** Policies of single routes of HTTP and gRPC. */
const routePolicies = (tree: Tree): readonly Document[] => policiesOf(tree, 'HTTPRoute', 'GRPCRoute');

const breaks = [{ invariant: 'outside-gated' }] as const;
const envoy = 'Envoy Gateway 1.9';

/** A mutation of each object: requests then reach a backend without what was demanded. */
const opening = (
  id: string,
  does: string,
  documents: (tree: Tree) => readonly Document[],
  change: (object: ConfigData, draft: Draft, document: Document, tree: Tree) => void,
  source: string,
): Operator => ({
  ...{ id, does, source },
  mutations: (tree) =>
    documents(tree).map(
      (document): Mutation => ({
        where: placeOf(document),
        change: (draft) => change(draft.get(document), draft, document, tree),
        breaks,
      }),
    ),
});

const policyOfRoute = ({ object: { metadata } }: Document, spec: ConfigData): ConfigData => ({
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'SecurityPolicy',
  metadata: { name: 'opened', namespace: metadata.namespace },
  spec: {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: metadata.name }],
    ...spec,
  },
});

/** Adds a policy to each route. It takes the place of that of the Gateway. */
const onRoute = (
  id: string,
  does: string,
  spec: ConfigData,
  source = `${envoy}, SecurityPolicy, Precedence`,
) =>
  opening(
    id,
    does,
    routes,
    (_object, draft, document) => draft.add(document, policyOfRoute(document, spec)),
    source,
  );

const provider = {
  name: 'home',
  issuer: 'https://id.example.org',
  remoteJWKS: { uri: 'https://id.example.org/keys' },
};
const refused = 'the API server refuses it, and nothing is demanded';
const noneOf = 'Envoy Gateway 1.9, SecurityPolicy: no target, no effect';

/** Adds a listener to the Gateway of a route, and a route of another kind to it. */
const throughListener =
  (kind: string, protocol: string) =>
  (gateway: ConfigData, draft: Draft, document: Document, tree: Tree): void => {
    gateway.spec.listeners.push({
      ...{ name: 'opened', port: 9090, protocol, allowedRoutes: { namespaces: { from: 'All' } } },
    });
    for (const route of routes(tree).slice(0, 1))
      draft.add(document, {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind,
        metadata: { name: 'opened', namespace: route.object.metadata.namespace },
        spec: {
          parentRefs: [
            { name: gateway.metadata.name, namespace: gateway.metadata.namespace, sectionName: 'opened' },
          ],
          rules: [{ backendRefs: route.object.spec.rules[0].backendRefs }],
        },
      });
  };

export const gatewayFamily: Family = {
  title: 'Logins of a Gateway',
  operators: [
    {
      id: 'login-deleted',
      does: 'Deletes the SecurityPolicy of a Gateway',
      source: noneOf,
      mutations: (tree) =>
        logins(tree).map((document) => ({
          where: placeOf(document),
          change: (draft) => draft.remove(document),
          breaks,
        })),
    },
    opening(
      'login-target-misspelt',
      'Misspells the target of the SecurityPolicy',
      logins,
      ({ spec }) => {
        spec.targetRefs[0].name = 'misspelt';
      },
      noneOf,
    ),
    opening(
      'login-target-without-group',
      'Leaves the group of the target out',
      logins,
      ({ spec }) => {
        delete spec.targetRefs[0].group;
      },
      refused,
    ),
    opening(
      'login-target-of-another-kind',
      'Names the target a GRPCRoute',
      logins,
      ({ spec }) => {
        spec.targetRefs[0].kind = 'GRPCRoute';
      },
      noneOf,
    ),
    opening(
      'login-section-misspelt',
      'Names a listener that the Gateway does not have',
      logins,
      ({ spec }) => {
        spec.targetRefs[0].sectionName = 'misspelt';
      },
      noneOf,
    ),
    opening(
      'login-of-one-listener',
      'Holds the SecurityPolicy to another listener than that of the route',
      logins,
      ({ spec }, draft, _document, tree) => {
        spec.targetRefs[0].sectionName = 'other';
        for (const gateway of gateways(tree))
          draft.get(gateway).spec.listeners.push({ name: 'other', port: 9090, protocol: 'HTTP' });
      },
      `${envoy}, SecurityPolicy, Attach to a listener`,
    ),
    {
      id: 'login-in-another-namespace',
      does: 'Moves the SecurityPolicy to another namespace',
      source: `${envoy}: a target is in the namespace of the policy`,
      equivalent: 'its kustomization says the namespace',
      mutations: (tree) =>
        logins(tree).map((document) =>
          unlessPlaced(tree, document, {
            where: placeOf(document),
            change: (draft) => {
              draft.get(document).metadata.namespace = 'elsewhere';
            },
            breaks,
          }),
        ),
    },
    opening(
      'login-by-a-selector',
      'Selects the Gateway by a label that it does not have',
      logins,
      ({ spec }) => {
        delete spec.targetRefs;
        spec.targetSelectors = [
          { group: 'gateway.networking.k8s.io', kind: 'Gateway', matchLabels: { login: 'yes' } },
        ];
      },
      noneOf,
    ),
    opening(
      'login-without-targets',
      'Leaves the targets out',
      logins,
      ({ spec }) => {
        delete spec.targetRefs;
      },
      refused,
    ),
    opening(
      'login-with-both-targets',
      'Writes `targetRef` beside `targetRefs`',
      logins,
      ({ spec }) => {
        spec.targetRef = spec.targetRefs[0];
      },
      refused,
    ),
    opening(
      'login-without-keys',
      'Leaves the keys of the provider out',
      logins,
      ({ spec }) => {
        delete spec.jwt.providers[0].remoteJWKS;
      },
      refused,
    ),
    opening(
      'login-misspelt',
      'Misspells `jwt`',
      logins,
      ({ spec }) => {
        spec.jwts = spec.jwt;
        delete spec.jwt;
      },
      refused,
    ),
    opening(
      'login-of-an-unserved-version',
      'Writes the SecurityPolicy of `v1alpha2`',
      logins,
      (object) => {
        object.apiVersion = 'gateway.envoyproxy.io/v1alpha2';
      },
      'the API server serves v1alpha1 alone',
    ),
    opening(
      'login-optional',
      'Makes the token optional',
      logins,
      ({ spec }) => {
        spec.jwt.optional = true;
      },
      `${envoy}, API reference, JWT`,
    ),
    opening(
      'login-fails-open',
      'Sets `jwt.failOpen`',
      logins,
      ({ spec }) => {
        spec.jwt.failOpen = true;
      },
      `${envoy}, API reference, JWT`,
    ),
    opening(
      'login-by-ext-auth-that-fails-open',
      'Puts external authorization with `failOpen` in the place of the token',
      logins,
      ({ spec }, _draft, _document, tree) => {
        delete spec.jwt;
        spec.extAuth = {
          failOpen: true,
          http: { backendRefs: routes(tree)[0]?.object.spec.rules[0].backendRefs },
        };
      },
      `${envoy}, API reference, ExtAuth`,
    ),
    onRoute('cors-on-a-route', 'Adds a SecurityPolicy with `cors` alone to a route', {
      cors: { allowOrigins: ['https://example.org'] },
    }),
    onRoute('empty-policy-on-a-route', 'Adds an empty SecurityPolicy to a route', {}),
    onRoute('authorization-on-a-route', 'Adds a SecurityPolicy that allows by default to a route', {
      authorization: { defaultAction: 'Allow' },
    }),
    onRoute('addresses-on-a-route', 'Adds a SecurityPolicy that allows every address to a route', {
      authorization: {
        defaultAction: 'Deny',
        rules: [{ action: 'Allow', principal: { clientCIDRs: ['0.0.0.0/0'] } }],
      },
    }),
    onRoute('optional-token-on-a-route', 'Adds a SecurityPolicy with an optional token to a route', {
      jwt: { optional: true, providers: [provider] },
    }),
    opening(
      'two-logins',
      'Adds a second SecurityPolicy to the Gateway, with `cors` alone: the older one applies',
      logins,
      ({ spec: { targetRefs } }, draft, document) =>
        draft.add(document, {
          ...policyOfRoute(document, { cors: { allowOrigins: ['https://example.org'] } }),
          spec: { targetRefs, cors: { allowOrigins: ['https://example.org'] } },
        }),
      `${envoy}, SecurityPolicy: of two policies on one target the older applies`,
    ),
    opening(
      'route-open-to-everybody',
      'Takes the token away from the policy of a route, and allows by default',
      routePolicies,
      ({ spec }) => {
        delete spec.jwt;
        spec.authorization = { defaultAction: 'Allow' };
      },
      `${envoy}, SecurityPolicy, Precedence`,
    ),
    opening(
      'route-allows-by-default',
      'Allows by default in the policy of a route, beside its rules',
      (tree) => routePolicies(tree).filter(({ object }) => object.spec.jwt === undefined),
      ({ spec }) => {
        spec.authorization.defaultAction = 'Allow';
      },
      `${envoy}, API reference, Authorization`,
    ),
    opening(
      'route-login-optional',
      'Makes the token of a route optional, and allows by default',
      (tree) => routePolicies(tree).filter(({ object }) => object.spec.jwt !== undefined),
      ({ spec }) => {
        spec.jwt.optional = true;
        spec.authorization = { defaultAction: 'Allow' };
      },
      `${envoy}, API reference, JWT`,
    ),
    opening(
      'class-of-another-controller',
      'Changes the controller of the GatewayClass',
      classes,
      ({ spec }) => {
        spec.controllerName = 'io.cilium/gateway-controller';
      },
      'another controller does not read SecurityPolicy',
    ),
    opening(
      'another-class',
      'Changes the class of the Gateway',
      gateways,
      ({ spec }) => {
        spec.gatewayClassName = 'cilium';
      },
      'another controller does not read SecurityPolicy',
    ),
    opening(
      'class-deleted',
      'Leaves the GatewayClass to somebody else',
      classes,
      (_object, draft, document) => draft.remove(document),
      'which controller has the class is not known',
    ),
    opening(
      'another-gateway',
      'Adds a Gateway without a SecurityPolicy, and attaches the route to it',
      routes,
      (route, draft, _document, tree) => {
        const [gateway] = gateways(tree);
        if (gateway === undefined) return;
        const other = structuredClone(gateway.object);
        other.metadata.name = 'opened';
        draft.add(gateway, other);
        route.spec.parentRefs = [{ name: 'opened', namespace: other.metadata.namespace }];
      },
      noneOf,
    ),
    opening(
      'patch-of-envoy',
      'Adds an EnvoyPatchPolicy',
      gateways,
      ({ metadata }, draft, document) =>
        draft.add(document, {
          apiVersion: 'gateway.envoyproxy.io/v1alpha1',
          kind: 'EnvoyPatchPolicy',
          metadata: { name: 'opened', namespace: metadata.namespace },
          spec: {
            targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: metadata.name },
            type: 'JSONPatch',
            jsonPatches: [
              {
                type: 'type.googleapis.com/envoy.config.listener.v3.Listener',
                name: `${metadata.namespace}/${metadata.name}/http`,
                operation: {
                  op: 'remove',
                  path: '/default_filter_chain/filters/0/typed_config/http_filters/0',
                },
              },
            ],
          },
        }),
      `${envoy}, EnvoyPatchPolicy: it may change anything`,
    ),
    opening(
      'tcp-listener',
      'Adds a TCP listener with a TCPRoute to the same pods',
      gateways,
      throughListener('TCPRoute', 'TCP'),
      `${envoy}: a token is demanded of HTTP alone`,
    ),
    opening(
      'udp-listener',
      'Adds a UDP listener with a UDPRoute to the same pods',
      gateways,
      throughListener('UDPRoute', 'UDP'),
      `${envoy}: a token is demanded of HTTP alone`,
    ),
  ],
};
