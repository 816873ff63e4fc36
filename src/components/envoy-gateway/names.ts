import type { Backend, Workload } from '../contract/network.ts';
import type { Requirement } from '../contract/requirements.ts';
import { appDirectory, fluxKustomizationIn } from '../shared/fluxKustomizations.ts';
import type { EnvoyGatewaySection } from './section.ts';

/** The Gateways, each by its section. */
export const gateways = ['external', 'internal', 'tunnel'] as const;
export type GatewayKey = (typeof gateways)[number];

/** The name of a Gateway, of its Service and of what makes its pods. */
export function gatewayName(key: GatewayKey): string {
  return `envoy-${key}`;
}

/** The Gateways of a configuration. */
export function gatewaysOf(section: EnvoyGatewaySection): GatewayKey[] {
  return gateways.filter((key) => section[key] !== undefined);
}

/** The routes that a Gateway can have. */
export type AnyRoute = Requirement<'route' | 'grpc-route' | 'tcp-route' | 'tls-route'>;

/** The Gateway of a route. The load balancer of the external one answers clients that skip Access. */
export function gatewayOf({ from, login }: Pick<AnyRoute, 'from' | 'login'>): GatewayKey {
  if (from === 'home') return 'internal';
  return login.kind === 'access' ? 'tunnel' : 'external';
}

/** The name of a route and of its policy: after who requires it and from where it is reached. */
export function routeName({ requester, from }: Pick<AnyRoute, 'requester' | 'from'>): string {
  return `${requester.instance}-${from}`;
}

/** The listener of the routes of HTTP and gRPC. cloudflared speaks HTTP to the Gateway of the tunnel. */
export function httpListener(key: GatewayKey): string {
  return key === 'tunnel' ? 'http' : 'https';
}

/** The listener of a TCP route: that of its port. */
export function tcpListener({ port }: Pick<Requirement<'tcp-route'>, 'port'>): string {
  return `tcp-${port}`;
}

/** The listener of a TLS route: each host has one, on which a policy can be. */
export function tlsListener(route: Requirement<'tls-route'>): string {
  return `tls-${routeName(route)}`;
}

export const className = 'envoy';
const group = 'network';
export const fluxKustomizations = {
  operator: fluxKustomizationIn(group, 'envoy-gateway'),
  gateways: fluxKustomizationIn(group, 'envoy-gateways'),
};

/** Envoy opens no privileged port (Envoy Gateway 1.9, `wellKnownPortShift` in `internal/gatewayapi/translator.go`). */
export function containerPort(port: number): number {
  return port < 1024 ? port + 10_000 : port;
}

/** The ports of listeners that every Gateway has, and those at which Envoy listens in the pod for them. */
export const http = { port: 80, targetPort: containerPort(80) };
export const https = { port: 443, targetPort: containerPort(443) };

/** `DefaultXdsServerPort`, and the port of metrics of both (`EnvoyStatsPort` and `GatewayMetricsPort`). */
export const xdsPort = 18_000;
export const metricsPort = 19_001;

/** The pods of the chart (gateway-helm 1.9, `eg.selectorLabels` and `envoy-gateway-deployment.yaml`). */
export function controller({ namespace }: EnvoyGatewaySection): Workload {
  return {
    directory: appDirectory(fluxKustomizations.operator),
    namespace,
    name: 'envoy-gateway',
    labels: {
      'control-plane': 'envoy-gateway',
      'app.kubernetes.io/name': 'gateway-helm',
      'app.kubernetes.io/instance': 'envoy-gateway',
    },
  };
}

/** A Job before each installation and upgrade, which makes the certificates between the controller and Envoy (`certgen.yaml`). */
export function certificateJob({ namespace }: EnvoyGatewaySection): Workload {
  return {
    directory: appDirectory(fluxKustomizations.operator),
    namespace,
    name: 'envoy-gateway-certgen',
    labels: { app: 'certgen' },
  };
}

/** The pods of Envoy (Envoy Gateway 1.9, `internal/infrastructure/kubernetes/proxy/resource.go`). */
export function envoy({ namespace, merged }: EnvoyGatewaySection, key: GatewayKey): Workload {
  const owner = merged
    ? { 'gateway.envoyproxy.io/owning-gatewayclass': className }
    : {
        'gateway.envoyproxy.io/owning-gateway-name': gatewayName(key),
        'gateway.envoyproxy.io/owning-gateway-namespace': namespace,
      };
  return {
    directory: appDirectory(fluxKustomizations.gateways),
    namespace,
    name: gatewayName(key),
    labels: { 'app.kubernetes.io/name': 'envoy', 'app.kubernetes.io/component': 'proxy', ...owner },
  };
}

/** Where cloudflared hands requests over. */
export function tunnelBackend(section: EnvoyGatewaySection): Backend {
  return { workload: envoy(section, 'tunnel'), service: gatewayName('tunnel'), ...http };
}

/** The Secret with the certificate of a Gateway. */
export function certificateSecret(key: GatewayKey): string {
  return `${gatewayName(key)}-tls`;
}
