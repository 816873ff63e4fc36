import type { ReferenceGrant, SecurityPolicy } from '../../kubernetes/types.ts';
import type { BuildContext, Manifest, PlannedKustomization } from '../contract/component.ts';
import { fluxKustomizationIn, withField } from '../shared/fluxKustomizations.ts';
import { objectLabels } from '../shared/labels.ts';
import { bound } from './demands.ts';
import { fluxKustomizations } from './names.ts';
import { withToken } from './policies.ts';
import { labelledIssuer } from './requirements.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = BuildContext<EnvoyGatewaySection>;

/** Policies that select the routes of a user by a label, in their namespaces and no other. */
export function labelledPolicies(context: Context): SecurityPolicy[] {
  const { section } = context;
  return context.provided('labelled-routes').map((requirement) => ({
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'SecurityPolicy',
    metadata: {
      name: requirement.name,
      namespace: section.namespace,
      labels: objectLabels({ labels: {} }),
    },
    spec: {
      targetSelectors: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'HTTPRoute',
          matchLabels: { [requirement.label.key]: requirement.label.value },
          namespaces: {
            from: 'Selector',
            selector: {
              matchExpressions: [
                {
                  key: 'kubernetes.io/metadata.name',
                  operator: 'In',
                  values: [...requirement.namespaces].sort(),
                },
              ],
            },
          },
        },
      ],
      ...withToken(requirement.login, bound(context.binding(labelledIssuer(requirement, section)))),
    },
  }));
}

/**
 * A policy selects routes of another namespace only where that allows it. The namespaces are the user's: each has a Flux
 * Kustomization of its own, since nothing of one is applied while a namespace of it is not there.
 */
export function labelledGrants(context: Context): {
  manifests: Manifest[];
  fluxKustomizations: PlannedKustomization[];
} {
  const asked = context.provided('labelled-routes');
  const namespaces = [...new Set(asked.flatMap((requirement) => requirement.namespaces))]
    .filter((namespace) => namespace !== context.section.namespace)
    .sort();
  const { fluxKustomization, manifest } = withField(asked[0]?.requester.field ?? 'envoyGateway');
  const placeOf = (namespace: string) => fluxKustomizationIn('network', `labelled-routes-${namespace}`);
  return {
    manifests: namespaces.map((namespace) =>
      manifest(placeOf(namespace), 'referencegrant.yaml', [grant(namespace, context.section)]),
    ),
    fluxKustomizations: namespaces.map((namespace) =>
      fluxKustomization(placeOf(namespace), [fluxKustomizations.operator.name], '5m'),
    ),
  };
}

function grant(namespace: string, section: EnvoyGatewaySection): ReferenceGrant {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'ReferenceGrant',
    metadata: { name: 'labelled-routes', namespace, labels: objectLabels({ labels: {} }) },
    spec: {
      from: [{ group: 'gateway.envoyproxy.io', kind: 'SecurityPolicy', namespace: section.namespace }],
      to: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
    },
  };
}
