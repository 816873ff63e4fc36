import type { ReferenceGrant } from '../../kubernetes/types.ts';
import type { Requirement } from '../contract/requirements.ts';
import { type FluxKustomizationRef, fluxKustomizationIn } from '../shared/fluxKustomizations.ts';
import type { TokenIssuersSection } from './section.ts';

/** What is applied to the namespace of an issuer: by itself, since nothing of it is applied while that is not there. */
export function kustomizationOf(namespace: string): FluxKustomizationRef {
  return fluxKustomizationIn('network', `token-issuers-${namespace}`);
}

/** With it, the SecurityPolicies of other namespaces may name the Services of the issuers in a namespace, and no other. */
export function grants(
  namespace: string,
  requirements: readonly Requirement<'token-issuer'>[],
  { issuers }: TokenIssuersSection,
): ReferenceGrant[] {
  const services = [
    ...new Set(requirements.flatMap(({ name }) => issuers[name]?.keys.service?.name ?? [])),
  ].sort();
  return services.map((service) => {
    const from = requirements
      .filter(({ name }) => issuers[name]?.keys.service?.name === service)
      .map((requirement) => requirement.namespace);
    return {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'ReferenceGrant',
      metadata: {
        name: `${service}-keys`,
        namespace,
        labels: { 'app.kubernetes.io/managed-by': 'gatehouse' },
      },
      spec: {
        from: [...new Set(from)].sort().map((each) => ({
          group: 'gateway.envoyproxy.io',
          kind: 'SecurityPolicy',
          namespace: each,
        })),
        to: [{ group: '', kind: 'Service', name: service }],
      },
    };
  });
}
