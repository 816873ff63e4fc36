import * as z from 'zod';
import { type BuildContext, defineComponent } from '../contract/component.ts';
import { fluxKustomizationIn, withField } from '../shared/fluxKustomizations.ts';
import { dnsEndpointDefinition } from './definition.ts';

const place = fluxKustomizationIn('network', 'dns-endpoints');

/**
 * The kind in which names in DNS are written down. The public zone and the resolver at home both read it, and the cluster has
 * each definition once.
 */
export const dnsEndpoints = defineComponent<undefined>({
  name: 'dns-endpoints',
  summary: 'The kind DNSEndpoint, in which names in DNS are written down.',
  listing: { title: 'DNSEndpoint (Kind)', area: 'operations', guide: 'docs/quickstart.md' },
  schema: z.undefined(),
  provides: {
    definition: {
      accepts: ({ name }) => name === dnsEndpointDefinition.metadata.name,
      bind: () => ({ fluxKustomization: place.name }),
    },
  },
  build(context: BuildContext<undefined>) {
    const [first] = context.provided('definition');
    if (first === undefined) return { manifests: [] };
    const { fluxKustomization, manifest } = withField(first.requester.field);
    return {
      manifests: [manifest(place, 'dnsendpoints.yaml', [dnsEndpointDefinition])],
      fluxKustomizations: [fluxKustomization(place, [], '5m')],
    };
  },
});
