import { LiveError } from '../../live/cluster.ts';
import type { ClusterChoice } from '../../live/kubeconfig.ts';
import { liveProblem, openCluster } from '../../live/openCluster.ts';
import { openConfiguration } from '../../private-values/configuration.ts';
import { err, type Outcome } from '../../problems/outcome.ts';
import { notAtGitRoot } from '../gitRoot.ts';
import { reconcile } from './reconcile.ts';
import type { Reconciled, ReconcileInputs } from './types.ts';

/** Which directory, and which cluster. */
export interface ReconcileTarget extends ClusterChoice {
  directory: string;
}

/** Opens the configuration and the cluster that it is for, reconciles, and ends all connections. */
export async function reconcileDirectory(
  { directory, environment, context, kubeconfig, onWait }: ReconcileTarget,
  inputs: ReconcileInputs,
): Promise<Outcome<Reconciled>> {
  const misplaced = await notAtGitRoot(directory);
  if (misplaced.length > 0) return err(...misplaced);
  const configuration = await openConfiguration(directory, environment);
  if (!configuration.ok) return configuration;
  const { uid } = configuration.value.loaded.cluster.cluster;
  const opened = await openCluster({
    ...{ environment, context, kubeconfig, onWait, uid },
    // What does not answer for a while is asked again until the time of the run is over.
    patience: { whole: Math.min(15_000, inputs.timeout), watch: inputs.timeout },
  });
  if (!opened.ok) return opened;
  const { value: cluster } = opened;
  try {
    const place = { configuration: configuration.value, cluster, writer: cluster.writer(), environment };
    return await reconcile(place, inputs);
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    return err(liveProblem(error, cluster.context, cluster.server));
  } finally {
    cluster.close();
  }
}
