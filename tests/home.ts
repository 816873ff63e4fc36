import { onTestFinished } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import type { Plan } from '../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../src/components/catalogue.ts';
import { loadCluster } from '../src/config/load.ts';
import { type Prepared, prepare } from '../src/operations/configure/configure.ts';
import { noProgress } from '../src/operations/progress.ts';
import type { Problem } from '../src/problems/problem.ts';
import { renderProblems } from '../src/report/problems.ts';
import { styleFor } from '../src/report/style.ts';
import { type ConfigData, exampleDirectory, type TestDirectory } from './testDirectory.ts';

/** A copy of an example, by default the home, which is removed after the test. */
export function home(example?: string): TestDirectory {
  const directory = exampleDirectory(example);
  onTestFinished(() => directory[Symbol.dispose]());
  return directory;
}

/** An example with changes. */
export interface Change {
  /** The directory of the example; default: home. */
  example?: string;
  cluster?: (value: ConfigData) => void;
  privateFile?: (value: ConfigData) => void;
}

/** Prepares a changed example. An invalid configuration fails the test. */
export async function preparedHome(change: Change = {}): Promise<Prepared> {
  const directory = exampleDirectory(change.example);
  try {
    if (change.cluster) directory.edit('cluster.yaml', change.cluster);
    if (change.privateFile) directory.edit('cluster.private.yaml', change.privateFile);
    const prepared = await prepare(directory.path, directory.environment, noProgress);
    if (!prepared.ok) throw new Error(renderProblems(prepared.problems, styleFor(false)));
    return prepared.value;
  } finally {
    directory[Symbol.dispose]();
  }
}

/** The problems of a changed example; none if it is valid. */
export function problemsOf(change: Change): readonly Problem[] {
  using directory = exampleDirectory(change.example);
  if (change.cluster) directory.edit('cluster.yaml', change.cluster);
  if (change.privateFile) directory.edit('cluster.private.yaml', change.privateFile);
  const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
    clusterSchema,
  );
  return loaded === undefined ? problems : compile(loaded, catalogue).problems;
}

/** Changes that make the home run on three Talos nodes with an NFS library. */
export const threeTalosNodes = {
  cluster(value: ConfigData): void {
    value.cluster.distribution = 'talos';
    value.cluster.nodes = { alpha: {}, beta: {}, gamma: {} };
    value.cluster.network = { pods: '10.244.0.0/16', services: '10.96.0.0/12', policyEnforcer: 'cilium' };
    value.immich.library = { kind: 'nfs', sentinel: value.immich.library.sentinel };
    value.immich.database = { storage: { kind: 'volume', storageClass: 'local-path' } };
  },
  privateFile(value: ConfigData): void {
    value.immich.library = { server: '192.0.2.20', path: '/volume1/photos/immich' };
  },
};

/** The directories that Flux builds beside its own: the entry, and what each Flux Kustomization applies. */
export function appliedDirectories({ objects }: Plan, cluster: string): string[] {
  const kustomizations = objects.filter(({ file }) => /^apps\/.*\/ks\.yaml$/.test(file));
  return [`clusters/${cluster}`, ...kustomizations.map(({ file }) => file.replace(/ks\.yaml$/, 'app'))];
}
