// Crosses the operators of tools/mutate and an API server: what they take for refused is refused.
import { expect, test } from 'vitest';
import { validityFamily } from '../../tools/mutate/operators/validity.ts';
import { changed, nameOf } from '../../tools/mutate/tree.ts';
import { mutatedTrees } from '../../tools/mutate/trees.ts';
import type { ConfigData } from '../testDirectory.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { realSuite } from './fixtures/suite.ts';
import { checkWithServer, removeObjects } from './serverCheck.ts';

realSuite('the objects of operators that a server refuses', controlPlaneParts, (parts) => {
  test('are refused, and were accepted before', async () => {
    await using cluster = await controlPlane(parts);
    const [home] = await mutatedTrees();
    if (home === undefined) throw new Error('there is no tree');
    const before = new Map(home.documents.map(({ filled }) => [JSON.stringify(filled), filled]));
    const namespaces = home.documents.flatMap(({ filled }) => (filled.kind === 'Namespace' ? [filled] : []));
    await checkWithServer(cluster, namespaces);
    try {
      for (const operator of validityFamily.operators) {
        const [mutation] = operator.mutations(home);
        if (mutation === undefined) continue;
        const after = changed(home, mutation.change).documents.map(({ filled }) => filled);
        const wrong = after.filter((object) => !before.has(JSON.stringify(object)));
        const kept = new Set(after.map((object) => JSON.stringify(object)));
        const right = [...before].flatMap(([text, object]): ConfigData[] => (kept.has(text) ? [] : [object]));
        expect(wrong.length, operator.id).toBe(1);
        const verdicts = async (objects: readonly ConfigData[]) =>
          (await checkWithServer(cluster, objects)).map(({ verdict, stage }) => `${verdict} ${stage}`);
        expect(await verdicts(wrong), `${operator.id}: ${wrong.map(nameOf).join()}`).toEqual([
          'refused apply',
        ]);
        expect(await verdicts(right), operator.id).toEqual(['accepted applied']);
        await removeObjects(cluster, right);
      }
    } finally {
      await removeObjects(cluster, namespaces);
    }
  }, 180_000);
});
