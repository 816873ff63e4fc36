import type { ReleaseNote } from '../contract/releaseNotes.ts';

/** What cert-manager fixes that a user has to know of. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    program: 'cert-manager',
    artifact: 'chart/cert-manager',
    version: '1.21.2',
    breaks:
      'before it, cert-manager could panic, and wrote the body of an ACME answer into the status of a Challenge, which whoever may read it could read; DNS names of a Gateway are read otherwise',
    action:
      'delete old Challenges: kubectl get challenges -A; and see that each Certificate is Ready: kubectl get certificates -A',
    source: 'release notes of cert-manager v1.21.2',
  },
];
