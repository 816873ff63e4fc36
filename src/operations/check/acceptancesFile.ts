import { readSource } from '../../private-values/readSource.ts';
import type { Problem } from '../../problems/problem.ts';
import { type Acceptance, acceptancesPath } from './acceptances.ts';

/** The acceptances of a directory; none where it has no such file, and a problem where it cannot be read. */
export async function acceptancesIn(
  directory: string,
): Promise<{ entries: Acceptance[]; problems: Problem[] }> {
  const read = await readSource(directory, acceptancesPath);
  if (read === undefined) return { entries: [], problems: [] };
  if ('problem' in read) return { entries: [], problems: [read.problem] };
  const { readAcceptances } = await import('./readAcceptances.ts');
  return readAcceptances(Buffer.from(read.bytes).toString('utf8'));
}
