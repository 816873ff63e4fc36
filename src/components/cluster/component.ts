import semver from 'semver';
import * as z from 'zod';
import type { Ground } from '../../config/clusterSettings.ts';
import type { Namespace } from '../../kubernetes/types.ts';
import { defineComponent, type Manifest, type RuleFinding } from '../contract/component.ts';
import type { ClaimOf } from '../contract/requirements.ts';
import { groundDocuments } from './documents.ts';
import { loadBalancerRules } from './loadBalancer.ts';
import { defaultDeny, policiesOf } from './networkPolicy.ts';

const folder = 'apps/cluster/namespaces';

/** What the cluster itself gives: namespaces, ports of the nodes, and the network policies for every connection. */
export const ground = defineComponent<undefined>({
  name: 'ground',
  summary: 'Namespaces with Pod Security levels, default deny, and a policy for each workload.',
  schema: z.undefined(),
  answers: ['namespace', 'node-port', 'reach'],
  rules: ({ answered, ground: { cluster } }) => [
    ...tooOld(cluster.kubernetes),
    ...notOnTalos(cluster),
    ...loadBalancerRules(cluster),
    ...controlPlaneUnknown(cluster, only(answered, 'reach')),
    ...twice(
      only(answered, 'node-port'),
      ({ port }) => String(port),
      ({ port }) => `port ${port} of the nodes`,
    ),
    ...disagreements(only(answered, 'namespace')),
  ],
  build({ answered, ground: { cluster } }) {
    const namespaces = new Map(only(answered, 'namespace').map((claim) => [claim.name, claim]));
    const manifests: Manifest[] = [...namespaces.values()].map((claim) => ({
      folder,
      file: `${claim.name}.yaml`,
      field: claim.field,
      objects: [namespace(claim), defaultDeny(claim.name)],
    }));
    return { manifests: [...manifests, ...policiesOf(only(answered, 'reach'), cluster.network)] };
  },
  documents: groundDocuments,
});

function only<Kind extends ClaimOf<'namespace' | 'node-port' | 'reach'>['kind']>(
  claims: readonly { kind: string }[],
  kind: Kind,
): ClaimOf<Kind>[] {
  return claims.filter((claim): claim is ClaimOf<Kind> => claim.kind === kind);
}

/** Pod Security enforces the level, and warns of what `restricted` would refuse. */
function namespace({ name, podSecurity }: ClaimOf<'namespace'>): Namespace {
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

function notOnTalos({ distribution, talos }: Ground['cluster']): RuleFinding[] {
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
  { network }: Ground['cluster'],
  claims: readonly ClaimOf<'reach'>[],
): RuleFinding[] {
  const asking = claims.find(({ from, to }) =>
    [from, to].some((end) => 'outside' in end && end.outside === 'api-server'),
  );
  if (asking === undefined || network.controlPlane.length > 0 || network.policyEnforcer === 'cilium')
    return [];
  return [
    {
      code: 'needs-another',
      field: 'cluster.network',
      message: `cluster.network.controlPlane is empty, and ${asking.by} has to reach the API server (${asking.field})`,
      expected: 'the addresses of the nodes that run the control plane, such as 192.168.1.10/32',
      remedy: '"kubectl get nodes -o wide" prints them; the field stands in the overlay',
    },
  ];
}

function twice<Claim extends { by: string; field: string }>(
  claims: readonly Claim[],
  key: (claim: Claim) => string,
  what: (claim: Claim) => string,
): RuleFinding[] {
  return claims.flatMap((claim, index) => {
    const first = claims.slice(0, index).find((other) => key(other) === key(claim));
    if (first === undefined) return [];
    return [
      {
        code: 'taken' as const,
        field: claim.field,
        message: `${what(claim)} is taken: ${first.by} has it (${first.field}), and ${claim.by} asks for it (${claim.field})`,
        expected: 'one owner',
        remedy: 'give one of the two another',
      },
    ];
  });
}

function disagreements(claims: readonly ClaimOf<'namespace'>[]): RuleFinding[] {
  return claims.flatMap((claim, index) => {
    const other = claims
      .slice(0, index)
      .find(({ name, podSecurity }) => name === claim.name && podSecurity !== claim.podSecurity);
    if (other === undefined) return [];
    return [
      {
        code: 'namespace-shared' as const,
        field: claim.field,
        message: `namespace ${claim.name} is wanted by ${other.by} as ${other.podSecurity} (${other.field}) and by ${claim.by} as ${claim.podSecurity} (${claim.field})`,
        expected: 'two namespaces: what one of them may do, the other must not',
        remedy: 'choose another namespace for one of the two',
      },
    ];
  });
}
