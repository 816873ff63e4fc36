import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type Family, type Mutation, type Operator, ofKind, placeOf } from '../operator.ts';
import type { Document, Tree } from '../tree.ts';

const policies = (tree: Tree): readonly Document[] => ofKind(tree, 'NetworkPolicy');

/** A mutation of each object: the API server refuses it, so that the cluster is as without it. */
const refused = (
  id: string,
  does: string,
  documents: (tree: Tree) => readonly Document[],
  change: (object: ConfigData) => boolean | undefined,
  open?: string,
): Operator => ({
  ...{
    id,
    open,
    does: `${does}: the API server refuses it`,
    source: 'kube-apiserver 1.36, asked by a dry run',
  },
  mutations: (tree) =>
    documents(tree).flatMap((document): Mutation[] => {
      if (change(structuredClone(document.object)) === false) return [];
      return [
        {
          where: placeOf(document),
          change: (draft) => {
            change(draft.get(document));
          },
          really: (draft) => draft.remove(document),
          breaks: [{ invariant: 'objects-valid' }],
        },
      ];
    }),
});

/** Changes the first port of the first rule that has ports. */
const firstPort =
  (change: (port: ConfigData) => void) =>
  ({ spec }: ConfigData): boolean => {
    const rule = [...(spec.ingress ?? []), ...(spec.egress ?? [])].find(({ ports }) => ports?.length > 0);
    if (rule === undefined) return false;
    change(rule.ports[0]);
    return true;
  };

/** Changes the first list of peers. */
const firstPeers =
  (change: (peers: ConfigData[]) => void) =>
  ({ spec }: ConfigData): boolean => {
    const peers = [
      ...(spec.ingress ?? []).map(({ from }: ConfigData) => from),
      ...(spec.egress ?? []).map(({ to }: ConfigData) => to),
    ].find((list) => list?.length > 0);
    if (peers === undefined) return false;
    change(peers);
    return true;
  };

const setting =
  (change: (object: ConfigData) => void) =>
  (object: ConfigData): undefined => {
    change(object);
    return undefined;
  };

const cilium = (tree: Tree): readonly Document[] =>
  tree.assumptions.enforcer === 'cilium' ? ofKind(tree, 'CiliumNetworkPolicy') : [];

/** Objects that the API server refuses, or that it does not serve. */
export const validityFamily: Family = {
  title: 'Objects that the API server refuses',
  operators: [
    refused(
      'protocol-in-lower-case',
      'Writes `protocol: tcp` in a NetworkPolicy',
      policies,
      firstPort((port) => {
        port.protocol = 'tcp';
      }),
    ),
    refused(
      'peer-empty',
      'Adds an empty peer to a NetworkPolicy',
      policies,
      firstPeers((peers) => peers.push({})),
    ),
    refused(
      'peer-block-and-selector',
      'Gives a peer with a selector an `ipBlock`',
      policies,
      firstPeers((peers) => {
        peers[0] = { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } };
      }),
    ),
    refused(
      'block-not-a-range',
      'Writes an `ipBlock` that is no range',
      policies,
      firstPeers((peers) => {
        peers[0] = { ipBlock: { cidr: '10.0.0.0' } };
      }),
    ),
    refused(
      'except-outside',
      'Writes an `except` outside of its `ipBlock`',
      policies,
      firstPeers((peers) => {
        peers[0] = { ipBlock: { cidr: '10.0.0.0/8', except: ['192.168.0.0/16'] } };
      }),
    ),
    refused(
      'end-port-with-a-name',
      'Adds `endPort` to a port with a name',
      policies,
      firstPort((port) => Object.assign(port, { port: 'http', endPort: 9000 })),
    ),
    refused(
      'end-port-below-port',
      'Writes an `endPort` below the port',
      policies,
      firstPort((port) => Object.assign(port, { port: 8080, endPort: 80 })),
    ),
    refused(
      'end-port-alone',
      'Writes `endPort` without a port',
      policies,
      firstPort((port) => {
        delete port.port;
        port.endPort = 9000;
      }),
    ),
    refused(
      'port-too-large',
      'Writes the port 70000',
      policies,
      firstPort((port) => {
        port.port = 70_000;
      }),
    ),
    refused(
      'port-name-invalid',
      'Writes a port name that is none',
      policies,
      firstPort((port) => {
        port.port = 'a_name_that_is_far_too_long';
      }),
    ),
    refused(
      'policy-type-in-lower-case',
      'Writes `policyTypes: [ingress]`',
      policies,
      setting(({ spec }) => {
        spec.policyTypes = ['ingress'];
      }),
    ),
    refused(
      'label-value-invalid',
      'Selects a label value that no object can have',
      policies,
      setting(({ spec }) => {
        spec.podSelector = { matchLabels: { app: 'a b' } };
      }),
    ),
    refused(
      'label-key-invalid',
      'Selects a label key that no object can have',
      policies,
      setting(({ spec }) => {
        spec.podSelector = { matchLabels: { '-app/': 'a' } };
      }),
    ),
    refused(
      'operator-unknown',
      'Selects with the operator `Equals`',
      policies,
      setting(({ spec }) => {
        spec.podSelector = { matchExpressions: [{ key: 'app', operator: 'Equals', values: ['a'] }] };
      }),
    ),
    refused(
      'operator-without-values',
      'Selects with `In` without values',
      policies,
      setting(({ spec }) => {
        spec.podSelector = { matchExpressions: [{ key: 'app', operator: 'In' }] };
      }),
    ),
    refused(
      'operator-with-values',
      'Selects with `Exists` and values',
      policies,
      setting(({ spec }) => {
        spec.podSelector = { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['a'] }] };
      }),
    ),
    refused(
      'name-invalid',
      'Gives a policy a name with capitals',
      policies,
      setting(({ metadata }) => {
        metadata.name = 'Default_Deny';
      }),
    ),
    refused(
      'label-of-metadata-invalid',
      'Gives a policy a label whose value is invalid',
      policies,
      setting(({ metadata }) => {
        metadata.labels = { ...metadata.labels, note: 'to be removed!' };
      }),
    ),
    refused(
      'version-not-served',
      'Writes a NetworkPolicy of `extensions/v1beta1`, which is not served any more',
      policies,
      setting((object) => {
        object.apiVersion = 'extensions/v1beta1';
      }),
    ),
    refused(
      'kind-misspelt',
      'Misspells the kind of a policy',
      policies,
      setting((object) => {
        object.kind = 'NetworkPolicies';
      }),
    ),
    refused(
      'field-misspelt',
      'Misspells `podSelector`',
      policies,
      setting(({ spec }) => {
        spec.podSelectors = spec.podSelector;
        delete spec.podSelector;
      }),
    ),
    refused(
      'spec-as-list',
      'Writes `ingress` as an object',
      policies,
      setting(({ spec }) => {
        spec.ingress = { from: [] };
      }),
    ),
    refused(
      'number-as-text',
      'Writes `endPort` as a text',
      policies,
      firstPort((port) => {
        port.endPort = 'all';
      }),
    ),
    refused(
      'service-port-twice',
      'Lists a port of a Service twice',
      (tree) => ofKind(tree, 'Service').filter(({ object: { spec } }) => spec.ports?.length > 0),
      setting(({ spec }) => {
        spec.ports = [spec.ports[0], { ...spec.ports[0] }];
      }),
    ),
    refused(
      'selector-of-deployment',
      'Gives a Deployment a selector that does not match its template',
      (tree) => ofKind(tree, 'Deployment'),
      setting(({ spec }) => {
        spec.selector = { matchLabels: { app: 'other' } };
      }),
    ),
    refused(
      'cilium-port-invalid',
      'Writes a port of a CiliumNetworkPolicy that is none',
      cilium,
      ({ spec }) => {
        const rule = [...(spec?.ingress ?? []), ...(spec?.egress ?? [])].find(({ toPorts }) => toPorts);
        if (rule === undefined) return false;
        rule.toPorts[0].ports[0].protocol = 'tcp6';
        return true;
      },
    ),
  ],
};
