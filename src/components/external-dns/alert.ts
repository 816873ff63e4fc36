import type { PrometheusRule } from '../../kubernetes/types.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { self } from './names.ts';

/** The metrics of external-dns 0.22 (`docs/monitoring/metrics.md`). It tries every five minutes. */
export function externalDnsAlerts(): PrometheusRule {
  const job = `job="${self.namespace}/${self.name}"`;
  return alertsAbout(self, [
    {
      alert: 'PublicNamesNotWritten',
      expr: `time() - external_dns_controller_last_sync_timestamp_seconds{${job}} > 3600`,
      for: '10m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'external-dns has not written the public names for an hour',
        description: `New names are missing, and old ones still lead here. kubectl -n ${self.namespace} logs deployment/${self.name} says why.`,
      },
    },
    {
      alert: 'PublicNamesNotWatched',
      expr: `absent(external_dns_controller_last_sync_timestamp_seconds{${job}})`,
      for: '30m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'Nobody knows whether the public names are written',
        description: 'external-dns does not run, has never ended well, or its metrics are not read.',
      },
    },
  ]);
}
