import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readTreeFiles } from '../../src/manifests/sources/treeFiles.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { openConfiguration } from '../../src/private-values/configuration.ts';
import { exampleDirectory, examples } from '../../tests/testDirectory.ts';
import { changed, documentsOf, type Tree } from './tree.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The compiled repository of an example, with its values. */
async function compiledExample(name: string, title: string): Promise<Tree> {
  const directory = exampleDirectory(name);
  try {
    const configuration = await openConfiguration(directory.path, directory.environment);
    if (!configuration.ok) throw new Error(`the configuration of ${name} does not hold`);
    const { tree } = await readTreeFiles(`${examples}${name}/repository`, { own: true });
    const files = withoutDocuments(tree);
    return {
      ...{ name, title, files },
      documents: documentsOf(files, configuration.value.loaded.private),
      values: configuration.value.loaded.private,
      assumptions: assumptionsOf(configuration.value),
      own: true,
      every: 1,
    };
  } finally {
    directory[Symbol.dispose]();
  }
}

/** Texts for readers, and overlays that nothing includes, change nothing. */
function withoutDocuments(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => !/\.md$|\/overlays\//.test(path)));
}

/** Files of a directory beside this one, by their paths in it. */
function filesIn(directory: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(`${here}${directory}`, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    found.set(path.slice(here.length + directory.length + 1), readFileSync(path, 'utf8'));
  }
  return new Map([...found].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A tree with the apps of a user beside what Gatehouse wrote. */
function withApps(tree: Tree): Tree {
  const entry = `clusters/${tree.name}/kustomization.yaml`;
  const apps = filesIn('own-apps');
  return {
    ...changed(tree, (draft) => {
      for (const [path, text] of apps) draft.write(path, text);
      draft.rewrite(entry, (text) => text.replace('resources:\n', 'resources:\n  - ../../own/radio\n'));
    }),
    name: `${tree.name} with apps`,
    title: `${tree.title}, with an app of the user`,
  };
}

/** Without charts and what else makes unseen objects: more promises are proved. */
function withoutCharts(tree: Tree): Tree {
  return {
    ...changed(tree, (draft) => {
      for (const document of tree.documents)
        if (['HelmRelease', 'Cluster', 'TalosUpgrade', 'KubernetesUpgrade'].includes(document.object.kind))
          draft.remove(document);
    }),
    name: `${tree.name} without charts`,
    title: `${tree.title}, without its charts`,
  };
}

function thirdParty(): Tree {
  const files = filesIn('third-party');
  return {
    name: 'third party',
    title: 'a model of a third-party repository',
    files,
    documents: documentsOf(files, new Map()),
    values: new Map(),
    assumptions: {
      enforcer: 'cilium',
      lan: ['192.168.20.0/24'],
      vpn: ['10.66.0.0/24'],
      podRanges: ['10.42.0.0/16'],
      serviceRanges: ['10.43.0.0/16'],
    },
    own: false,
    every: 1,
  };
}

/** Every tree that operators change. */
export async function mutatedTrees(): Promise<readonly Tree[]> {
  const home = await compiledExample('home', 'the example home');
  const platform = { ...(await compiledExample('platform', 'the example platform')), every: 4 };
  const other = thirdParty();
  return [home, withApps(home), platform, withoutCharts(platform), other, withoutCharts(other)];
}
