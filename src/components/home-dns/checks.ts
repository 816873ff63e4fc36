import { reference } from '../../config/private.ts';
import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { podsOf } from './nameServer.ts';
import { nameServer, namesObject, namespace, self } from './names.ts';
import { consoleOf, type HomeDnsSection, nameServerOf } from './section.ts';

/** What is asked of external-dns where it writes into a console, and each name as the home network sees it. */
export function homeDnsChecks(context: BuildContext<HomeDnsSection>): LiveCheck[] {
  return [
    ...(consoleOf(context.section) === undefined ? [] : writerChecks(context)),
    ...(nameServerOf(context.section) === undefined ? [] : serverChecks(context)),
    ...nameChecks(context),
  ];
}

function serverChecks(context: BuildContext<HomeDnsSection>): LiveCheck[] {
  const field = 'homeDns.k8sGateway';
  const { name, labels } = nameServer;
  return [
    {
      id: 'home-dns-pod',
      promise: 'The name server of the home network is ready',
      question: {
        kind: 'condition',
        of: { apiVersion: 'v1', kind: 'Pod', namespace, labels },
        type: 'Ready',
        status: 'True',
      },
      remedy: `kubectl -n ${namespace} logs ${podsOf(context)}`,
      field,
    },
    {
      id: 'home-dns-address',
      promise: 'The name server of the home network has an address',
      question: {
        kind: 'expression',
        of: { apiVersion: 'v1', kind: 'Service', namespace, name },
        expr: 'has(status.loadBalancer) && has(status.loadBalancer.ingress) && status.loadBalancer.ingress.size() > 0',
      },
      remedy: `kubectl -n ${namespace} describe service ${name}`,
      field: `${field}.address`,
    },
  ];
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
            remedy: nameRemedy(section),
            field: requester.field,
          },
        ],
  );
}

/** A device that asks another resolver gets another answer, whoever has the records. */
function nameRemedy(section: HomeDnsSection): string {
  const other = 'a device that asks another resolver gets another answer';
  if (nameServerOf(section) !== undefined)
    return `See that the router forwards the zone, as docs/quickstart.md says, and start the name server again if it says of each name that it is not there; ${other}`;
  return consoleOf(section) === undefined
    ? `Write the name into the resolver of the home network, as docs/quickstart.md lists it; ${other}`
    : `Look for a record of that name in the console that external-dns did not make: it leaves those as they are; ${other}`;
}
