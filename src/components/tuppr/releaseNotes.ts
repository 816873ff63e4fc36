import type { ReleaseNote } from '../contract/releaseNotes.ts';

const note = { program: 'tuppr', artifact: 'chart/tuppr', version: '0.5.0' } as const;

/** What tuppr 0.5 does otherwise. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    ...note,
    breaks:
      'an upgrade that failed is tried again by the annotations of tuppr (reset, suspend), not by those of Flux',
    action: 'use tuppr.home-operations.com/reset where a script of yours uses reconcile.fluxcd.io',
    source: 'tuppr 0.5.0',
  },
  {
    ...note,
    breaks:
      'health checks are compiled and not tried against live objects: a field that is gone lets an upgrade wait for days',
    action:
      'look at "kubectl get talosupgrade,kubernetesupgrade" after each upgrade of what a health check reads',
    source: 'tuppr 0.5.0, and ionfury/homelab#863',
  },
];
