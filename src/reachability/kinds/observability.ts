import { textAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import {
  harmless,
  type KindFamily,
  makesPods,
  makesRoutes,
  makesServices,
  modelled,
  type Reach,
  unread,
} from './kind.ts';

const prometheus = 'prometheus-operator 0.86, API reference';
const grafana = 'grafana-operator 5.24, API reference';
const victoria = 'VictoriaMetrics operator 0.63, API reference';
const asks = 'It says what is asked for metrics, or which alerts follow. It makes no pod and no Service';

/** Metrics, logs, traces and what shows them. */
export const observabilityKinds: readonly KindFamily[] = [
  harmless(
    asks,
    prometheus,
    'monitoring.coreos.com',
    'PodMonitor',
    'ServiceMonitor',
    'Probe',
    'ScrapeConfig',
    'PrometheusRule',
    'AlertmanagerConfig',
  ),
  unread(
    makesPods,
    `${prometheus}. Its Services have no type of their own`,
    'monitoring.coreos.com',
    'Prometheus',
    'PrometheusAgent',
    'Alertmanager',
    'ThanosRuler',
  ),
  modelled('controllers', 'grafana.integreatly.org', 'Grafana'),
  harmless(
    'It is what a Grafana shows or alerts on. The Grafana counts by itself',
    grafana,
    'grafana.integreatly.org',
    '*',
  ),
  harmless(
    asks,
    victoria,
    'operator.victoriametrics.com',
    'VMRule',
    'VMPodScrape',
    'VMServiceScrape',
    'VMNodeScrape',
    'VMStaticScrape',
    'VMScrapeConfig',
    'VMProbe',
    'VMAlertmanagerConfig',
    'VMUser',
  ),
  unread(makesRoutes, victoria, 'operator.victoriametrics.com', '*'),
  harmless('It silences alerts', 'silence-operator 0.20, README', 'observability.giantswarm.io', 'Silence'),
  harmless('It silences alerts', 'silence-operator 0.20, README', 'monitoring.giantswarm.io', 'Silence'),
  harmless(asks, 'Pyrra 0.9, README', 'pyrra.dev', 'ServiceLevelObjective'),
  harmless(asks, 'Sloth 0.13, README', 'sloth.slok.dev', 'PrometheusServiceLevel'),
  unread(
    makesRoutes,
    'OpenTelemetry operator 0.138, API reference',
    'opentelemetry.io',
    'OpenTelemetryCollector',
    'TargetAllocator',
    'OpAMPBridge',
  ),
  harmless(
    'It adds a program and variables to pods, and neither labels nor ports',
    'OpenTelemetry operator 0.138, API reference',
    'opentelemetry.io',
    'Instrumentation',
  ),
  unread(makesRoutes, 'Loki operator 0.9, API reference', 'loki.grafana.com', 'LokiStack'),
  harmless(
    asks,
    'Loki operator 0.9, API reference',
    'loki.grafana.com',
    'AlertingRule',
    'RecordingRule',
    'RulerConfig',
  ),
  unread(makesRoutes, 'Tempo operator 0.18, API reference', 'tempo.grafana.com', '*'),
  unread(makesRoutes, 'Jaeger operator 1.65, CRD', 'jaegertracing.io', '*'),
  unread(
    makesServices,
    'Logging operator 6.1, CRD',
    'logging.banzaicloud.io',
    'Logging',
    'FluentbitAgent',
    'NodeAgent',
    'HostTailer',
    'EventTailer',
  ),
  harmless(
    'It says where logs go',
    'Logging operator 6.1, CRD',
    'logging.banzaicloud.io',
    'Flow',
    'ClusterFlow',
    'Output',
    'ClusterOutput',
    'LoggingRoute',
    'SyslogNGFlow',
    'SyslogNGClusterFlow',
    'SyslogNGOutput',
    'SyslogNGClusterOutput',
  ),
  unread(
    { ...makesPods, does: 'makes pods for its checks', narrow: canaryPods },
    'Canary Checker 1.1, reference',
    'canaries.flanksource.com',
    'Canary',
  ),
  harmless('It is a report', 'policy-reporter, Policy Report API', 'wgpolicyk8s.io', '*'),
  harmless('It is a report', 'OpenReports API', 'openreports.io', '*'),
  harmless('It is a report', 'Trivy operator 0.29, docs', 'aquasecurity.github.io', '*'),
];

/** Checks that make pods (Canary Checker 1.1): all others ask from its own pod. */
const checksWithPods = [
  'pod',
  'junit',
  'namespace',
  'helm',
  'exec',
  'containerd',
  'docker',
  'jmeter',
  'kubernetesResource',
];

function canaryPods(object: KubernetesObject): readonly Partial<Reach>[] {
  const isQuiet = checksWithPods.every((check) => valueAt(object, 'spec', check) === undefined);
  return isQuiet && textAt(object, 'spec', 'source') === undefined ? [] : [{}];
}
