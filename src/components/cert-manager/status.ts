import type { BuildContext } from '../contract/component.ts';
import type { StatusEntry } from '../contract/status.ts';
import type { CertManagerSection } from './section.ts';

/** The staging directory of Let's Encrypt issues certificates for tries. */
export function certManagerStatus({ section: { issuer } }: BuildContext<CertManagerSection>): StatusEntry[] {
  if (issuer.kind !== 'letsencrypt' || issuer.directory !== 'staging') return [];
  return [
    {
      id: 'cert-manager-production',
      missing: 'certificates that devices trust: those of the staging directory are trusted by nobody',
      source: 'set certManager.issuer.directory to production once a certificate was issued',
      minutes: 2,
      priority: 'medium',
      field: 'certManager.issuer.directory',
    },
  ];
}
