import { namespaceOf } from '../../../kubernetes/object.ts';
import type { PolicySystem } from '../system.ts';

/**
 * Policies of Calico (docs.tigera.io/calico). They are not modelled: each names a tier, which is an object of its own,
 * and an order in that tier.
 */
export const calicoPolicies: PolicySystem = {
  enforcers: /calico|canal|tigera/,
  kinds: ['crd.projectcalico.org', 'projectcalico.org'].flatMap((group) => [
    { kind: `${group}/NetworkPolicy`, subjectOf: ({ object }) => ({ namespace: namespaceOf(object) }) },
    { kind: `${group}/GlobalNetworkPolicy`, subjectOf: () => ({}) },
  ]),
};
