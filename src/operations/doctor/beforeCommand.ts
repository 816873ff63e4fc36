import type { CheckResult } from '../../live/check.ts';
import { runChecks } from '../../live/runChecks.ts';
import type { Clone } from '../reconcile/pushed.ts';
import { gitChecks } from './gitChecks.ts';

/**
 * What does not hold of the clone, for a command that works with what was pushed. It asks no cluster and starts no
 * program.
 */
export async function unpushed(
  clone: Clone,
  repository: { url: string; branch: string },
  now: () => Date,
): Promise<readonly CheckResult[]> {
  const results = await runChecks(gitChecks(clone, repository), { cluster: undefined, now });
  return results.filter(({ verdict }) => verdict !== 'kept');
}
