import { fieldsAt, isFields, valueAt } from '../../../kubernetes/fields.ts';
import type { SourcedObject } from '../../../manifests/sourcedObject.ts';
import { parseSelector } from '../../model/selector.ts';
import type { PodSelector } from '../policy.ts';
import type { PolicySystem } from '../system.ts';

/**
 * Policies of a cluster's administrators (network-policy-api.sigs.k8s.io). They are not modelled. AdminNetworkPolicy
 * belongs in the tier `admin`, BaselineAdminNetworkPolicy in `baseline`, and a ClusterNetworkPolicy in the one of the
 * two that its `spec.tier` names.
 */
export const adminPolicies: PolicySystem = {
  kinds: ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'].map((kind) => ({
    kind: `policy.networking.k8s.io/${kind}`,
    subjectOf,
  })),
};

/** The pods of `spec.subject`: all pods of some namespaces, or some of them. Any pod if it cannot be read. */
function subjectOf({ object }: SourcedObject): PodSelector {
  const { namespaces, pods } = fieldsAt(object, 'spec', 'subject');
  if (isFields(namespaces) && pods === undefined)
    return { namespaces: parseSelector(namespaces), inexact: true };
  if (!isFields(pods) || namespaces !== undefined) return {};
  return {
    namespaces: parseSelector(valueAt(pods, 'namespaceSelector')),
    pods: parseSelector(valueAt(pods, 'podSelector')),
    inexact: true,
  };
}
