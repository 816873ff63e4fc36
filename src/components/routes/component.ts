import { defineComponent } from '../contract/component.ts';
import { appBackend } from '../shared/appBackend.ts';
import {
  appDirectory,
  type FluxKustomizationRef,
  fluxKustomizationIn,
  withField,
} from '../shared/fluxKustomizations.ts';
import { gatesOf, routesOf } from '../shared/routes.ts';
import { type RoutesSection, routesSection } from './section.ts';

/** Routes to apps that a person runs already. The gateway makes their objects, beside the policies for their pods. */
export const routes = defineComponent<RoutesSection>({
  name: 'routes',
  section: 'routes',
  summary: 'Routes to apps of your own, each with a login for every place from which it is reached.',
  listing: { title: 'Routes to Your Own Apps', area: 'access', guide: 'docs/routes.md' },
  schema: routesSection,
  requires: ({ section }) =>
    Object.entries(section).flatMap(([name, fields]) => {
      const backend = appBackend(fields.backend, appDirectory(placeOf(name, fields)));
      return routesOf({ component: 'routes', instance: name }, `routes.${name}`, fields, backend);
    }),
  build: (context) => ({
    manifests: [],
    fluxKustomizations: Object.entries(context.section).map(([name, fields]) =>
      withField(`routes.${name}`).fluxKustomization(
        placeOf(name, fields),
        gatesOf(context, name),
        // Until the namespace of the app is there, nothing can be applied.
        '10m',
      ),
    ),
  }),
  documents: () => ({ tools: ['curl', 'dig'] }),
});

/** Each route is applied by itself: an app that is not there yet stops no other. */
function placeOf(name: string, { backend }: RoutesSection[string]): FluxKustomizationRef {
  return fluxKustomizationIn(backend.namespace, `route-${name}`);
}
