import { type Context, defineComponent, type Manifest, type RuleFinding } from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import { cloudflareSites } from '../shared/cloudflare.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { clusterDns, dnsPorts, prometheus } from '../shared/externalPeers.ts';
import { isSameRequester, requesterOf, requesterTitle } from '../shared/requesters.ts';
import { routeChecks } from './checks.ts';
import { originProxyDocuments } from './documents.ts';
import { configMaps, deployment, disruptionBudget, service } from './manifests.ts';
import { podMonitor, proxyAlerts } from './monitoring.ts';
import {
  isAccessRoute,
  namespace,
  proxyBackend,
  proxyDirectory,
  proxyPorts,
  proxyWorkload,
  type Route,
  routesOf,
} from './routes.ts';
import { type OriginProxySection, originProxySection } from './section.ts';

/**
 * A proxy for each app that requires a route from the internet. It verifies the token of Access at the origin, where a
 * header that is merely there counts for nothing.
 */
export const originProxy = defineComponent<OriginProxySection>({
  name: 'origin-proxy',
  section: 'originProxy',
  summary: 'A proxy in front of each published app, which verifies the token of Access.',
  listing: { title: 'Origin Proxy (Access at the Origin)', area: 'access', guide: 'docs/troubleshooting.md' },
  schema: originProxySection,
  provides: {
    route: {
      accepts: isAccessRoute,
      requires: (route, context) => (isAccessRoute(route) ? routeRequirements(route, context) : []),
      bind: (route) => ({ host: route.host, proxy: proxyWorkload(route) }),
    },
    'access-team': { bind: (_, { section }) => ({ team: section.team }) },
  },
  rules: (context) => severalRoutes(routesOf(context)),
  build: (context) => ({
    manifests: routesOf(context).flatMap((route) => {
      const configs = configMaps(context, route);
      const manifest = (file: string, objects: Manifest['objects']): Manifest => ({
        directory: proxyDirectory(route),
        file,
        objects,
        field: route.requester.field,
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
  checks: routeChecks,
  // The image is Alpine's.
  probeImages: ({ section }) => [{ image: section.images.nginx, connects: 'nc' }],
  documents: originProxyDocuments,
});

/** What follows from a route: a tunnel to its proxy, and the connections that the proxy needs, no others. */
function routeRequirements(route: Route, { settings }: Context<OriginProxySection>): Requirement[] {
  const { requester, host, backend, login } = route;
  const proxy = proxyWorkload(route);
  const connect = connectionsFor('origin-proxy', requester.field);
  return [
    {
      kind: 'namespace',
      requester: requesterOf('origin-proxy', 'originProxy'),
      name: namespace,
      podSecurity: 'restricted',
    },
    {
      kind: 'tunnel',
      requester,
      host,
      backend: proxyBackend(route),
      access: { audience: login.audience },
    },
    connect(proxy, clusterDns, dnsPorts, 'names of Services'),
    connect(proxy, cloudflareSites, tcp(443), 'the keys of Access'),
    connect(proxy, backend.workload, tcp(backend.targetPort), 'requests with a valid token'),
    ...prometheus(settings).map((from) =>
      connectionsFor('origin-proxy', 'monitoring')(
        from,
        proxy,
        tcp(proxyPorts.status),
        'the state of the proxy',
      ),
    ),
  ];
}

/** A proxy has one host and is named after who requires it. */
function severalRoutes(routes: readonly Route[]): RuleFinding[] {
  return routes.flatMap(({ requester }, index) => {
    const first = routes.slice(0, index).find((other) => isSameRequester(other.requester, requester));
    if (first === undefined) return [];
    return [
      {
        code: 'taken' as const,
        field: requester.field,
        message: `${requesterTitle(requester)} requires two routes: ${first.requester.field} and ${requester.field}`,
        expected: 'one route for each instance of a component',
      },
    ];
  });
}
