import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type Family, type Mutation, namespacesOf, ofKind, placeOf } from '../operator.ts';
import type { Document, Tree } from '../tree.ts';

/** Policies of Cilium, where Cilium enforces them. */
const policies = (tree: Tree): readonly Document[] =>
  tree.assumptions.enforcer === 'cilium' ? ofKind(tree, 'CiliumNetworkPolicy') : [];

type Side = 'ingress' | 'egress';

/** A mutation of each rule of each policy. */
function eachRule(
  tree: Tree,
  fits: (rule: ConfigData, side: Side) => boolean,
  change: (rule: ConfigData, side: Side) => void,
): readonly Mutation[] {
  return policies(tree).flatMap((document) =>
    (['ingress', 'egress'] as const).flatMap((side) =>
      ((document.object.spec?.[side] ?? []) as ConfigData[]).flatMap((rule, index): Mutation[] =>
        fits(rule, side)
          ? [
              {
                where: `${placeOf(document)} ${side}[${index}]`,
                change: (draft) => change(draft.get(document).spec[side][index], side),
              },
            ]
          : [],
      ),
    ),
  );
}

const from = { ingress: 'fromEndpoints', egress: 'toEndpoints' } as const;
const entities = { ingress: 'fromEntities', egress: 'toEntities' } as const;
const blocks = { ingress: 'fromCIDR', egress: 'toCIDR' } as const;
const peers = /^(?:from|to)(?!Ports)/;
const otherEnd = 'the policies of the other end still deny it';

/** Replaces the peers of a rule. */
const peersOf = (made: (side: Side) => ConfigData) => (rule: ConfigData, side: Side) => {
  for (const key of Object.keys(rule)) if (peers.test(key)) delete rule[key];
  Object.assign(rule, made(side));
};

const everyRule = (id: string, does: string, change: (rule: ConfigData, side: Side) => void) => ({
  ...{ id, does, equivalent: otherEnd },
  mutations: (tree: Tree) => eachRule(tree, () => true, change),
});

const added = (id: string, does: string, kind: string, spec: ConfigData) => ({
  ...{ id, does, equivalent: 'another program than Cilium enforces policies, and does not read it' },
  mutations: (tree: Tree): readonly Mutation[] =>
    namespacesOf(tree).map(([namespace, place]) => ({
      where: namespace,
      change: (draft) =>
        draft.add(place, {
          apiVersion: 'cilium.io/v2',
          kind,
          metadata: { name: 'opened', ...(kind === 'CiliumNetworkPolicy' ? { namespace } : {}) },
          spec,
        }),
    })),
});

export const ciliumFamily: Family = {
  title: 'Policies of Cilium',
  operators: [
    everyRule(
      'cilium-entity-all',
      'Makes the peers of a rule the entity `all`',
      peersOf((side) => ({ [entities[side]]: ['all'] })),
    ),
    everyRule(
      'cilium-entity-world',
      'Makes the peers of a rule the entity `world`',
      peersOf((side) => ({ [entities[side]]: ['world'] })),
    ),
    everyRule(
      'cilium-entity-cluster',
      'Makes the peers of a rule the entity `cluster`',
      peersOf((side) => ({ [entities[side]]: ['cluster'] })),
    ),
    everyRule(
      'cilium-every-address',
      'Makes the peers of a rule the block `0.0.0.0/0`',
      peersOf((side) => ({ [blocks[side]]: ['0.0.0.0/0'] })),
    ),
    everyRule(
      'cilium-every-endpoint',
      'Makes the peers of a rule every endpoint of the namespace',
      (rule, side) => peersOf(() => ({ [from[side]]: [{}] }))(rule, side),
    ),
    everyRule('cilium-peers-removed', 'Removes the peers of a rule, and keeps its ports', (rule, side) =>
      peersOf(() => ({}))(rule, side),
    ),
    {
      id: 'cilium-pod-label-removed',
      does: 'Removes every label but the namespace from the peers of a rule',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachRule(
          tree,
          (rule, side) => rule[from[side]] !== undefined,
          (rule, side) => {
            for (const { matchLabels = {} } of rule[from[side]])
              for (const key of Object.keys(matchLabels))
                if (key !== 'io.kubernetes.pod.namespace') delete matchLabels[key];
          },
        ),
    },
    {
      id: 'cilium-namespace-any',
      does: 'Lets the peers of a rule be in any namespace',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachRule(
          tree,
          (rule, side) => rule[from[side]] !== undefined,
          (rule, side) => {
            for (const selector of rule[from[side]]) {
              delete selector.matchLabels?.['io.kubernetes.pod.namespace'];
              selector.matchExpressions = [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }];
            }
          },
        ),
    },
    added('cilium-policy-added', 'Adds a CiliumNetworkPolicy that allows everything', 'CiliumNetworkPolicy', {
      endpointSelector: {},
      ingress: [{ fromEntities: ['all'] }],
      egress: [{ toEntities: ['all'] }],
    }),
    added(
      'cilium-clusterwide-policy-added',
      'Adds a CiliumClusterwideNetworkPolicy that allows everything',
      'CiliumClusterwideNetworkPolicy',
      { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }], egress: [{ toEntities: ['all'] }] },
    ),
    added(
      'cilium-policy-without-default-denial',
      'Adds a CiliumNetworkPolicy that allows the world, with `enableDefaultDeny: false`',
      'CiliumNetworkPolicy',
      {
        endpointSelector: {},
        enableDefaultDeny: { ingress: false, egress: false },
        ingress: [{ fromEntities: ['world'] }],
        egress: [{ toEntities: ['world'] }],
      },
    ),
  ],
};
