import type { ConfigData } from '../../../tests/testDirectory.ts';
import {
  eachAdded,
  eachChanged,
  type Family,
  type Mutation,
  namespacesOf,
  ofKind,
  placeOf,
} from '../operator.ts';
import type { Document, Tree } from '../tree.ts';
import { unlessPlaced } from './appliedObjects.ts';

const policies = (tree: Tree): readonly Document[] => ofKind(tree, 'NetworkPolicy');
type Side = 'ingress' | 'egress';
const sides = ['ingress', 'egress'] as const;
const peersKey = { ingress: 'from', egress: 'to' } as const;

/** A mutation of each rule of each policy. */
function eachRule(
  tree: Tree,
  fits: (rule: ConfigData, side: Side, policy: ConfigData) => boolean,
  change: (rule: ConfigData, side: Side, policy: ConfigData, index: number) => void,
): readonly Mutation[] {
  return policies(tree).flatMap((document) =>
    sides.flatMap((side) =>
      ((document.object.spec[side] ?? []) as ConfigData[]).flatMap((rule, index): Mutation[] => {
        if (!fits(rule, side, document.object)) return [];
        return [
          {
            where: `${placeOf(document)} ${side}[${index}]`,
            change: (draft) => {
              const policy = draft.get(document);
              change(policy.spec[side][index], side, policy, index);
            },
          },
        ];
      }),
    ),
  );
}

/** A mutation of each peer of each rule. */
function eachPeer(
  tree: Tree,
  fits: (peer: ConfigData) => boolean,
  change: (peer: ConfigData, peers: ConfigData[], index: number) => void,
): readonly Mutation[] {
  return policies(tree).flatMap((document) =>
    sides.flatMap((side) =>
      ((document.object.spec[side] ?? []) as ConfigData[]).flatMap((rule, at) =>
        ((rule[peersKey[side]] ?? []) as ConfigData[]).flatMap((peer, index): Mutation[] => {
          if (!fits(peer)) return [];
          return [
            {
              where: `${placeOf(document)} ${side}[${at}].${peersKey[side]}[${index}]`,
              change: (draft) => {
                const peers = draft.get(document).spec[side][at][peersKey[side]];
                change(peers[index], peers, index);
              },
            },
          ];
        }),
      ),
    ),
  );
}

const opened = (namespace: string | undefined, spec: ConfigData): ConfigData => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'opened', namespace },
  spec,
});

const otherEnd = 'the policy of the other end, or another policy of this one, still denies it';
const isDenial = ({ object: { spec } }: Document): boolean =>
  (spec.ingress ?? []).length === 0 && (spec.egress ?? []).length === 0;

export const policyFamily: Family = {
  title: 'Network policies',
  operators: [
    {
      id: 'policy-deleted',
      does: 'Deletes a NetworkPolicy',
      equivalent: 'another policy still isolates its pods',
      mutations: (tree) =>
        policies(tree).map((document) => ({
          where: placeOf(document),
          change: (draft) => draft.remove(document),
        })),
    },
    {
      id: 'policy-and-denial-deleted',
      does: 'Deletes a NetworkPolicy and the default denial of its namespace',
      equivalent: 'nothing runs there, or a third policy still isolates its pods',
      mutations: (tree) =>
        policies(tree)
          .filter((document) => !isDenial(document))
          .map((document) => ({
            where: placeOf(document),
            change: (draft) => {
              const { namespace } = document.object.metadata;
              for (const other of policies(tree))
                if (other === document || (isDenial(other) && other.object.metadata.namespace === namespace))
                  draft.remove(other);
            },
          })),
    },
    {
      id: 'policy-types-ingress',
      does: 'Shortens `policyTypes` to Ingress',
      equivalent: 'another policy still isolates the egress of its pods',
      mutations: (tree) =>
        eachChanged(policies(tree), ({ spec }) => {
          spec.policyTypes = ['Ingress'];
        }),
    },
    {
      id: 'policy-types-egress',
      does: 'Shortens `policyTypes` to Egress',
      equivalent: 'another policy still isolates the ingress of its pods',
      mutations: (tree) =>
        eachChanged(policies(tree), ({ spec }) => {
          spec.policyTypes = ['Egress'];
        }),
    },
    {
      id: 'policy-types-removed',
      does: 'Removes `policyTypes`',
      equivalent: 'the rules say the same, or another policy still isolates the egress',
      mutations: (tree) =>
        eachChanged(policies(tree), ({ spec }) => {
          delete spec.policyTypes;
        }),
    },
    {
      id: 'rule-emptied',
      does: 'Empties a rule, which then allows everything',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachRule(
          tree,
          () => true,
          (rule) => {
            for (const key of Object.keys(rule)) delete rule[key];
          },
        ),
    },
    {
      id: 'peers-removed',
      does: 'Removes `from` or `to` of a rule',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachRule(
          tree,
          (rule, side) => rule[peersKey[side]] !== undefined,
          (rule, side) => {
            delete rule[peersKey[side]];
          },
        ),
    },
    {
      id: 'peers-emptied',
      does: 'Empties the list of `from` or `to`',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachRule(
          tree,
          (rule, side) => rule[peersKey[side]] !== undefined,
          (rule, side) => {
            rule[peersKey[side]] = [];
          },
        ),
    },
    {
      id: 'peer-any-namespace',
      does: 'Makes a peer `namespaceSelector: {}`',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachPeer(
          tree,
          () => true,
          (_peer, peers, index) => {
            peers[index] = { namespaceSelector: {} };
          },
        ),
    },
    {
      id: 'peer-namespace-widened',
      does: 'Widens the `namespaceSelector` of a peer to every namespace',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachPeer(
          tree,
          (peer) => peer.namespaceSelector !== undefined,
          (peer) => {
            peer.namespaceSelector = {};
          },
        ),
    },
    {
      id: 'peer-pods-dropped',
      does: 'Drops the `podSelector` of a peer that has both selectors',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachPeer(
          tree,
          (peer) => peer.namespaceSelector !== undefined && peer.podSelector !== undefined,
          (peer) => {
            delete peer.podSelector;
          },
        ),
    },
    {
      id: 'peer-and-split',
      does: 'Splits a peer with both selectors into two peers',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachPeer(
          tree,
          (peer) => peer.namespaceSelector !== undefined && peer.podSelector !== undefined,
          (peer, peers) => {
            peers.push({ podSelector: peer.podSelector });
            delete peer.podSelector;
          },
        ),
    },
    {
      id: 'peer-any-address',
      does: 'Adds `0.0.0.0/0` to the peers of a rule',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachRule(
          tree,
          (rule, side) => rule[peersKey[side]] !== undefined,
          (rule, side) => rule[peersKey[side]].push({ ipBlock: { cidr: '0.0.0.0/0' } }),
        ),
    },
    {
      id: 'peer-any-ipv6-address',
      does: 'Adds `::/0` to the peers of a rule',
      equivalent: otherEnd,
      mutations: (tree) =>
        eachRule(
          tree,
          (rule, side) => rule[peersKey[side]] !== undefined,
          (rule, side) => rule[peersKey[side]].push({ ipBlock: { cidr: '::/0' } }),
        ),
    },
    {
      id: 'block-widened',
      does: 'Widens an `ipBlock` to every address of its family',
      equivalent: 'it is a block of egress, or it holds every address already',
      mutations: (tree) =>
        eachPeer(
          tree,
          (peer) => peer.ipBlock !== undefined,
          (peer) => {
            peer.ipBlock = { cidr: peer.ipBlock.cidr.includes(':') ? '::/0' : '0.0.0.0/0' };
          },
        ),
    },
    {
      id: 'except-removed',
      does: 'Removes `except` of an `ipBlock`',
      equivalent: 'it is a block of egress, and the ingress of the other end still denies it',
      mutations: (tree) =>
        eachPeer(
          tree,
          (peer) => peer.ipBlock?.except !== undefined,
          (peer) => {
            delete peer.ipBlock.except;
          },
        ),
    },
    {
      id: 'ports-removed',
      does: 'Removes the `ports` of a rule',
      equivalent: 'the same clients connect: promises name clients, and no ports',
      mutations: (tree) =>
        eachRule(
          tree,
          (rule) => rule.ports !== undefined,
          (rule) => {
            delete rule.ports;
          },
        ),
    },
    {
      id: 'end-port',
      does: 'Adds `endPort: 65535` to the ports of a rule',
      equivalent: 'the same clients connect: promises name clients, and no ports',
      mutations: (tree) =>
        eachRule(
          tree,
          (rule) => (rule.ports ?? []).some(({ port }: ConfigData) => typeof port === 'number'),
          (rule) => {
            for (const port of rule.ports) port.endPort = 65_535;
          },
        ),
    },
    {
      id: 'subject-misspelt',
      does: 'Misspells a label of the `podSelector` of a policy',
      equivalent: 'the default denial still isolates the pods that it no longer selects',
      mutations: (tree) =>
        eachChanged(
          policies(tree).filter(({ object: { spec } }) => spec.podSelector?.matchLabels !== undefined),
          ({ spec: { podSelector } }) => {
            const [[key = ''] = []] = Object.entries(podSelector.matchLabels);
            podSelector.matchLabels[key] = 'misspelt';
          },
        ),
    },
    {
      id: 'denial-narrowed',
      does: 'Narrows the default denial to pods with a label',
      equivalent: 'nothing runs in its namespace',
      mutations: (tree) =>
        eachChanged(
          policies(tree).filter(
            (document) => isDenial(document) && document.object.spec.podSelector?.matchLabels === undefined,
          ),
          ({ spec }) => {
            spec.podSelector = { matchLabels: { tier: 'web' } };
          },
        ),
    },
    {
      id: 'denial-moved',
      does: 'Moves the default denial to another namespace',
      equivalent: 'its kustomization says the namespace',
      mutations: (tree) =>
        policies(tree)
          .filter(
            (document) => isDenial(document) && document.object.spec.podSelector?.matchLabels === undefined,
          )
          .map((document) =>
            unlessPlaced(tree, document, {
              where: placeOf(document),
              change: (draft) => {
                draft.get(document).metadata.namespace = 'elsewhere';
              },
            }),
          ),
    },
    {
      id: 'policy-added',
      does: 'Adds a NetworkPolicy that allows everything to every pod of a namespace',
      mutations: (tree) =>
        namespacesOf(tree).map(([namespace, place]) => ({
          where: namespace,
          change: (draft) =>
            draft.add(
              place,
              opened(namespace, {
                podSelector: {},
                policyTypes: ['Ingress', 'Egress'],
                ingress: [{}],
                egress: [{}],
              }),
            ),
        })),
    },
    {
      id: 'policy-added-for-one',
      does: 'Adds a NetworkPolicy that lets everyone in, for the pods of a policy',
      equivalent: 'it selects no pods of the objects',
      mutations: (tree) =>
        eachAdded(policies(tree), ({ object: { metadata, spec } }) => [
          opened(metadata.namespace, {
            podSelector: spec.podSelector,
            policyTypes: ['Ingress'],
            ingress: [{}],
          }),
        ]),
    },
  ],
};
