import semver from 'semver';
import * as z from 'zod';
import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { Namespace } from '../../kubernetes/types.ts';
import { defineComponent, type Manifest, type RuleFinding } from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { clusterDocuments } from './documents.ts';
import { loadBalancerRules } from './loadBalancer.ts';
import { defaultDeny, policiesOf } from './networkPolicy.ts';
import { clusterStatus } from './status.ts';

const directory = 'apps/cluster/namespaces';

/** What the cluster itself gives: namespaces, ports of the nodes, and the network policies for every connection. */
export const cluster = defineComponent<undefined>({
  name: 'cluster',
  summary: 'Namespaces with Pod Security levels, default deny, and a policy for each workload.',
  listing: { title: 'Namespaces and Network Policies', area: 'operations', guide: 'docs/quickstart.md' },
  schema: z.undefined(),
  provides: { namespace: {}, 'node-port': {}, 'home-service': {}, connection: {} },
  rules: ({ provided, settings: { cluster } }) => [
    ...tooOld(cluster.kubernetes),
    ...notOnTalos(cluster),
    ...loadBalancerRules(cluster),
    ...controlPlaneUnknown(cluster, provided('connection')),
    ...twice(
      provided('node-port'),
      ({ port }) => String(port),
      ({ port }) => `port ${port} of the nodes`,
    ),
    ...disagreements(provided('namespace')),
  ],
  build(context) {
    const { provided } = context;
    const namespaces = new Map(provided('namespace').map((requirement) => [requirement.name, requirement]));
    const manifests: Manifest[] = [...namespaces.values()].map((requirement) => ({
      directory,
      file: `${requirement.name}.yaml`,
      field: requirement.requester.field,
      objects: [namespace(requirement), defaultDeny(requirement.name)],
    }));
    return { manifests: [...manifests, ...policiesOf(provided('connection'), context)] };
  },
  status: ({ settings }) => clusterStatus(settings),
  documents: clusterDocuments,
});

/** Pod Security enforces the level, and warns of what `restricted` would refuse. */
function namespace({ name, podSecurity }: Requirement<'namespace'>): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        'app.kubernetes.io/managed-by': 'gatehouse',
        'pod-security.kubernetes.io/enforce': podSecurity,
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  };
}

/** The oldest version with everything that is written: `appProtocol: kubernetes.io/ws` came with 1.29. */
const oldest = '1.29.0';

function tooOld(version: string): RuleFinding[] {
  if (semver.gte(version, oldest)) return [];
  return [
    {
      code: 'version-too-old',
      field: 'cluster.kubernetes',
      message: `Kubernetes ${version} does not know everything that Gatehouse writes`,
      expected: `${oldest} or later`,
      remedy: 'upgrade the cluster first, one minor version at a time',
    },
  ];
}

function notOnTalos({ distribution, talos }: ClusterSettings['cluster']): RuleFinding[] {
  if (talos === undefined || distribution === 'talos') return [];
  return [
    {
      code: 'needs-another',
      field: 'cluster.talos',
      message: `cluster.talos names a version of Talos, and the cluster runs ${distribution}`,
      expected: 'distribution: talos, or no version of it',
    },
  ];
}

/** Network policies know pods and addresses; the API server is neither, unless somebody says where it is. */
function controlPlaneUnknown(
  { network }: ClusterSettings['cluster'],
  requirements: readonly Requirement<'connection'>[],
): RuleFinding[] {
  const asking = requirements.find(({ from, to }) =>
    [from, to].some((end) => 'external' in end && end.external === 'api-server'),
  );
  if (asking === undefined || network.controlPlane.length > 0 || network.policyEnforcer === 'cilium')
    return [];
  return [
    {
      code: 'needs-another',
      field: 'cluster.network',
      message: `cluster.network.controlPlane is empty, and ${requesterTitle(asking.requester)} has to reach the API server (${asking.requester.field})`,
      expected: 'the addresses of the nodes that run the control plane, such as 192.168.1.10/32',
      remedy: '"kubectl get nodes -o wide" prints them; the field is in the private values file',
    },
  ];
}

function twice<Kind extends 'node-port'>(
  requirements: readonly Requirement<Kind>[],
  key: (requirement: Requirement<Kind>) => string,
  what: (requirement: Requirement<Kind>) => string,
): RuleFinding[] {
  return requirements.flatMap((requirement, index) => {
    const first = requirements.slice(0, index).find((other) => key(other) === key(requirement));
    if (first === undefined) return [];
    return [
      {
        code: 'taken' as const,
        field: requirement.requester.field,
        message: `${what(requirement)} is taken: ${requesterTitle(first.requester)} has it (${first.requester.field}), and ${requesterTitle(requirement.requester)} requires it (${requirement.requester.field})`,
        expected: 'one owner',
        remedy: 'give one of the two another',
      },
    ];
  });
}

function disagreements(requirements: readonly Requirement<'namespace'>[]): RuleFinding[] {
  return requirements.flatMap((requirement, index) => {
    const other = requirements
      .slice(0, index)
      .find(({ name, podSecurity }) => name === requirement.name && podSecurity !== requirement.podSecurity);
    if (other === undefined) return [];
    return [
      {
        code: 'namespace-shared' as const,
        field: requirement.requester.field,
        message: `namespace ${requirement.name} is required by ${requesterTitle(other.requester)} as ${other.podSecurity} (${other.requester.field}) and by ${requesterTitle(requirement.requester)} as ${requirement.podSecurity} (${requirement.requester.field})`,
        expected: 'two namespaces: what one of them may do, the other must not',
        remedy: 'choose another namespace for one of the two',
      },
    ];
  });
}
