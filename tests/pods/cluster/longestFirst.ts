import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What files take, in seconds, in the order of magnitude. */
const seconds: Readonly<Record<string, number>> = {
  'life.test.ts': 260,
  'moments.test.ts': 240,
  'home.test.ts': 190,
  'documents.test.ts': 170,
  'upgrade.test.ts': 160,
  'fluxBackups.test.ts': 160,
  'totalLoss.test.ts': 110,
  'guard.test.ts': 100,
  'policies.test.ts': 50,
  'flux.test.ts': 45,
  'cyclonus.test.ts': 40,
  'cluster.test.ts': 25,
};

/** A file that is new may be long. */
const unknown = 150;

/** Sorts files by what they take: a long one that began last would leave the other clusters idle. */
export function longestFirst(files: readonly string[]): string[] {
  const of = (file: string): number => seconds[basename(file)] ?? unknown;
  return files.toSorted((one, other) => of(other) - of(one) || (one < other ? -1 : 1));
}

/** {@link longestFirst} for Vitest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = longestFirst(files.map(({ moduleId }) => moduleId));
    return files.toSorted((one, other) => order.indexOf(one.moduleId) - order.indexOf(other.moduleId));
  }
}
