import { reference } from '../../config/private.ts';
import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import type { NameRequirement } from '../contract/requirements.ts';
import { namesObject, namespace, self } from './names.ts';
import type { ExternalDnsSection } from './section.ts';

type ExternalDnsContext = BuildContext<ExternalDnsSection>;

/** What is asked about the public names: of external-dns, and of each name as the internet sees it. */
export function externalDnsChecks(context: ExternalDnsContext): LiveCheck[] {
  const names = context.provided('name');
  const logs = `kubectl -n ${namespace} logs deployment/${self.name}`;
  return [
    {
      id: 'external-dns-pod',
      promise: 'external-dns is ready',
      question: {
        kind: 'condition',
        of: { apiVersion: 'v1', kind: 'Pod', namespace, labels: self.labels },
        type: 'Ready',
        status: 'True',
      },
      remedy: logs,
      field: 'externalDns',
    },
    ...(names.length === 0
      ? []
      : [
          {
            id: 'external-dns-read',
            promise: 'external-dns has read the names as they are in Git',
            question: {
              kind: 'expression' as const,
              of: {
                apiVersion: 'externaldns.k8s.io/v1alpha1',
                kind: 'DNSEndpoint',
                namespace,
                name: namesObject,
              },
              expr: 'has(status.observedGeneration) && status.observedGeneration == object.metadata.generation',
            },
            remedy: logs,
            field: 'externalDns',
          },
        ]),
    ...names.flatMap((name, index) => leadsThere(context, name, index)),
  ];
}

/** A name that leads to another one has whatever address that has. Of the tunnel, who requires it asks. */
function leadsThere(
  context: ExternalDnsContext,
  { host, target, requester }: NameRequirement,
  index: number,
): LiveCheck[] {
  if ('tunnel' in target || context.targetKind(target.address) === 'name') return [];
  const to = { ranges: [reference(target.address)], name: 'its target' };
  return [
    {
      id: `public-name-${index + 1}`,
      promise: `The public name of ${requester.instance} leads to ${to.name}, and nowhere else`,
      question: { kind: 'addresses', host, from: 'internet', to },
      remedy:
        'Look for a record that external-dns did not make: it leaves those as they are. Delete it at Cloudflare',
      field: requester.field,
    },
  ];
}
