import type { ConfigData } from '../../../tests/testDirectory.ts';
import { ofKind } from '../operator.ts';
import type { Document, Draft, Tree } from '../tree.ts';

/** Flux Kustomizations that apply a directory of the tree. */
export const kustomizations = (tree: Tree): readonly Document[] =>
  ofKind(tree, 'Kustomization').filter(({ object }) =>
    object.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/'),
  );

export const policies = (tree: Tree): readonly Document[] =>
  ofKind(tree, 'NetworkPolicy', 'CiliumNetworkPolicy');

export const stillDenied = 'another policy still isolates its pods';
export const openRules = (draft: Draft, document: Document): void => {
  const policy = draft.get(document);
  policy.spec.ingress = [{}];
};
export const isPolicy = ({ object: { kind } }: Document): boolean => kind === 'NetworkPolicy';

export const targetOf = ({ object: { kind, metadata } }: Document): ConfigData => ({
  ...{ kind, name: metadata.name, namespace: metadata.namespace },
});

/** The Flux Kustomization with the longest path that holds a file, or else the one that applies the whole entry. */
export function ownerOf(tree: Tree, { file }: Document): Document | undefined {
  const pathOf = ({ object }: Document): string => String(object.spec.path ?? '').replace(/^\.\//, '');
  const holding = kustomizations(tree).filter((document) => `${file}`.startsWith(`${pathOf(document)}/`));
  const [longest] = holding.toSorted((one, other) => pathOf(other).length - pathOf(one).length);
  return longest ?? kustomizations(tree).find((document) => /^clusters\/[^/]+$/.test(pathOf(document)));
}
