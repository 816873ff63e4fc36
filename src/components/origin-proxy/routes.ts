import { reference } from '../../config/private.ts';
import { addressIn } from '../../config/values/address.ts';
import type { Context } from '../contract/component.ts';
import type { Backend, RequirementOf, Workload } from '../contract/requirements.ts';
import { partLabels } from '../shared/labels.ts';
import type { NginxOptions } from './nginx.ts';
import type { OriginProxySection } from './section.ts';

export const namespace = 'networking';

/** The port that the tunnel reaches, and the one for probes and metrics. */
export const gatePorts = { gate: 8080, status: 8081 } as const;

export type Route = RequirementOf<'route'>;

/** Each route has a gate of its own, named after who asked: `immich-origin-proxy`. */
export function gateName({ by }: Route): string {
  return `${by}-origin-proxy`;
}

export function gateFolder(route: Route): string {
  return `apps/networking/${gateName(route)}`;
}

export function gateWorkload(route: Route): Workload {
  return {
    folder: gateFolder(route),
    namespace,
    name: gateName(route),
    labels: partLabels(gateName(route), 'gate'),
  };
}

export function gateBackend(route: Route): Backend {
  return {
    workload: gateWorkload(route),
    service: gateName(route),
    port: gatePorts.gate,
    targetPort: gatePorts.gate,
  };
}

/** What the gate of a route is made of. Private values stand in it by reference, and Flux fills them in. */
export function gateOptions(
  { settings, section }: Context<OriginProxySection>,
  { backend, login: auth }: Route,
): NginxOptions {
  const listed = auth.emails.length + auth.serviceTokens.length > 0;
  return {
    listenPort: gatePorts.gate,
    statusPort: gatePorts.status,
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
