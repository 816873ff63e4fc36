import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { distinct } from './certificates.ts';
import { issuerName } from './issuers.ts';
import type { CertManagerSection } from './section.ts';

/**
 * What is asked about certificates: of who signs, and of each one that something requires. How many days each has left is in
 * the calendar of "gatehouse verify", which knows all of the cluster.
 */
export function certManagerChecks({ section, provided }: BuildContext<CertManagerSection>): LiveCheck[] {
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
    ...distinct(provided('certificate')).map(
      ({ namespace, name: certificate, requester }): LiveCheck => ({
        id: `certificate-${namespace}-${certificate}`,
        promise: `The certificate ${namespace}/${certificate} is issued, for the names that were asked for`,
        question: {
          kind: 'condition',
          of: { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace, name: certificate },
          type: 'Ready',
          status: 'True',
        },
        remedy: `kubectl -n ${namespace} describe certificate,certificaterequest,order`,
        field: requester.field,
      }),
    ),
  ];
}
