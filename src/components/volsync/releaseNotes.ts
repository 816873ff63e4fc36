import type { ReleaseNote } from '../contract/releaseNotes.ts';
import { hasKind } from '../shared/runningObjects.ts';

const note = { program: 'VolSync', artifact: 'chart/volsync' } as const;

/** What VolSync 0.15 and 0.16 break. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    ...note,
    version: '0.15.0',
    breaks: 'the proxy in front of its metrics (kube-rbac-proxy) is gone: the operator serves them itself',
    action: 'change monitors of your own that name the port of the proxy',
    source: 'release notes of VolSync 0.15.0',
    concerns: (objects) => hasKind(objects, 'ServiceMonitor', 'PodMonitor'),
  },
  {
    ...note,
    version: '0.16.0',
    breaks: 'its movers run restic 0.18.1',
    action: 'restore by hand with restic 0.18 or newer',
    source: 'release notes of VolSync 0.16.0',
    concerns: (objects) => hasKind(objects, 'ReplicationSource', 'ReplicationDestination'),
  },
];
