import { reference } from '../../config/private.ts';
import { addressIn } from '../../config/values/address.ts';
import type { BuildContext, Context } from '../contract/component.ts';
import type { AccessLogin } from '../contract/login.ts';
import type { Backend, Workload } from '../contract/network.ts';
import type { Requirement } from '../contract/requirements.ts';
import { partLabels } from '../shared/labels.ts';
import { requesterName } from '../shared/requesters.ts';
import { defaultBodyLimitBytes, type NginxOptions } from './nginx.ts';
import type { OriginProxySection } from './section.ts';

export const namespace = 'networking';

/** The port that the tunnel connects to, the one for probes and metrics, and one that is on the loopback address only. */
export const proxyPorts = { requests: 8080, status: 8081, loopback: 8082 } as const;

/** A route with the one login that the proxy can check. */
export type Route = Requirement<'route'> & { login: AccessLogin };

export function isAccessRoute(route: Requirement<'route'>): route is Route {
  return route.gate === 'proxy' && route.from === 'internet' && route.login.kind === 'access';
}

/** The routes that the proxy provides. */
export function routesOf(context: Pick<BuildContext<OriginProxySection>, 'provided'>): Route[] {
  return context.provided('route').filter(isAccessRoute);
}

/** Each route has a proxy of its own, named after who requires it: `immich-origin-proxy`. */
export function proxyName({ requester }: Pick<Requirement<'route'>, 'requester'>): string {
  return `${requesterName(requester)}-origin-proxy`;
}

export function proxyDirectory(route: Pick<Route, 'requester'>): string {
  return `apps/networking/${proxyName(route)}`;
}

export function proxyWorkload(route: Pick<Route, 'requester'>): Workload {
  return {
    directory: proxyDirectory(route),
    namespace,
    name: proxyName(route),
    labels: partLabels(proxyName(route), 'gate'),
  };
}

export function proxyBackend(route: Route): Backend {
  return {
    workload: proxyWorkload(route),
    service: proxyName(route),
    port: proxyPorts.requests,
    targetPort: proxyPorts.requests,
  };
}

/** The options of the proxy of a route. Private values are references, which Flux fills in. */
export function proxyOptions(
  { settings, section }: Context<OriginProxySection>,
  { backend, login, headers, limits }: Route,
): NginxOptions {
  const listed = login.emails.length + login.serviceTokens.length > 0;
  return {
    listenPort: proxyPorts.requests,
    statusPort: proxyPorts.status,
    loopbackPort: proxyPorts.loopback,
    upstream: {
      serviceName: `${backend.service}.${backend.workload.namespace}.svc.cluster.local`,
      port: backend.port,
    },
    headers: headers ?? [],
    // The tenth address of the Services' range is the name server's on k3s and on Talos.
    resolver: addressIn(settings.cluster.network.services, 10),
    access: {
      issuer: `https://${reference(section.team)}.cloudflareaccess.com`,
      audiences: [reference(login.audience)],
      ...(listed
        ? {
            allowedEmails: login.emails.map(reference),
            allowedServiceTokens: login.serviceTokens.map(reference),
          }
        : {}),
    },
    bodyLimitBytes: limits?.bodyBytes ?? defaultBodyLimitBytes,
    maximumUploads: limits?.uploads ?? section.uploads,
    // Only the tunnel can connect to the proxy: every peer is a pod of it.
    trustedPeers: [settings.cluster.network.pods],
  };
}
