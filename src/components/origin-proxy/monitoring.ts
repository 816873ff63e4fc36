import type { PodMonitor, PrometheusRule } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { objectLabels } from '../shared/labels.ts';
import { statusPaths } from './nginxOwnServers.ts';
import { namespace, proxyName, proxyWorkload, type Route } from './routes.ts';
import type { OriginProxySection } from './section.ts';

/** Scrapes the pods, not the Service: the Service does not have the port for probes and metrics. */
export function podMonitor({ settings }: Context<OriginProxySection>, route: Route): PodMonitor[] {
  if (!settings.monitoring.enabled) return [];
  const self = proxyWorkload(route);
  return [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: self.name, namespace, labels: objectLabels(self) },
      spec: {
        selector: { matchLabels: self.labels },
        podMetricsEndpoints: [{ port: 'status', path: statusPaths.metrics }],
      },
    },
  ];
}

/** An origin proxy without keys refuses everybody, which is safe, but still an outage. */
export function proxyAlerts({ settings }: Context<OriginProxySection>, route: Route): PrometheusRule[] {
  if (!settings.monitoring.enabled) return [];
  const self = proxyWorkload(route);
  const job = `job="${namespace}/${proxyName(route)}"`;
  return [
    alertsAbout(self, [
      {
        alert: 'GateWithoutKeys',
        expr: `gatehouse_keys{${job}} == 0`,
        for: '5m',
        labels: { severity: 'critical' },
        annotations: {
          summary: `The origin proxy ${self.name} has no keys of Access and refuses everybody`,
          description: 'It cannot fetch them: its log says why.',
        },
      },
      {
        alert: 'GateKeysOld',
        // They are fetched every 15 minutes; the last good ones are used until then.
        expr: `gatehouse_keys{${job}} > 0 and time() - gatehouse_keys_fetched_seconds{${job}} > 21600`,
        for: '10m',
        labels: { severity: 'warning' },
        annotations: {
          summary: `The origin proxy ${self.name} has not fetched the keys of Access for six hours`,
          description: 'When Access rotates its keys, everybody will be refused. Its log says why.',
        },
      },
      {
        alert: 'GateNotWatched',
        expr: `absent(gatehouse_keys{${job}})`,
        for: '15m',
        labels: { severity: 'warning' },
        annotations: {
          summary: `Nobody knows how the origin proxy ${self.name} is doing`,
          description: 'It does not run, or its metrics are not read.',
        },
      },
    ]),
  ];
}
