import type { Model } from '../model/model.ts';
import type { Backend } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';
import type { ProxyRoute, ProxyWorkload } from '../proxies/proxy.ts';
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

/** Whether a workload is a proxy with an unread configuration. */
export function isUnreadProxy(model: Model, workload: Workload): boolean {
  return model.proxyOf(workload) === undefined && runsUnreadProgram(workload);
}

/** Every rule of every tunnel with its destinations. */
export function tunnelPaths(model: Model): readonly TunnelPath[] {
  return model.tunnels.flatMap((tunnel) =>
    tunnel.routes
      .filter(({ upstream }) => upstream.kind !== 'answer')
      .map((rule) => {
        const destination = resolveUpstream(model, tunnel, rule);
        return {
          tunnel,
          rule,
          destination,
          forwarded: destination.backends.flatMap((entrance) => proxyPaths(model, entrance)),
        };
      }),
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
  if (upstream.kind === 'address') return resolve(model, upstream.host, upstream.port, workload.namespace);
  const why = upstream.kind === 'answer' ? 'it answers by itself' : upstream.why;
  return { service: undefined, backends: [], problem: { kind: 'unknown', why } };
}

/** The workloads behind an access check, with the workloads that may connect to them. */
export interface GatedPaths {
  paths: readonly TunnelPath[];
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
      if (model.proxyOf(workload) !== undefined) add(proxies, workload, path.tunnel.workload);
    }
    for (const { proxy, destination: to } of path.forwarded) {
      for (const { workload } of to.backends)
        if (workload !== proxy.workload) add(backends, workload, proxy.workload);
    }
  }
  const gated = new Set(backends.keys());
  for (const path of paths) {
    for (const { workload } of path.destination.backends) {
      if (!proxies.has(workload) && !gated.has(workload)) add(backends, workload, path.tunnel.workload);
    }
  }
  return { paths, proxies, backends };
}

function add(map: Map<Workload, Set<Workload>>, key: Workload, value: Workload): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, new Set([value]));
  else found.add(value);
}
