import type { BuildContext } from '../contract/component.ts';
import type { StatusEntry } from '../contract/status.ts';
import type { TalosBackupSection } from './section.ts';

/** A copy of etcd in the cluster cannot be read on the day on which it is needed. */
export function talosBackupStatus({ section }: BuildContext<TalosBackupSection>): StatusEntry[] {
  if (section.store !== 'rustfs') return [];
  return [
    {
      id: 'talos-backup-outside',
      missing: 'copies of etcd outside of the cluster: those inside cannot be read when the cluster is gone',
      source: 'any server that speaks S3: enable the section s3, and set talosBackup.store to s3',
      minutes: 15,
      priority: 'medium',
      field: 'talosBackup.store',
    },
  ];
}
