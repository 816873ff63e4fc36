import { namespaceOf } from '../../../kubernetes/object.ts';
import type { PolicySystem } from '../system.ts';

/**
 * Policies of Antrea (antrea.io/docs). They are not modelled: each names a tier, which may be an object of its own, and
 * a priority in that tier.
 */
export const antreaPolicies: PolicySystem = {
  enforcers: /antrea/,
  kinds: [
    { kind: 'crd.antrea.io/NetworkPolicy', subjectOf: ({ object }) => ({ namespace: namespaceOf(object) }) },
    { kind: 'crd.antrea.io/ClusterNetworkPolicy', subjectOf: () => ({}) },
  ],
};
