import type { PodMonitor, PrometheusRule } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import type { Workload } from '../contract/network.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { objectLabels } from '../shared/labels.ts';
import { controller, envoy, gatewaysOf } from './names.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = BuildContext<EnvoyGatewaySection>;

/** What Prometheus reads of the controller; nothing where there is none. */
export function controllerMonitor({ section, settings }: Context): PodMonitor[] {
  return settings.monitoring.enabled ? [monitor(controller(section))] : [];
}

/** What Prometheus reads of the pods of each Gateway. Merged, all Gateways of the class share them. */
export function gatewayMonitors({ section, settings }: Context): (PodMonitor | PrometheusRule)[] {
  if (!settings.monitoring.enabled) return [];
  const gateways = gatewaysOf(section).map((key) => envoy(section, key));
  return [
    // Envoy Gateway 1.9, `resource_provider.go` (`prometheus.io/path`).
    ...gateways.map((each) => monitor(each, '/stats/prometheus')),
    ...gateways.map(alerts),
  ];
}

/** Both name their port of metrics so (Envoy Gateway 1.9: `values.yaml` of the chart, and `proxy/resource.go`). */
function monitor({ name, namespace, labels }: Workload, path?: string): PodMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace, labels: objectLabels({ labels }) },
    spec: {
      selector: { matchLabels: labels },
      podMetricsEndpoints: [{ port: 'metrics', ...(path === undefined ? {} : { path }) }],
    },
  };
}

/** Envoy refuses a configuration as a whole, and goes on with the last good one: a new route or policy is not in force then. */
function alerts(workload: Workload): PrometheusRule {
  const { name, namespace } = workload;
  const job = `job="${namespace}/${name}"`;
  return alertsAbout(workload, [
    {
      alert: 'GatewayConfigurationRefused',
      expr: `increase(envoy_listener_manager_lds_update_rejected{${job}}[15m]) + increase(envoy_cluster_manager_cds_update_rejected{${job}}[15m]) > 0`,
      for: '5m',
      labels: { severity: 'warning' },
      annotations: {
        summary: `Envoy of ${name} refuses its configuration`,
        description: `It goes on with the one before: new routes and policies are not in force. kubectl -n ${namespace} logs -l app.kubernetes.io/name=envoy -c envoy --tail=50 says why.`,
      },
    },
    {
      alert: 'GatewayNotWatched',
      expr: `absent(envoy_server_live{${job}})`,
      for: '15m',
      labels: { severity: 'critical' },
      annotations: {
        summary: `Envoy of ${name} does not run, or its metrics are not read`,
        description: `Nobody reaches its routes. kubectl -n ${namespace} get pods -l app.kubernetes.io/name=envoy says more.`,
      },
    },
  ]);
}
