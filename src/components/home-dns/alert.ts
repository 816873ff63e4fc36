import type { PrometheusRule } from '../../kubernetes/types.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { self } from './names.ts';

/** The metrics of external-dns 0.22 (`docs/monitoring/metrics.md`). It tries every five minutes. */
export function homeDnsAlerts(): PrometheusRule {
  const job = `job="${self.namespace}/${self.name}"`;
  return alertsAbout(self, [
    {
      alert: 'HomeNamesNotWritten',
      expr: `time() - external_dns_controller_last_sync_timestamp_seconds{${job}} > 3600 or absent(external_dns_controller_last_sync_timestamp_seconds{${job}})`,
      for: '30m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'Nothing has written the names at home for an hour, or it is not known',
        description: `New names are missing at home, and old ones stay. kubectl -n ${self.namespace} logs deployment/${self.name} --all-containers says why.`,
      },
    },
  ]);
}
