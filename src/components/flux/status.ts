import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { StatusEntry } from '../contract/status.ts';

/** Without a recipient nothing can be encrypted, and Secrets cannot be delivered in Git. */
export function fluxStatus({ secrets }: ClusterSettings): StatusEntry[] {
  if (secrets.recipients.length > 0) return [];
  return [
    {
      id: 'flux-recipient',
      missing: 'a key for which private values and Secrets in Git are encrypted',
      source: '`gatehouse secrets keygen` makes it, and `gatehouse secrets recipients add` names it',
      minutes: 3,
      priority: 'low',
      field: 'secrets.recipients',
    },
  ];
}
