import { type Cluster, clusterSchema } from '../components/catalogue.ts';
import { type Loaded, loadCluster } from '../config/load.ts';
import { defined } from '../kubernetes/defined.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { AgeIdentity } from '../secrets/age/identity.ts';
import { loadIdentities } from '../secrets/age/keyFile.ts';
import type { Environment } from '../system/environment.ts';
import { clusterFile } from './clusterFile.ts';
import { privateFileMissing, readPrivateValuesFile } from './privateValuesFile.ts';
import { readSource } from './readSource.ts';

/** A directory with a valid configuration, and the private keys of the user. */
export interface Configuration {
  directory: string;
  loaded: Loaded<Cluster>;
  identities: readonly AgeIdentity[];
}

/**
 * Reads the configuration of a directory: `cluster.yaml` and the private values file, encrypted or plain. It refuses a
 * plain file that Git tracks: its values would stay in the history.
 */
export async function openConfiguration(
  directory: string,
  environment: Environment,
): Promise<Outcome<Configuration>> {
  const cluster = await readSource(directory, clusterFile);
  if (cluster === undefined || 'problem' in cluster) return err(cluster?.problem ?? configurationNotFound());
  const keys = await loadIdentities(environment);
  const privateFile = await readPrivateValuesFile(directory, keys.identities);
  const sources = defined({ cluster, privateFile: privateFile.source });
  const { loaded, problems } = loadCluster(sources, clusterSchema);
  const isMissing = privateFile.source === undefined && !privateFile.unreadable;
  const all = [
    ...keys.problems,
    ...privateFile.problems,
    ...(isMissing && problems.some(({ code }) => code === 'missing-field') ? [privateFileMissing] : []),
    ...(privateFile.unreadable ? [] : problems),
  ];
  return loaded !== undefined && all.length === 0
    ? ok({ directory, loaded, identities: keys.identities })
    : err(...all);
}

export function configurationNotFound(): Problem {
  return {
    code: 'text-not-found',
    file: clusterFile,
    message: 'there is no configuration in this directory',
    expected: 'a file cluster.yaml',
    remedy: 'run "gatehouse init" to create one, or name its directory with -C',
  };
}
