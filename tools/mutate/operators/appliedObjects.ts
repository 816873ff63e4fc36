import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type Mutation, ofKind } from '../operator.ts';
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

/** Whether a kustomization, or the Flux Kustomization, says in which namespace a document is. */
export function isPlaced(tree: Tree, document: Document): boolean {
  const directory = document.file.replace(/[^/]*$/, '');
  const kustomization = tree.files.get(`${directory}kustomization.yaml`) ?? '';
  return (
    /^namespace:/m.test(kustomization) || ownerOf(tree, document)?.object.spec.targetNamespace !== undefined
  );
}

/** A document beside which an object keeps its namespace. */
export function anyPlace(tree: Tree): Document {
  const found = tree.documents.find(
    (document) => ['Namespace', 'PriorityClass'].includes(document.object.kind) && !isPlaced(tree, document),
  );
  if (found === undefined) throw new Error(`${tree.name} has no place for an object of another namespace`);
  return found;
}

/** What becomes of a document that is moved where something says its namespace: it stays. */
export const unlessPlaced = (tree: Tree, document: Document, mutation: Mutation): Mutation =>
  isPlaced(tree, document) ? { where: mutation.where, change: mutation.change, really: () => {} } : mutation;
