import { expect, it } from 'vitest';
import { gatewayPlan } from '../../../tests/gateway/compiledGateway.ts';
import { fourRoutes } from '../../../tests/gateway/fourRoutes.ts';
import type { NetworkPolicy, PodMonitor } from '../../kubernetes/types.ts';

const monitorsOf = (enabled: boolean) => {
  const { objects } = gatewayPlan({ ...fourRoutes, cluster: (value) => (value.monitoring = { enabled }) });
  const all = objects.filter(({ metadata }) => metadata.namespace === 'network');
  return {
    all,
    monitors: all.filter(({ kind }) => kind === 'PodMonitor') as unknown as PodMonitor[],
  };
};

it('lets Prometheus read the controller and each Gateway, where Envoy has its metrics', () => {
  const { monitors, all } = monitorsOf(true);
  expect(monitors.map(({ metadata, spec }) => [metadata.name, spec.podMetricsEndpoints?.[0]])).toEqual([
    ['envoy-gateway', { port: 'metrics' }],
    ['envoy-external', { port: 'metrics', path: '/stats/prometheus' }],
    ['envoy-internal', { port: 'metrics', path: '/stats/prometheus' }],
    ['envoy-tunnel', { port: 'metrics', path: '/stats/prometheus' }],
  ]);
  // What is read is also let in: the pods that a monitor selects are those of a policy with the port.
  for (const { metadata, spec } of monitors) {
    const policies = all.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as NetworkPolicy[];
    const own = policies.find(({ metadata: { name } }) => name === metadata.name);
    expect(own?.spec?.podSelector).toEqual({ matchLabels: spec.selector.matchLabels });
    expect(own?.spec?.ingress?.flatMap(({ ports = [] }) => ports)).toContainEqual({
      port: 19_001,
      protocol: 'TCP',
    });
  }
});

it('says so when Envoy refuses a configuration, of each Gateway by itself', () => {
  const rules = monitorsOf(true).all.filter(({ kind }) => kind === 'PrometheusRule');
  expect(rules.map(({ metadata }) => metadata.name)).toEqual([
    'envoy-external',
    'envoy-internal',
    'envoy-tunnel',
  ]);
  for (const rule of rules) {
    const text = JSON.stringify(rule);
    expect(text).toContain('envoy_listener_manager_lds_update_rejected');
    expect(text).toContain(`network/${rule.metadata.name}`);
  }
});

it('makes none of their kinds without Prometheus', () => {
  const kinds = monitorsOf(false).all.map(({ kind }) => kind);
  expect(kinds).not.toContain('PodMonitor');
  expect(kinds).not.toContain('PrometheusRule');
});
