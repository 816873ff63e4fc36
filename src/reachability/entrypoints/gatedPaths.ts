import { mapsAt, textAt, textsAt } from '../../kubernetes/fields.ts';
import type { Model } from '../model/model.ts';
import type { Backend } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';
import type { ProxyRoute, ProxyWorkload } from '../proxies/proxy.ts';
import { everyRequest } from '../proxies/requests.ts';
import { runsUnreadProgram } from '../proxies/unreadPrograms.ts';
import { type ResolvedBackends, resolve } from './destinations.ts';

/** A rule of a tunnel with its destinations. */
export interface TunnelPath {
  tunnel: ProxyWorkload;
  rule: ProxyRoute;
  destination: ResolvedBackends;
  /** The paths through each proxy behind the rule. */
  forwarded: readonly ProxyPath[];
}

export interface ProxyPath {
  proxy: ProxyWorkload;
  /** The backend through which a request enters the proxy. */
  entrance: Backend;
  route: ProxyRoute;
  destination: ResolvedBackends;
}

/** What the demands on a path rest on and no object tells. */
export function premisesOfPath({ tunnel, rule, forwarded }: TunnelPath): readonly string[] {
  return [tunnel, rule, ...forwarded.flatMap(({ proxy, route }) => [proxy, route])].flatMap(
    ({ assumptions = [] }) => assumptions,
  );
}

/** Whether a workload is a proxy with an unread configuration. */
export function isUnreadProxy(model: Model, workload: Workload): boolean {
  return model.proxyOf(workload) === undefined && runsUnreadProgram(workload);
}

/** Every rule of every tunnel with its destinations. */
export function tunnelPaths(model: Model): readonly TunnelPath[] {
  return model.tunnels.flatMap((tunnel) =>
    tunnel.routes
      .filter(({ upstream }) => upstream.kind !== 'answer')
      .map((rule) => pathOf(model, tunnel, rule)),
  );
}

function pathOf(model: Model, tunnel: ProxyWorkload, rule: ProxyRoute): TunnelPath {
  const destination = resolveUpstream(model, tunnel, rule);
  const forwarded = destination.backends.flatMap((entrance) => proxyPaths(model, entrance));
  return { tunnel, rule, destination, forwarded };
}

/** The paths that a tunnel with a generated configuration may open: to each Service that its configuration names. */
function possiblePaths(model: Model): readonly TunnelPath[] {
  return model.tunnels
    .filter(({ generated }) => generated === true)
    .flatMap((tunnel) =>
      [...(model.serviceReferences.get(tunnel.workload) ?? [])].flatMap((service) =>
        service.ports
          .filter(({ protocol }) => protocol === 'TCP')
          .map(({ port }) =>
            pathOf(model, tunnel, {
              name: 'a rule that is not known',
              hostname: undefined,
              path: undefined,
              requests: everyRequest,
              ports: [],
              upstream: { kind: 'address', host: `${service.name}.${service.namespace}.svc`, port },
              controls: [],
              object: tunnel.object,
            }),
          ),
      ),
    );
}

/** The paths of requests that enter a proxy at one of its ports. */
export function proxyPaths(model: Model, entrance: Backend): readonly ProxyPath[] {
  const proxy = model.proxyOf(entrance.workload);
  if (proxy === undefined) return [];
  return proxy.routes
    .filter(({ ports }) => ports.includes(entrance.port))
    .map((route) => ({ proxy, entrance, route, destination: resolveUpstream(model, proxy, route) }));
}

function resolveUpstream(
  model: Model,
  { workload }: ProxyWorkload,
  { upstream }: ProxyRoute,
): ResolvedBackends {
  const unknown = (why: string): ResolvedBackends => ({
    service: undefined,
    backends: [],
    problem: { kind: 'unknown', why },
  });
  if (upstream.kind === 'answer') return unknown('it answers by itself');
  if (upstream.kind === 'unknown') return unknown(upstream.why);
  const { host, port } = upstream;
  if (isLoopback(host)) {
    const backend = { workload, truth: 'yes', port, protocol: 'TCP' } as const;
    return { service: undefined, backends: [backend], problem: undefined };
  }
  const otherwise = otherNames(workload, host);
  return otherwise === undefined ? resolve(model, host, port, workload.namespace) : unknown(otherwise);
}

function isLoopback(host: string): boolean {
  return /^(?:localhost\.?|127(?:\.\d+){1,3}|::1)$/i.test(host);
}

/** Why a pod does not find a host by the DNS of the cluster, if it does not. */
function otherNames({ spec, hostNetwork }: Workload, host: string): string | undefined {
  if (/^[\d.]+$|:/.test(host)) return undefined;
  if (mapsAt(spec, 'hostAliases').some((alias) => textsAt(alias, 'hostnames').includes(host)))
    return `hostAliases of its pod says where ${host} is`;
  const policy = textAt(spec, 'dnsPolicy') ?? 'ClusterFirst';
  const asksCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !hostNetwork);
  return asksCluster ? undefined : `its pod does not ask the DNS of the cluster for ${host}`;
}

/** The workloads behind an access check, with the workloads that may connect to them. */
export interface GatedPaths {
  paths: readonly TunnelPath[];
  /** What tunnels with a generated configuration may lead to. */
  possible: readonly TunnelPath[];
  /** The proxies behind a tunnel, with their tunnels. */
  proxies: ReadonlyMap<Workload, ReadonlySet<Workload>>;
  /** The destinations of the proxies, or of a tunnel without a proxy, with the workloads before them. */
  backends: ReadonlyMap<Workload, ReadonlySet<Workload>>;
}

/** Finds the paths through tunnels. Only its proxies may connect to a workload behind a proxy. */
export function findGatedPaths(model: Model): GatedPaths {
  const paths = tunnelPaths(model);
  const proxies = new Map<Workload, Set<Workload>>();
  const backends = new Map<Workload, Set<Workload>>();
  for (const path of paths) {
    for (const { workload } of path.destination.backends) {
      if (workload !== path.tunnel.workload && model.proxyOf(workload) !== undefined)
        add(proxies, workload, path.tunnel.workload);
    }
    for (const { proxy, destination: to } of path.forwarded) {
      for (const { workload } of to.backends)
        if (workload !== proxy.workload) add(backends, workload, proxy.workload);
    }
  }
  const gated = new Set(backends.keys());
  for (const path of paths) {
    for (const { workload } of path.destination.backends) {
      if (workload === path.tunnel.workload) continue;
      if (!proxies.has(workload) && !gated.has(workload)) add(backends, workload, path.tunnel.workload);
    }
  }
  return { paths, possible: possiblePaths(model), proxies, backends };
}

function add(map: Map<Workload, Set<Workload>>, key: Workload, value: Workload): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, new Set([value]));
  else found.add(value);
}
