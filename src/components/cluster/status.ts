import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { StatusEntry } from '../contract/status.ts';

/** Network policies without an enforcer are wishes. */
export function clusterStatus({ cluster }: ClusterSettings): StatusEntry[] {
  if (cluster.network.policyEnforcer !== 'none') return [];
  return [
    {
      id: 'cluster-policy-enforcer',
      missing: 'something that enforces the network policies: now every pod reaches every other',
      source: 'the network plugin of the cluster, or kube-network-policies beside it',
      minutes: 20,
      priority: 'medium',
      field: 'cluster.network.policyEnforcer',
    },
  ];
}
