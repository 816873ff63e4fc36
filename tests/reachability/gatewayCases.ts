import { parse } from 'yaml';
import { isKubernetesObject } from '../../src/kubernetes/manifests.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { routeControls } from '../../src/reachability/gateways/routeControls.ts';

/** An object as YAML, on one line. */
export type Line = string;

export const object = (kind: string, namespace: string, name: string, rest: Line, meta = '') =>
  `{apiVersion: ${versions[kind] ?? 'v1'}, kind: ${kind}, metadata: {namespace: ${namespace}, name: ${name}${meta}}, ${rest}}`;
export const versions: Record<string, string> = {
  Gateway: 'gateway.networking.k8s.io/v1',
  GatewayClass: 'gateway.networking.k8s.io/v1',
  EnvoyProxy: 'gateway.envoyproxy.io/v1alpha1',
  ListenerSet: 'gateway.networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  TCPRoute: 'gateway.networking.k8s.io/v1',
  TLSRoute: 'gateway.networking.k8s.io/v1',
  UDPRoute: 'gateway.networking.k8s.io/v1',
  ReferenceGrant: 'gateway.networking.k8s.io/v1beta1',
  SecurityPolicy: 'gateway.envoyproxy.io/v1alpha1',
  ClientTrafficPolicy: 'gateway.envoyproxy.io/v1alpha1',
  EnvoyPatchPolicy: 'gateway.envoyproxy.io/v1alpha1',
  Backend: 'gateway.envoyproxy.io/v1alpha1',
  BackendTLSPolicy: 'gateway.networking.k8s.io/v1',
};

export const everyone = 'allowedRoutes: {namespaces: {from: All}}';
export const gateway = (listeners = `{name: web, protocol: HTTP, port: 80, ${everyone}}`, rest = '') =>
  object('Gateway', 'edge', 'gate', `spec: {gatewayClassName: envoy, ${rest}listeners: [${listeners}]}`);
export const rule = (name: string) => `{name: ${name}, backendRefs: [{name: app, port: 80}]}`;
export const route = (rest = 'parentRefs: [{namespace: edge, name: gate}]', rules = rule('main')) =>
  object('HTTPRoute', 'home', 'app', `spec: {${rest}, rules: [${rules}]}`, ', labels: {security: login}');
export const policy = (namespace: string, name: string, target: Line, features: Line, meta = '') =>
  object('SecurityPolicy', namespace, name, `spec: {${target}, ${features}}`, meta);

export const target = (kind: string, name: string, section?: string) =>
  `targetRefs: [{group: gateway.networking.k8s.io, kind: ${kind}, name: ${name}${section === undefined ? '' : `, sectionName: ${section}`}}]`;
export const onRoute = target('HTTPRoute', 'app');
export const onGateway = target('Gateway', 'gate');
export const jwt =
  'jwt: {providers: [{name: one, issuer: "https://id.example", audiences: [app], remoteJWKS: {uri: "https://id.example/keys"}, claimToHeaders: [{claim: email, header: X-User}]}]}';
export const cors = 'cors: {allowOrigins: ["https://example.org"]}';
export const csrf = 'csrf: {shadowEnabled: {}}';
export const oidc =
  'oidc: {provider: {issuer: "https://id.example"}, clientID: app, clientSecret: {name: login}}';
export const secret = object('Secret', 'home', 'login', 'stringData: {client-secret: x}');
export const grant = (namespace: string, from: string, to: string) =>
  object(
    'ReferenceGrant',
    namespace,
    `${from}-${to}`.toLowerCase(),
    `spec: {from: [{group: gateway.envoyproxy.io, kind: SecurityPolicy, namespace: ${from}}], to: [{group: gateway.networking.k8s.io, kind: ${to}}]}`,
  );

/** What each case needs beside its objects: the class that Envoy Gateway serves, and a certificate. */
export const beside = (objects: readonly KubernetesObject[]): readonly KubernetesObject[] => [
  ...(objects.some(({ kind }) => kind === 'GatewayClass')
    ? []
    : [
        {
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'GatewayClass',
          metadata: { name: 'envoy' },
          spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
        },
      ]),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'edge', name: 'certificate' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': 'eA==', 'tls.key': 'eA==' },
  },
];

/** As {@link analyseRoutes}, with objects that need more than a text. */
export const analyseSourced = (...given: readonly (Line | SourcedObject)[]) => {
  const sourced = given.flatMap((each): SourcedObject[] => {
    if (typeof each !== 'string') return [each];
    const found: unknown = parse(each);
    return isKubernetesObject(found) ? [{ object: found, file: 'case.yaml' }] : [];
  });
  const others = beside(sourced.map(({ object: found }) => found));
  return routeControls([...others.map((found) => ({ object: found, file: 'case.yaml' })), ...sourced]);
};
export const analyseRoutes = (...texts: Line[]) => analyseSourced(...texts);
/** Listener, rule and controls of each rule on each listener, as one line. */
export const lines = (...objects: Line[]) =>
  analyseRoutes(...objects).map(
    ({ listener, rule: { name }, controls }) =>
      `${listener.name} ${name ?? ''}: ${controls.map(({ type }) => type).join(', ')}`,
  );
