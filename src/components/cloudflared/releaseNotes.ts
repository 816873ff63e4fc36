import type { ReleaseNote } from '../contract/releaseNotes.ts';

/** What a user of cloudflared has to know of. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    program: 'cloudflared',
    artifact: 'cloudflare/cloudflared',
    version: '2026.10.0',
    breaks: 'it fixes security problems of the versions before',
    action: 'push it soon: cloudflared is reached from the internet',
    source: 'release of cloudflared 2026.10.0, 2026-10-15',
  },
];
