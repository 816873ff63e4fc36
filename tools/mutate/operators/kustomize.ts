import { parse } from 'yaml';
import { toYamlText } from '../../../src/kubernetes/yaml.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type BrokenPromise, type Family, type Mutation, ofKind, placeOf } from '../operator.ts';
import type { Document, Draft, Tree } from '../tree.ts';
import { isPolicy, openRules, policies, stillDenied, targetOf } from './appliedObjects.ts';

const any: readonly BrokenPromise[] = [{ invariant: 'any' }];

/** Kustomizations of kustomize that list a file. */
function listing(tree: Tree, file: string): readonly string[] {
  const directory = file.replace(/[^/]*$/, '');
  const path = `${directory}kustomization.yaml`;
  const name = file.slice(directory.length);
  return new RegExp(`- (?:\\./)?${name.replaceAll('.', '\\.')}\\s`).test(`${tree.files.get(path)}\n`)
    ? [path]
    : [];
}

/** A mutation of each policy: the kustomization that lists its file is changed. */
function eachListed(
  tree: Tree,
  documents: readonly Document[],
  change: (kustomization: ConfigData, document: Document) => void,
  really: (draft: Draft, document: Document) => void,
): readonly Mutation[] {
  return documents.flatMap((document) =>
    listing(tree, document.file).map(
      (path): Mutation => ({
        where: placeOf(document),
        change: (draft) =>
          draft.rewrite(path, (text) => {
            const value: ConfigData = parse(text);
            change(value, document);
            return toYamlText(value);
          }),
        really: (draft) => really(draft, document),
      }),
    ),
  );
}

const removeFile = (tree: Tree) => (draft: Draft, document: Document) => {
  for (const other of tree.documents) if (other.file === document.file) draft.remove(other);
};
const openTunnel = 'ingress: [{service: "http://localhost:1"}]';

export const kustomizeFamily: Family = {
  title: 'Kustomizations of kustomize',
  operators: [
    {
      id: 'file-not-listed',
      does: 'Takes the file of a policy out of the list of its kustomization',
      source: 'kustomize: only what is listed is built',
      equivalent: stillDenied,
      mutations: (tree) =>
        eachListed(
          tree,
          policies(tree),
          (kustomization, { file }) => {
            kustomization.resources = kustomization.resources.filter(
              (entry: string) => !file.endsWith(`/${entry.replace(/^\.\//, '')}`),
            );
          },
          removeFile(tree),
        ),
    },
    {
      id: 'patch-deletes',
      does: 'Deletes a policy by a patch of the kustomization',
      source: 'kustomize, `$patch: delete`',
      equivalent: stillDenied,
      mutations: (tree) =>
        eachListed(
          tree,
          policies(tree),
          (kustomization, document) => {
            const { kind, name } = targetOf(document);
            kustomization.patches = [
              {
                target: { kind, name },
                patch: `$patch: delete\napiVersion: ${document.object.apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n`,
              },
            ];
          },
          (draft, document) => draft.remove(document),
        ),
    },
    {
      id: 'patch-opens',
      does: 'Opens the ingress of a policy by a JSON patch of the kustomization',
      source: 'kustomize, `patches`',
      equivalent: 'the policy selects no pods of the objects, or the other end denies it',
      mutations: (tree) =>
        eachListed(
          tree,
          policies(tree).filter(isPolicy),
          (kustomization, document) => {
            const { kind, name } = targetOf(document);
            kustomization.patches = [
              { target: { kind, name }, patch: '[{op: add, path: /spec/ingress, value: [{}]}]' },
            ];
          },
          openRules,
        ),
    },
    {
      id: 'remote-resource',
      does: 'Lists a directory of another repository in a kustomization',
      source: 'kustomize, Remote targets',
      mutations: (tree) =>
        [...tree.files.keys()]
          .filter((path) => path.endsWith('kustomization.yaml'))
          .map((path) => ({
            where: path,
            change: (draft) =>
              draft.rewrite(path, (text) => {
                const value: ConfigData = parse(text);
                value.resources = [...(value.resources ?? []), 'https://git.example.org/apps//base?ref=main'];
                return toYamlText(value);
              }),
            breaks: any,
          })),
    },
    {
      id: 'generated-configuration',
      does: 'Merges another configuration into the ConfigMap of a tunnel by a generator',
      source: 'kustomize, `configMapGenerator` with `behavior: merge`',
      mutations: (tree) =>
        eachListed(
          tree,
          ofKind(tree, 'ConfigMap').filter(({ object: { data } }) =>
            Object.values<string>(data ?? {}).some((text) => /^ingress:/m.test(text)),
          ),
          (kustomization, { object: { metadata, data } }) => {
            const [key = ''] = Object.keys(data);
            kustomization.generatorOptions = { disableNameSuffixHash: true };
            kustomization.configMapGenerator = [
              {
                name: metadata.name,
                namespace: metadata.namespace,
                behavior: 'merge',
                literals: [`${key}=${openTunnel}`],
              },
            ];
          },
          (draft, document) => {
            const { data } = draft.get(document);
            for (const key of Object.keys(data)) data[key] = openTunnel;
          },
        ),
    },
    {
      id: 'name-prefix',
      does: 'Replaces labels of pods by a transformer of the kustomization',
      source: 'kustomize, `labels` with `includeSelectors`: selectors change with the labels',
      equivalent: 'selectors of the same kustomization change too',
      mutations: (tree) =>
        eachListed(
          tree,
          policies(tree).filter(isPolicy),
          (kustomization) => {
            kustomization.labels = [{ pairs: { team: 'home' }, includeSelectors: true }];
          },
          () => {},
        ),
    },
  ],
};
