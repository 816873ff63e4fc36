import { everyValue } from '../../config/private.ts';
import { LiveError } from '../../live/cluster.ts';
import type { ClusterChoice } from '../../live/kubeconfig.ts';
import { liveProblem, openCluster } from '../../live/openCluster.ts';
import { type Configuration, openConfiguration } from '../../private-values/configuration.ts';
import { redactProblems } from '../../private-values/redactValues.ts';
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
  const hidden = everyValue(configuration.value.loaded);
  const choice = { environment, context, kubeconfig, onWait };
  return redactProblems(await opened(configuration.value, choice, inputs), hidden);
}

async function opened(
  configuration: Configuration,
  choice: ClusterChoice,
  inputs: ReconcileInputs,
): Promise<Outcome<Reconciled>> {
  const { environment } = choice;
  const { uid } = configuration.loaded.cluster.cluster;
  const connected = await openCluster({
    ...{ ...choice, uid },
    // What does not answer for a while is asked again until the time of the run is over.
    patience: { whole: Math.min(15_000, inputs.timeout), watch: inputs.timeout },
  });
  if (!connected.ok) return connected;
  const { value: cluster } = connected;
  try {
    const place = { configuration, cluster, writer: cluster.writer(), environment };
    return await reconcile(place, inputs);
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    return err(liveProblem(error, cluster.context, cluster.server));
  } finally {
    cluster.close();
  }
}
