import { reference } from '../../config/private.ts';
import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { namesObject, namespace, self } from './names.ts';
import { consoleOf, type HomeDnsSection } from './section.ts';

/** What is asked of external-dns where it writes into a console, and each name as the home network sees it. */
export function homeDnsChecks(context: BuildContext<HomeDnsSection>): LiveCheck[] {
  return [...(consoleOf(context.section) === undefined ? [] : writerChecks(context)), ...nameChecks(context)];
}

function writerChecks({ provided }: BuildContext<HomeDnsSection>): LiveCheck[] {
  const field = 'homeDns.unifi';
  const remedy = `kubectl -n ${namespace} logs deployment/${self.name} --all-containers`;
  const names = { apiVersion: 'externaldns.k8s.io/v1alpha1', kind: 'DNSEndpoint', namespace };
  return [
    {
      id: 'home-dns-pod',
      promise: 'external-dns of the home network is ready',
      question: {
        kind: 'condition',
        of: { apiVersion: 'v1', kind: 'Pod', namespace, labels: self.labels },
        type: 'Ready',
        status: 'True',
      },
      remedy,
      field,
    },
    ...(provided('name').length === 0
      ? []
      : [
          {
            id: 'home-dns-read',
            promise: 'external-dns of the home network has read the names as they are in Git',
            question: {
              kind: 'expression' as const,
              of: { ...names, name: namesObject },
              expr: 'has(status.observedGeneration) && status.observedGeneration == object.metadata.generation',
            },
            remedy,
            field,
          },
        ]),
  ];
}

function nameChecks({ provided, section }: BuildContext<HomeDnsSection>): LiveCheck[] {
  return provided('name').flatMap(({ host, target, requester }, index): LiveCheck[] =>
    'tunnel' in target
      ? []
      : [
          {
            id: `home-name-${index + 1}`,
            promise: `At home the name of ${requesterTitle(requester)} leads to its Gateway, and nowhere else`,
            question: {
              kind: 'addresses',
              host,
              from: 'home',
              to: { ranges: [reference(target.address)], name: 'the Gateway of the home network' },
            },
            remedy:
              consoleOf(section) === undefined
                ? 'Write the name into the resolver of the home network, as docs/quickstart.md lists it; a device that asks another resolver gets another answer'
                : 'Look for a record of that name in the console that external-dns did not make: it leaves those as they are; a device that asks another resolver gets another answer',
            field: requester.field,
          },
        ],
  );
}
