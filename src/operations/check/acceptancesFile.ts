import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../problems/problem.ts';
import { type Acceptance, acceptancesPath } from './acceptances.ts';

/** The acceptances of a directory; none where it has no such file. */
export async function acceptancesIn(
  directory: string,
): Promise<{ entries: Acceptance[]; problems: Problem[] }> {
  const text = await readFile(join(directory, acceptancesPath), 'utf8').catch(() => undefined);
  if (text === undefined) return { entries: [], problems: [] };
  const { readAcceptances } = await import('./readAcceptances.ts');
  return readAcceptances(text);
}
