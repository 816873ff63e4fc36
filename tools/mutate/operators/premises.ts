import type { ConfigData } from '../../../tests/testDirectory.ts';
import {
  type BrokenPromise,
  type Family,
  type Mutation,
  namespacesOf,
  type Operator,
  ofKind,
  placeOf,
} from '../operator.ts';
import type { Tree } from '../tree.ts';
import { anyPlace } from './appliedObjects.ts';

/** Every promise about the network rests on the enforcer. */
function network(tree: Tree): readonly BrokenPromise[] {
  return [
    ...namespacesOf(tree)
      .slice(0, 1)
      .map(
        ([namespace]): BrokenPromise => ({ invariant: 'default-deny', subject: `namespace ${namespace}` }),
      ),
    { invariant: 'internal-clients' },
  ];
}

const assumed = (id: string, does: string, enforcer: string, source: string): Operator => ({
  ...{ id, does, source },
  mutations: (tree) => [
    { where: 'the enforcer', change: (draft) => draft.assume({ enforcer }), breaks: network(tree) },
  ],
});

/** A mutation of the tree: an object is added that switches the enforcer off. */
const switchedOff = (
  id: string,
  does: string,
  enforcer: RegExp,
  object: ConfigData,
  source: string,
): Operator => ({
  ...{ id, does, source },
  equivalent: 'another program enforces policies',
  mutations: (tree): readonly Mutation[] => [
    {
      where: object.kind,
      change: (draft) => draft.add(anyPlace(tree), object),
      breaks: enforcer.test(tree.assumptions.enforcer ?? '') ? network(tree) : [],
    },
  ],
});

const configMap = (namespace: string, name: string, data: Record<string, string>): ConfigData => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data },
});

const ciliumRelease = (values: ConfigData): ConfigData => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'cilium', namespace: 'kube-system' },
  spec: {
    interval: '1h',
    chart: { spec: { chart: 'cilium', sourceRef: { kind: 'HelmRepository', name: 'cilium' } } },
    values,
  },
});

export const premiseFamily: Family = {
  title: 'Who enforces policies',
  operators: [
    assumed(
      'enforcer-flannel',
      'Names flannel as the enforcer',
      'flannel',
      'flannel: it enforces no NetworkPolicy',
    ),
    assumed('enforcer-none', 'Names `none` as the enforcer', 'none', 'nothing enforces NetworkPolicy'),
    assumed(
      'enforcer-unknown',
      'Names an enforcer that nobody knows',
      'netfilter-magic',
      'nothing is known of it',
    ),
    switchedOff(
      'cilium-never',
      'Adds `cilium-config` with `enable-policy: never`',
      /^cilium$/,
      configMap('kube-system', 'cilium-config', { 'enable-policy': 'never' }),
      'Cilium 1.19, Policy Enforcement Modes',
    ),
    switchedOff(
      'cilium-audit',
      'Adds `cilium-config` with `policy-audit-mode: "true"`',
      /^cilium$/,
      configMap('kube-system', 'cilium-config', { 'policy-audit-mode': 'true' }),
      'Cilium 1.19, Policy Audit Mode',
    ),
    switchedOff(
      'cilium-release-never',
      'Adds a HelmRelease of Cilium with `policyEnforcementMode: never`',
      /^cilium$/,
      ciliumRelease({ policyEnforcementMode: 'never' }),
      'Cilium 1.19, Helm reference',
    ),
    switchedOff(
      'cilium-release-audit',
      'Adds a HelmRelease of Cilium with `policyAuditMode: true`',
      /^cilium$/,
      ciliumRelease({ policyAuditMode: true }),
      'Cilium 1.19, Helm reference',
    ),
    switchedOff(
      'kube-router-without-firewall',
      'Adds a DaemonSet of kube-router with `--run-firewall=false`',
      /^kube-router$/,
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'kube-router', namespace: 'kube-system' },
        spec: {
          selector: { matchLabels: { 'k8s-app': 'kube-router' } },
          template: {
            metadata: { labels: { 'k8s-app': 'kube-router' } },
            spec: {
              hostNetwork: true,
              containers: [
                {
                  name: 'kube-router',
                  image: 'docker.io/cloudnativelabs/kube-router:v2.5.0',
                  args: ['--run-router=true', '--run-firewall=false'],
                },
              ],
            },
          },
        },
      },
      'kube-router, command line options',
    ),
  ],
};

/** Secrets that anybody can read. */
export const secretFamily: Family = {
  title: 'Secrets',
  operators: [
    {
      id: 'secret-decrypted',
      does: 'Decrypts a Secret',
      mutations: (tree) =>
        encrypted(tree).map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            const secret = draft.get(document);
            delete secret.sops;
            for (const part of ['data', 'stringData'])
              for (const key of Object.keys(secret[part] ?? {})) secret[part][key] = 'cGxhaW4=';
          },
        })),
    },
    {
      id: 'secret-partly-decrypted',
      does: 'Decrypts one value of a Secret',
      mutations: (tree) =>
        encrypted(tree).map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            const secret = draft.get(document);
            const part = secret.data ?? secret.stringData;
            const [key = ''] = Object.keys(part);
            part[key] = 'cGxhaW4=';
          },
        })),
    },
    {
      id: 'secret-with-clear-value',
      does: 'Adds a clear value to an encrypted Secret',
      mutations: (tree) =>
        encrypted(tree).map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            draft.get(document).stringData = { password: 'correct-horse-battery' };
          },
        })),
    },
    {
      id: 'secret-added',
      does: 'Adds a Secret in clear text',
      mutations: (tree) =>
        namespacesOf(tree).map(([namespace, place]) => ({
          where: namespace,
          change: (draft) =>
            draft.add(place, {
              apiVersion: 'v1',
              kind: 'Secret',
              metadata: { name: 'opened', namespace },
              stringData: { password: 'correct-horse-battery' },
            }),
        })),
    },
  ],
};

function encrypted(tree: Tree) {
  return ofKind(tree, 'Secret').filter(({ object: { sops } }) => sops !== undefined);
}
