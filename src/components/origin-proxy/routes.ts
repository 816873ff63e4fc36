import { reference } from '../../config/private.ts';
import { addressIn } from '../../config/values/address.ts';
import type { Context } from '../contract/component.ts';
import type { Backend, RequirementOf, Workload } from '../contract/requirements.ts';
import { partLabels } from '../shared/labels.ts';
import type { NginxOptions } from './nginx.ts';
import type { OriginProxySection } from './section.ts';

export const namespace = 'networking';

/** The port that the tunnel reaches, and the one for probes and metrics. */
export const proxyPorts = { requests: 8080, status: 8081 } as const;

export type Route = RequirementOf<'route'>;

/** Each route has a gate of its own, named after who asked: `immich-origin-proxy`. */
export function proxyName({ by }: Route): string {
  return `${by}-origin-proxy`;
}

export function proxyDirectory(route: Route): string {
  return `apps/networking/${proxyName(route)}`;
}

export function proxyWorkload(route: Route): Workload {
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

/** What the gate of a route is made of. Private values stand in it by reference, and Flux fills them in. */
export function proxyOptions(
  { settings, section }: Context<OriginProxySection>,
  { backend, login: auth }: Route,
): NginxOptions {
  const listed = auth.emails.length + auth.serviceTokens.length > 0;
  return {
    listenPort: proxyPorts.requests,
    statusPort: proxyPorts.status,
    upstream: {
      serviceName: `${backend.service}.${backend.workload.namespace}.svc.cluster.local`,
      port: backend.port,
    },
    // The tenth address of the Services' range is the name server's on k3s and on Talos.
    resolver: addressIn(settings.cluster.network.services, 10),
    access: {
      issuer: `https://${reference(section.team)}.cloudflareaccess.com`,
      audiences: [reference(auth.audience)],
      ...(listed
        ? {
            allowedEmails: auth.emails.map(reference),
            allowedServiceTokens: auth.serviceTokens.map(reference),
          }
        : {}),
    },
    maximumUploads: section.uploads,
    // Only cloudflared can reach the gate: every peer is a pod of it.
    trustedPeers: [settings.cluster.network.pods],
  };
}
