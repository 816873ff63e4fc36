import type { RouteException } from '../../compile/routeException.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { gitOutput } from '../../system/git.ts';
import type { Acceptance } from './acceptances.ts';

/** What exceptions accept: that what makes the route demands nothing. */
export function acceptedByExceptions(exceptions: readonly RouteException[]): Acceptance[] {
  return exceptions.flatMap(({ objects, reason, until, field }) =>
    objects.map((object) => ({
      invariant: 'outside-gated',
      object,
      reason: `${field}, until ${until}: ${reason}`,
    })),
  );
}

/** The exceptions that `cluster.yaml` of a commit has too, with the same reason and the same or a later end. */
export async function exceptionsBefore(
  directory: string,
  commit: string,
  exceptions: readonly RouteException[],
): Promise<RouteException[]> {
  if (exceptions.length === 0) return [];
  const read = await gitOutput({ directory }, ['cat-file', 'blob', `${commit}:./${clusterFile}`]);
  if (read.code !== 0) return [];
  const [{ parse }, { textAt }] = await Promise.all([import('yaml'), import('../../kubernetes/fields.ts')]);
  let before: unknown;
  try {
    before = parse(read.stdout.toString('utf8'), { maxAliasCount: 0, logLevel: 'silent' });
  } catch {
    return [];
  }
  return exceptions.filter(({ field, reason, until }) => {
    const at = (name: string) => textAt(before, ...field.split('.'), name);
    return at('kind') === 'none' && at('reason') === reason && (at('until') ?? '') >= until;
  });
}
