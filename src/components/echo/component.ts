import type { LiveCheck } from '../contract/checks.ts';
import { type BuildContext, defineComponent, type Manifest } from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { requesterOf } from '../shared/requesters.ts';
import { gatesOf, routesOf } from '../shared/routes.ts';
import { deployment, service } from './manifests.ts';
import { backendOf, kustomizationOf, workloadOf } from './names.ts';
import { type EchoSection, echoSection } from './section.ts';

/** Small servers behind a route each, which answer with what an app there sees. */
export const echo = defineComponent<EchoSection>({
  name: 'echo',
  section: 'echo',
  summary:
    'Small servers that answer with what an app behind a route sees, one for each form of route and login.',
  listing: { title: 'Echo', area: 'app', guide: 'docs/routes.md' },
  schema: echoSection,
  requires: ({ section }) => [
    {
      kind: 'namespace',
      requester: requesterOf('echo', 'echo.namespace'),
      name: section.namespace,
      podSecurity: 'restricted',
    },
    ...Object.entries(section.instances).flatMap(([name, instance]): Requirement[] =>
      routesOf(
        { component: 'echo', instance: name },
        fieldOf(name),
        instance,
        backendOf(section, name, instance),
      ),
    ),
  ],
  build: (context) => ({
    manifests: manifests(context),
    fluxKustomizations: Object.keys(context.section.instances).map((name) =>
      withField(fieldOf(name)).fluxKustomization(kustomizationOf(name), gatesOf(context, name), '5m'),
    ),
  }),
  checks: ({ section }) => Object.keys(section.instances).map((name) => running(section, name)),
  documents: () => ({ tools: ['curl', 'dig'] }),
});

function fieldOf(name: string): string {
  return `echo.instances.${name}`;
}

function manifests({ section }: BuildContext<EchoSection>): Manifest[] {
  return Object.entries(section.instances).flatMap(([name, instance]) => {
    const { manifest } = withField(fieldOf(name));
    const place = kustomizationOf(name);
    return [
      manifest(place, 'deployment.yaml', [deployment(section, name, instance)]),
      manifest(place, 'service.yaml', [service(section, name, instance)]),
    ];
  });
}

function running(section: EchoSection, name: string): LiveCheck {
  const workload = workloadOf(section, name);
  return {
    id: `${workload.name}-runs`,
    promise: `The server ${workload.name} runs`,
    question: {
      kind: 'condition',
      of: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: workload.namespace,
        name: workload.name,
      },
      type: 'Available',
      status: 'True',
    },
    remedy: `kubectl -n ${workload.namespace} describe deployment ${workload.name}`,
    field: fieldOf(name),
  };
}
