import type { BuildContext } from '../contract/component.ts';
import type { StatusEntry } from '../contract/status.ts';
import type { VolsyncSection } from './section.ts';

/** A backup in the cluster helps against a mistake, and not against the loss of the cluster. */
export function volsyncStatus({ section, provided }: BuildContext<VolsyncSection>): StatusEntry[] {
  if (section.stores.includes('s3') || provided('backup').length === 0) return [];
  return [
    {
      id: 'volsync-outside',
      missing: 'backups of volumes outside of the cluster: those inside are lost with it',
      source: 'any server that speaks S3: enable the section s3, and add s3 to volsync.stores',
      minutes: 15,
      priority: 'medium',
      field: 'volsync.stores',
    },
  ];
}
