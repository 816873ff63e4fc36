import type { PrometheusRule } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { podsOf } from './nameServer.ts';
import { nameServer, self } from './names.ts';
import type { HomeDnsSection } from './section.ts';

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

/** CoreDNS counts what it answers (`coredns_dns_responses_total`), and `up` tells whether it answers at all. */
export function nameServerAlerts(context: BuildContext<HomeDnsSection>): PrometheusRule {
  const { name, namespace } = nameServer;
  const job = `job="${namespace}/${name}"`;
  return alertsAbout(nameServer, [
    {
      alert: 'HomeNamesNotAnswered',
      expr: `max(up{${job}}) < 1 or absent(up{${job}})`,
      for: '10m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'No name server answers with the names at home, or it is not known',
        description: `Devices at home find no app of this cluster. kubectl -n ${namespace} logs ${podsOf(context)} says why.`,
      },
    },
  ]);
}
