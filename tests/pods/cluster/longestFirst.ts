import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What files take beside another one, in seconds, in the order of magnitude. */
export const seconds: Readonly<Record<string, number>> = {
  'life.test.ts': 265,
  'moments.test.ts': 260,
  'fluxBackups.test.ts': 175,
  'home.test.ts': 175,
  'upgrade.test.ts': 175,
  'documents.test.ts': 170,
  'reconcile.test.ts': 160,
  'probe.test.ts': 135,
  'gateway.test.ts': 120,
  'guard.test.ts': 105,
  'totalLoss.test.ts': 100,
  'verify.test.ts': 60,
  'policies.test.ts': 50,
  'flux.test.ts': 50,
  'cyclonus.test.ts': 35,
  'cluster.test.ts': 30,
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
