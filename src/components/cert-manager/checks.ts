import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { issuerName } from './issuers.ts';
import type { CertManagerSection } from './section.ts';

/** What is asked about certificates: of who signs. When each certificate ends is in the calendar of "gatehouse verify". */
export function certManagerChecks({ section }: BuildContext<CertManagerSection>): LiveCheck[] {
  const name = issuerName(section);
  return [
    {
      id: 'cert-manager-issuer',
      promise: 'Certificates can be issued',
      question: {
        kind: 'condition',
        of: { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', name },
        type: 'Ready',
        status: 'True',
      },
      remedy: `kubectl describe clusterissuer ${name}`,
      field: 'certManager.issuer',
    },
  ];
}
