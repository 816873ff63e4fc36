import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What files take, in seconds, in the order of magnitude. */
const seconds: Readonly<Record<string, number>> = {
  'home.test.ts': 400,
  'life.test.ts': 300,
  'upgrade.test.ts': 200,
  'documents.test.ts': 170,
  'policies.test.ts': 130,
  'flux.test.ts': 130,
  'fluxBackups.test.ts': 230,
  'totalLoss.test.ts': 100,
  'guard.test.ts': 120,
  'cyclonus.test.ts': 90,
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
