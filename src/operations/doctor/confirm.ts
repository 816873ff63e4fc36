import { LiveError } from '../../live/cluster.ts';
import { withClusterUid } from '../../live/clusterUid.ts';
import { type Identity, identityOf, liveProblem, openCluster } from '../../live/openCluster.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { readClusterFile } from '../../private-values/readClusterFile.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { replaceFiles } from '../../repository/replaceFile.ts';
import type { DoctorInputs } from './doctor.ts';
import { nodesOf } from './versionChecks.ts';

/** A cluster as a user can recognise it, and what `cluster.yaml` says of it now. */
export interface Candidate extends Identity {
  /** The names of its nodes; undefined where the user may not list them. */
  nodes: readonly string[] | undefined;
}

/** Asks the cluster of the kubeconfig who it is, for a user who wants to confirm it. */
export async function candidateOf(inputs: DoctorInputs): Promise<Outcome<Candidate>> {
  const found = await identityOf(inputs);
  if (!found.ok) return found;
  const opened = await openCluster({ ...inputs, uid: found.value.uid });
  if (!opened.ok) return opened;
  try {
    const nodes = await nodesOf(opened.value);
    return ok({ ...found.value, nodes: nodes.map(({ metadata }) => metadata.name) });
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    if (error.failure === 'forbidden') return ok({ ...found.value, nodes: undefined });
    return err(liveProblem(error, found.value.context, found.value.server));
  } finally {
    opened.value.close();
  }
}

/** Writes the UID of a confirmed cluster into `cluster.yaml`, and changes nothing else in it. */
export async function writeUid(directory: string, uid: string): Promise<Outcome<'written' | 'unchanged'>> {
  const read = await readClusterFile(directory);
  if (!read.ok) return read;
  const { text, bytes } = read.value;
  const content = withClusterUid(text, uid);
  if (!content.ok) return content;
  if (content.value === text) return ok('unchanged');
  const written = await replaceFiles(directory, [
    { path: clusterFile, content: content.value, before: bytes },
  ]);
  return written.ok ? ok('written') : written;
}
