import type { ReleaseNote } from '../contract/releaseNotes.ts';

/** What the first release of RustFS changes for those who run a candidate. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    program: 'RustFS',
    artifact: 'chart/rustfs',
    version: '1.0.0',
    breaks:
      'this is the first release after the candidates. Its chart is that of 1.0.0-rc.5, and nobody promises that a candidate reads what the release wrote',
    action:
      'have a copy of what is in the buckets elsewhere before the upgrade; to go back means to restore it',
    source: 'release of RustFS 1.0.0, 2026-09-16, and zammad/zammad-helm#465',
  },
];
