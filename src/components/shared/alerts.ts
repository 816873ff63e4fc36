import type { PrometheusRule } from '../../kubernetes/types.ts';
import type { Workload } from '../contract/network.ts';
import { objectLabels } from './labels.ts';

type Rules = NonNullable<NonNullable<PrometheusRule['spec']['groups']>[number]['rules']>;

/** The alerts about a workload, in one group that has its name. */
export function alertsAbout(workload: Workload, rules: Rules): PrometheusRule {
  const { name, namespace } = workload;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name, namespace, labels: objectLabels(workload) },
    spec: { groups: [{ name, rules }] },
  };
}
