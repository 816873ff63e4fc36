import { compile } from '../src/compile/compile.ts';
import type { Plan } from '../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../src/components/catalogue.ts';
import { loadCluster } from '../src/config/load.ts';
import type { Configuration } from '../src/private-values/configuration.ts';
import type { Environment } from '../src/system/environment.ts';
import type { Change } from './home.ts';
import { exampleDirectory } from './testDirectory.ts';

/** The configuration of a changed example, and its plan. No private key is known. */
export function compiledExample(change: Change = {}): {
  configuration: Configuration;
  plan: Plan;
  environment: Environment;
} {
  using directory = exampleDirectory(change.example);
  if (change.cluster) directory.edit('cluster.yaml', change.cluster);
  if (change.privateFile) directory.edit('cluster.private.yaml', change.privateFile);
  const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
    clusterSchema,
  );
  const plan = loaded && compile(loaded, catalogue).plan;
  if (loaded === undefined || plan === undefined) throw new Error(JSON.stringify(problems));
  const { path, environment } = directory;
  return { configuration: { directory: path, loaded, identities: [] }, plan, environment };
}
