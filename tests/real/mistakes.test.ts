import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuleCompiler } from '../../src/kubernetes/cel/expressions.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { createValidator, readSchemasFrom } from '../../src/kubernetes/validate.ts';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import type { Prepared } from '../../src/operations/configure/configure.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import { packageDirectory } from '../../src/system/packageDirectory.ts';
import { preparedHome } from '../home.ts';
import { type ControlPlane, controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { fluxBench } from './fixtures/fluxBench.ts';
import { realSuite } from './fixtures/suite.ts';
import { compileSets } from './mistakes/compile.ts';
import { type Caught, type FileCheck, judgesPage, type ObjectCheck, objectChecks } from './mistakes/page.ts';
import { nameOf, planted } from './mistakes/planted.ts';
import { foundInFiles, plantedFiles } from './mistakes/plantedFiles.ts';
import { checkWithServer, removeObjects } from './serverCheck.ts';

realSuite('planted mistakes', [...controlPlaneParts, ...fluxParts, 'sops'], (parts) => {
  const inObjects: Caught<ObjectCheck>[] = [];
  const inFiles: Caught<FileCheck>[] = [];
  let cluster: ControlPlane;
  let prepared: Prepared;
  let home: readonly SourcedObject[];
  beforeAll(async () => {
    cluster = await controlPlane(parts);
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
    prepared = await preparedHome();
    home = prepared.repository.objects;
  });
  afterAll(() =>
    removeObjects(
      cluster,
      home.map(({ object }) => object),
    ),
  );

  const changedIn = (objects: readonly SourcedObject[]): KubernetesObject[] =>
    objects
      .map(({ object }) => object)
      .filter((object) => !home.some((one) => isDeepStrictEqual(one.object, object)));
  const { validate } = createValidator(
    readSchemasFrom(join(packageDirectory(), 'schemas')),
    createRuleCompiler(),
  );
  const proofsAgainst = (objects: readonly SourcedObject[]): string[] => {
    const { proofs, unknowns } = analyse(objects, assumptionsOf(prepared.configuration));
    const open = proofs.filter(({ verdict }) => verdict !== 'proved');
    return [
      ...open.map(({ invariant, verdict }) => `${invariant} ${verdict}`),
      ...unknowns.map(({ sentence }) => sentence),
    ];
  };

  /** The rejections of the server for the changed objects among the correct ones, which are then restored. */
  async function refusals(changed: readonly KubernetesObject[]): Promise<string[]> {
    const results = await checkWithServer(cluster, changed);
    for (const object of changed) {
      const right = home.find((one) => nameOf(one.object) === nameOf(object))?.object;
      if (right?.apiVersion === object.apiVersion) await cluster.apply(right);
      else await removeObjects(cluster, [object]);
    }
    return results.flatMap(({ verdict, message }) => (verdict === 'refused' ? [message] : []));
  }

  test('mistakes in objects', async () => {
    const sets = planted.map(({ plant }) => plant(home));
    const [right, ...types] = compileSets([home.map(({ object }) => object), ...sets.map(changedIn)]);
    expect(right).toEqual([]);
    expect(proofsAgainst(home)).toEqual([]);
    expect(await refusals(home.map(({ object }) => object))).toEqual([]);
    for (const [index, { name, right }] of planted.entries()) {
      const objects = sets[index] ?? [];
      const changed = changedIn(objects);
      const alsoRight = new Set(right ? proofsAgainst(right(home)) : []);
      const said: Record<ObjectCheck, readonly string[]> = {
        type: types[index] ?? [],
        schema: changed.flatMap((object) => validate(object).map(({ message }) => message)),
        proofs: proofsAgainst(objects).filter((sentence) => !alsoRight.has(sentence)),
        'API server': await refusals(changed),
      };
      inObjects.push({ name, caught: objectChecks.filter((check) => said[check].length > 0) });
    }
    expect(inObjects.length).toBeGreaterThanOrEqual(25);
  });

  test('mistakes in files', async () => {
    await using bench = await fluxBench(parts);
    const mistakes = await plantedFiles(bench, parts.sops);
    const values = { HOST: 'photos.example.net', NUMBER: '12345' };
    const secrets = { values, empty: { OTHER: 'x' }, dotted: { ...values, 'IMMICH.HOST': 'x' } };
    for (const [name, stringData] of Object.entries(secrets)) {
      const metadata = { name, namespace: bench.namespace };
      await bench.cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData });
    }
    const directories = mistakes.flatMap(({ files }, index) =>
      Object.entries(files).map(([path, text]) => [`planted-${index}/${path}`, text] as const),
    );
    await bench.publish(Object.fromEntries(directories));
    for (const [index, mistake] of mistakes.entries()) {
      const reference = await bench.follow(`planted-${index}`, mistake.spec);
      const outcome = await bench.flux.outcome(reference);
      await bench.cluster.remove(reference);
      const caught = [
        ...(foundInFiles(mistake).length > 0 ? ['files' as const] : []),
        ...(outcome.status === 'False' ? ['Flux' as const] : []),
      ];
      inFiles.push({ name: mistake.name, caught });
    }
  }, 120_000);

  test('matches the table in docs/judges.md', async () => {
    const page = judgesPage(inObjects, inFiles);
    await expect(page).toMatchFileSnapshot('../../docs/judges.md');
  });
});
