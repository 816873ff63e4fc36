import type { PrometheusRule } from '../../kubernetes/types.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { controller } from './names.ts';

/** A certificate is renewed when a third of its time is left: one that is nearer to its end was not. */
export function certificateAlerts(): PrometheusRule {
  const what = '{{ $labels.namespace }}/{{ $labels.name }}';
  return alertsAbout(controller, [
    {
      alert: 'CertificateExpiresSoon',
      // The metric of internal/collectors/certificate_collector.go; 0 is a certificate that was never issued.
      expr: 'certmanager_certificate_expiration_timestamp_seconds > 0 < time() + 14 * 86400',
      for: '1h',
      labels: { severity: 'critical' },
      annotations: {
        summary: `The certificate ${what} expires within two weeks`,
        description: `It should have been renewed. kubectl -n {{ $labels.namespace }} describe certificate {{ $labels.name }} shows why it was not.`,
      },
    },
    {
      alert: 'CertificateNotReady',
      expr: 'certmanager_certificate_ready_status{condition="True"} == 0',
      for: '1h',
      labels: { severity: 'warning' },
      annotations: {
        summary: `The certificate ${what} is not ready`,
        description: `It was not issued, or is not what was asked for. kubectl -n {{ $labels.namespace }} describe certificate {{ $labels.name }} shows why.`,
      },
    },
  ]);
}
