// Crosses the module manifests/kustomize and the real kustomize.
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import fc from '../fastCheck.ts';
import { realSuite } from './fixtures/suite.ts';
import { type Comparison, compare } from './kustomize/compare.ts';
import { trees } from './kustomize/trees.ts';

/** The number of generated trees. `KUSTOMIZE_TREES=2000` makes a long run, `KUSTOMIZE_SEED` other trees. */
const count = Number(process.env['KUSTOMIZE_TREES'] ?? 150);
const seed = Number(process.env['KUSTOMIZE_SEED'] ?? 20261126);
/** Concurrent processes. */
const lanes = 3;

realSuite('kustomize and the in-memory build', ['kustomize'], ({ kustomize }) => {
  test(
    'build the same objects from generated trees, unless the in-memory build reports an unknown',
    async () => {
      const samples = fc.sample(trees, { numRuns: count, seed });
      const comparisons: Comparison[] = [];
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let index = next++; index < samples.length; index = next++) {
          const scratch = join(inject('realScratch'), `tree-${index}`);
          comparisons[index] = await compare(kustomize.path, scratch, samples[index] ?? {});
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      const differing = comparisons.flatMap(({ outcome, detail }, index) =>
        outcome === 'differ' ? [`tree ${index} of seed ${seed}: ${detail}`] : [],
      );
      expect(differing).toEqual([]);
      const of = (outcome: Comparison['outcome']): number =>
        comparisons.filter((each) => each.outcome === outcome).length;
      const objects = comparisons.reduce((sum, each) => sum + each.objects, 0);
      console.log(
        `${count} trees, ${objects} objects: ${of('same')} same, ${of('both-reject')} rejected by both, ${of('unknown')} unknown, ${of('differ')} differ`,
      );
      // If most trees were rejected or unknown, the test would show nothing.
      expect(of('same')).toBeGreaterThan(count / 2);
    },
    60_000 + count * 2_000,
  );
});
