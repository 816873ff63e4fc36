import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { LiveCheck } from '../contract/checks.ts';
import type { TalosApiRequirement } from '../contract/requirements.ts';
import { talosApiSetting, talosSupport } from '../shared/talosVersions.ts';
import { accessFor, patchFile } from './patch.ts';

/** What is asked about Talos itself: whether the nodes have the patch, and whether they run this Kubernetes. */
export function talosChecks(
  requirements: readonly TalosApiRequirement[],
  { distribution, talos }: ClusterSettings['cluster'],
): LiveCheck[] {
  if (distribution !== 'talos') return [];
  const pair: LiveCheck = {
    id: 'talos-kubernetes-pair',
    promise: 'Talos runs the Kubernetes that is there, on every node',
    question: {
      kind: 'talos-pair',
      runs: Object.fromEntries([...talosSupport].map(([minor, { kubernetes }]) => [minor, kubernetes])),
    },
    remedy:
      'Upgrade the one that is too old: the support matrix of Talos says which (docs.siderolabs.com, "Support Matrix")',
    field: 'cluster.kubernetes',
  };
  const [first] = requirements;
  if (first === undefined) return [pair];
  const { roles, namespaces } = accessFor(requirements);
  const { isDocument, nodes } = talosApiSetting(talos);
  return [
    {
      id: 'talos-api-patch',
      promise: `The patch for the Talos API is applied on ${nodes}`,
      question: { kind: 'talos-api', document: isDocument, roles, namespaces },
      remedy: `Give the nodes ${patchFile} again, as the step "Let pods call the Talos API" of docs/quickstart.md says`,
      replaces: 'tuppr verification, step 1',
      field: first.requester.field,
    },
    pair,
  ];
}
