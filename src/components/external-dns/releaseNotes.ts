import type { ReleaseNote } from '../contract/releaseNotes.ts';

/** What a user of external-dns has to know of. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    program: 'external-dns',
    artifact: 'external-dns/external-dns',
    version: '0.22.0',
    breaks:
      'its annotations begin with external-dns.kubernetes.io/, and those with external-dns.alpha.kubernetes.io/ are no longer read',
    action: 'nothing for the names of this repository; change annotations of your own before you push it',
    source: 'external-dns v0.22.0, source/annotations/annotations.go',
  },
];
