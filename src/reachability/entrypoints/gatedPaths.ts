import { describeObject, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Protocol } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import {
  type Backend,
  backendsOf,
  resolveHost,
  type Service,
  type ServicePath,
  type ServicePort,
} from '../model/service.ts';
import { containersOf, imageNameOf, type Workload } from '../model/workload.ts';
import type { Tunnel, TunnelRule } from '../proxies/cloudflared/tunnel.ts';
import type { OriginProxy, ProxyRoute } from '../proxies/nginx/nginx.ts';

/** Where a host and a port lead from a namespace: workloads, or a reason why that is not known. */
export interface Resolved {
  service: Service | undefined;
  backends: readonly Backend[];
  /** Set where nothing in the cluster answers, or it is not known what does. */
  problem: { kind: 'outside' | 'missing' | 'unknown'; why: string } | undefined;
}

/** A rule of a tunnel and all that it leads to. */
export interface TunnelPath {
  tunnel: Tunnel;
  rule: TunnelRule;
  first: Resolved;
  /** For each workload behind the rule that is a proxy: what it hands on, and to whom. */
  onward: readonly ProxyPath[];
}

export interface ProxyPath {
  proxy: OriginProxy;
  /** The backend by which a request came in. */
  entrance: Backend;
  route: ProxyRoute;
  to: Resolved;
}

/** Programs that hand requests on by a configuration which is not read here. */
const otherProxies =
  /^(?:traefik|caddy|haproxy|envoy|controller|ingress-nginx|oauth2-proxy|pomerium|kong|varnish|apisix|contour|cilium-envoy)/;

export function isUnreadProxy(model: Model, workload: Workload): boolean {
  if (model.proxyOf(workload) !== undefined) return false;
  return containersOf(workload.spec).some((container) => otherProxies.test(imageNameOf(container)));
}

/** Resolves a host and a port as a pod of the namespace would. */
export function resolve(
  model: Model,
  host: string,
  port: number | string,
  namespace: string,
  protocol: Protocol = 'TCP',
): Resolved {
  const nothing = { service: undefined, backends: [] };
  const found = resolveHost(model.services, host, namespace);
  if (found.kind === 'outside')
    return { ...nothing, problem: { kind: 'outside', why: `${host} is outside of the cluster` } };
  if (found.kind === 'missing') {
    const kind = model.unseen.length > 0 ? 'unknown' : 'missing';
    return { ...nothing, problem: { kind, why: `no Service among the objects answers to ${host}` } };
  }
  return resolvePort(model, found.service, port, protocol);
}

/** What stands behind a port of a Service that is no ExternalName, by its number or its name. */
export function resolvePort(
  model: Model,
  service: Service,
  port: number | string,
  protocol: Protocol,
): Resolved {
  const servicePort = servicePortOf(service, port, protocol);
  if (servicePort === undefined) {
    const named = `${port}${protocol === 'TCP' ? '' : `/${protocol}`}`;
    const why = `${describeObject(service.ref)} has no port ${named}`;
    return { service, backends: [], problem: { kind: 'missing', why } };
  }
  if (service.selector === undefined) {
    const why = `${describeObject(service.ref)} has no selector, so its endpoints are somebody else's`;
    return { service, backends: [], problem: { kind: 'unknown', why } };
  }
  const backends = backendsOf(model.inNamespace(service.namespace), service, servicePort);
  const why = `no workload among the objects is behind ${describeObject(service.ref)}`;
  const problem =
    backends.length > 0
      ? undefined
      : { kind: model.unseen.length > 0 ? ('unknown' as const) : ('missing' as const), why };
  return { service, backends, problem };
}

/** A headless Service forwards nothing: the client speaks to the pod on the port that it asked for. */
export function servicePortOf(
  service: Service,
  port: number | string,
  protocol: Protocol,
): ServicePort | undefined {
  if (service.headless && typeof port === 'number') return { port, protocol, targetPort: port };
  return service.ports.find(
    (candidate) => (candidate.port === port || candidate.name === port) && candidate.protocol === protocol,
  );
}

/** Every rule of every tunnel with what it leads to. */
export function tunnelPaths(model: Model): readonly TunnelPath[] {
  return model.tunnels.flatMap((tunnel) =>
    tunnel.rules
      .filter(({ origin }) => origin.kind !== 'answer')
      .map((rule) => {
        const first = resolveOrigin(model, tunnel, rule);
        return {
          tunnel,
          rule,
          first,
          onward: first.backends.flatMap((entrance) => proxyPaths(model, entrance)),
        };
      }),
  );
}

function resolveOrigin(model: Model, tunnel: Tunnel, rule: TunnelRule): Resolved {
  const { origin } = rule;
  if (origin.kind === 'address') return resolve(model, origin.host, origin.port, tunnel.workload.namespace);
  const why = origin.kind === 'open' ? origin.why : 'it answers by itself';
  return { service: undefined, backends: [], problem: { kind: 'unknown', why } };
}

/** What a workload hands on of the requests that come in at one of its ports, where it is a proxy. */
export function proxyPaths(model: Model, entrance: Backend): readonly ProxyPath[] {
  const proxy = model.proxyOf(entrance.workload);
  if (proxy === undefined) return [];
  return proxy.routes
    .filter(({ ports }) => ports.includes(entrance.port))
    .map((route) => ({ proxy, entrance, route, to: resolveUpstream(model, proxy, route) }));
}

function resolveUpstream(model: Model, proxy: OriginProxy, { upstream }: ProxyRoute): Resolved {
  if (upstream !== undefined) return resolve(model, upstream.host, upstream.port, proxy.workload.namespace);
  const why = 'its upstream is not a host and a port';
  return { service: undefined, backends: [], problem: { kind: 'unknown', why } };
}

/** The workloads that stand behind a gate, and who may reach them because of it. */
export interface GatedPaths {
  paths: readonly TunnelPath[];
  /** Proxies that a tunnel leads to, with the tunnels. */
  proxies: ReadonlyMap<Workload, ReadonlySet<Workload>>;
  /** What the proxies hand on to, or what a tunnel leads to where there is no proxy, with those before it. */
  backends: ReadonlyMap<Workload, ReadonlySet<Workload>>;
}

/** Finds the gates. A workload behind a proxy may be reached by its proxies only, whatever a tunnel says. */
export function findGatedPaths(model: Model): GatedPaths {
  const ways = tunnelPaths(model);
  const proxies = new Map<Workload, Set<Workload>>();
  const backends = new Map<Workload, Set<Workload>>();
  for (const way of ways) {
    for (const { workload } of way.first.backends) {
      if (model.proxyOf(workload) !== undefined) add(proxies, workload, way.tunnel.workload);
    }
    for (const { proxy, to } of way.onward) {
      for (const { workload } of to.backends)
        if (workload !== proxy.workload) add(backends, workload, proxy.workload);
    }
  }
  const gated = new Set(backends.keys());
  for (const way of ways) {
    for (const { workload } of way.first.backends) {
      if (!proxies.has(workload) && !gated.has(workload)) add(backends, workload, way.tunnel.workload);
    }
  }
  return { paths: ways, proxies, backends };
}

function add(map: Map<Workload, Set<Workload>>, key: Workload, value: Workload): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, new Set([value]));
  else found.add(value);
}

/** A port that a workload is known to serve. */
export interface Served {
  protocol: Protocol;
  port: number;
}

/** The ports that a workload serves: those of its containers, of Services before it, and of its proxy's servers. */
export function servedPorts(model: Model, workload: Workload): readonly Served[] {
  const served = new Map<string, Served>();
  const note = (protocol: Protocol, port: number) => served.set(`${protocol}/${port}`, { protocol, port });
  for (const { protocol, port } of workload.ports) note(protocol, port);
  for (const { port } of servicePortsOf(model, workload)) note(port.protocol, port.port);
  const proxy = model.proxyOf(workload);
  for (const port of proxy?.routes.flatMap(({ ports }) => ports) ?? []) note('TCP', port);
  return [...served.values()];
}

/** The Services that lead to a workload, with the port of the workload. */
export function servicePortsOf(model: Model, workload: Workload): readonly ServicePath[] {
  return model.servicePaths.get(workload) ?? [];
}

/** True for objects of a kind of one API group. */
export function isKind({ object }: SourcedObject, group: string, kind: string): boolean {
  return object.kind === kind && object.apiVersion.startsWith(`${group}/`);
}
