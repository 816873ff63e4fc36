import type { Answer, Check, CheckName } from '../../live/check.ts';
import type { LiveCluster } from '../../live/cluster.ts';
import { notChecked } from './answers.ts';

/** A check that asks the cluster. Without a cluster nothing was checked. */
export function liveCheck(name: CheckName, ask: (cluster: LiveCluster, now: Date) => Promise<Answer>): Check {
  return {
    ...name,
    ask: async ({ cluster, now }) =>
      cluster === undefined ? notChecked('No cluster was asked') : ask(cluster, now()),
  };
}
