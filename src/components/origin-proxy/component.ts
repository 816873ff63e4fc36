import { type Context, defineComponent, type Manifest } from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import { cloudflareSites } from '../shared/cloudflare.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { clusterDns, dnsPorts, prometheus } from '../shared/externalPeers.ts';
import { originProxyDocuments } from './documents.ts';
import { configMaps, deployment, disruptionBudget, service } from './manifests.ts';
import { podMonitor, proxyAlerts } from './monitoring.ts';
import { namespace, proxyBackend, proxyDirectory, proxyPorts, proxyWorkload, type Route } from './routes.ts';
import { type OriginProxySection, originProxySection } from './section.ts';

/**
 * A gate for each app that asks for a way in from the internet. It verifies the token of Access at the origin,
 * where a header that is merely there counts for nothing.
 */
export const originProxy = defineComponent<OriginProxySection>({
  name: 'origin-proxy',
  section: 'originProxy',
  summary: 'A gate in front of each published app, which verifies the token of Access.',
  schema: originProxySection,
  provides: ['route'],
  providerRequires: (requirement, context) =>
    requirement.kind === 'route' ? consequences(requirement, context) : [],
  build: (context) => ({
    manifests: context.provided
      .filter((requirement): requirement is Route => requirement.kind === 'route')
      .flatMap((route) => {
        const configs = configMaps(context, route);
        const manifest = (file: string, objects: Manifest['objects']): Manifest => ({
          directory: proxyDirectory(route),
          file,
          objects,
          field: route.field,
        });
        return [
          manifest('configmap.yaml', configs),
          manifest('deployment.yaml', [deployment(context, route, configs)]),
          manifest('service.yaml', [service(route)]),
          manifest('poddisruptionbudget.yaml', disruptionBudget(context, route)),
          manifest('podmonitor.yaml', podMonitor(context, route)),
          manifest('prometheusrule.yaml', proxyAlerts(context, route)),
        ];
      }),
  }),
  documents: originProxyDocuments,
});

/** What follows from a route: a tunnel to the gate, and the connections that the gate needs, no others. */
function consequences(route: Route, { section, settings }: Context<OriginProxySection>): Requirement[] {
  const { by, field, host, backend, login: auth } = route;
  const gate = proxyWorkload(route);
  const reach = connectionsFor('origin-proxy', field);
  return [
    {
      kind: 'namespace',
      by: 'origin-proxy',
      field: 'originProxy',
      name: namespace,
      podSecurity: 'restricted',
    },
    {
      kind: 'tunnel',
      by,
      field,
      host,
      backend: proxyBackend(route),
      access: { team: section.team, audience: auth.audience },
    },
    reach(gate, clusterDns, dnsPorts, 'names of Services'),
    reach(gate, cloudflareSites, tcp(443), 'the keys of Access'),
    reach(gate, backend.workload, tcp(backend.targetPort), 'requests with a valid token'),
    ...prometheus(settings).map((from) =>
      connectionsFor('origin-proxy', 'monitoring')(
        from,
        gate,
        tcp(proxyPorts.status),
        'how the gate is doing',
      ),
    ),
  ];
}
