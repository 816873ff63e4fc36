import type { KubernetesObject } from '../../../src/kubernetes/object.ts';

/** Objects of the Gateway API and of Envoy Gateway as they are in a repository. */

const gatewayApi = 'gateway.networking.k8s.io/v1';
const envoyApi = 'gateway.envoyproxy.io/v1alpha1';

export type Data = Readonly<Record<string, unknown>>;

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...labels } } };
}

/** A listener for HTTP that by default accepts routes of every namespace. */
export function listener(name: string, port: number, rest: Data = {}): Data {
  return { name, protocol: 'HTTP', port, allowedRoutes: { namespaces: { from: 'All' } }, ...rest };
}

/** The same with TLS, with the certificate that every room has. */
export function tlsListener(name: string, port: number, rest: Data = {}): Data {
  return listener(name, port, { protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'tls' }] }, ...rest });
}

/** The listener that the bench waits for; it accepts routes of its own namespace only. */
export function marker(port: number): Data {
  return { name: 'marker', protocol: 'HTTP', port, hostname: 'marker.test' };
}

export function gateway(
  where: string,
  name: string,
  gatewayClassName: string,
  listeners: readonly Data[],
  rest: Data = {},
): KubernetesObject {
  return {
    apiVersion: gatewayApi,
    kind: 'Gateway',
    metadata: { namespace: where, name },
    spec: { gatewayClassName, listeners, ...rest },
  };
}

export function listenerSet(
  where: string,
  name: string,
  parentRef: Data,
  listeners: readonly Data[],
): KubernetesObject {
  return {
    apiVersion: gatewayApi,
    kind: 'ListenerSet',
    metadata: { namespace: where, name },
    spec: { parentRef, listeners },
  };
}

/** The header in which a rule tells the application which rule led to it. */
export const ruleHeader = 'x-rule';

/** One rule of a route: its path, and an optional name for policies. */
export function rule(where: string, route: string, path: string, name?: string): Data {
  return {
    ...(name === undefined ? {} : { name }),
    matches: [{ path: { type: 'PathPrefix', value: path } }],
    filters: [
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: { set: [{ name: ruleHeader, value: `${where}/${route} ${path}` }] },
      },
    ],
    backendRefs: [{ name: 'app', port: 80 }],
  };
}

export interface RouteOptions {
  readonly hostnames?: readonly string[];
  readonly parentRefs: readonly Data[];
  readonly rules: readonly Data[];
  readonly labels?: Readonly<Record<string, string>>;
}

export function route(where: string, name: string, options: RouteOptions): KubernetesObject {
  const { labels, ...spec } = options;
  return {
    apiVersion: gatewayApi,
    kind: 'HTTPRoute',
    metadata: { namespace: where, name, ...(labels === undefined ? {} : { labels: { ...labels } }) },
    spec,
  };
}

export function target(kind: string, name: string, sectionName?: string): Data {
  const group = 'gateway.networking.k8s.io';
  return { group, kind, name, ...(sectionName === undefined ? {} : { sectionName }) };
}

export function policy(
  where: string,
  name: string,
  targets: readonly Data[] | Data,
  features: Data,
): KubernetesObject {
  const aimed = Array.isArray(targets) ? { targetRefs: targets } : targets;
  return {
    apiVersion: envoyApi,
    kind: 'SecurityPolicy',
    metadata: { namespace: where, name },
    spec: { ...aimed, ...features },
  };
}

export function clientTrafficPolicy(
  where: string,
  name: string,
  targetRefs: readonly Data[],
  earlyRequestHeaders: Data,
): KubernetesObject {
  return {
    apiVersion: envoyApi,
    kind: 'ClientTrafficPolicy',
    metadata: { namespace: where, name },
    spec: { targetRefs, headers: { earlyRequestHeaders } },
  };
}

export function grant(where: string, from: Data, to: Data): KubernetesObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { namespace: where, name: `from-${from['namespace']}-${to['kind']}`.toLowerCase() },
    spec: { from: [from], to: [to] },
  };
}

/** From SecurityPolicies of a namespace. */
export function policiesOf(where: string): Data {
  return { group: 'gateway.envoyproxy.io', kind: 'SecurityPolicy', namespace: where };
}

export function secret(where: string, name: string, stringData: Data): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: where, name }, stringData };
}
