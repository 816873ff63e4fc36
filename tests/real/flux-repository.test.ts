import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { referenceTo } from './fixtures/kubernetesClient.ts';
import { fluxObjects, type RepositoryBench, repositoryBench } from './fixtures/repositoryBench.ts';
import { ageKey, encryptWithSops } from './fixtures/sops.ts';
import { realSuite } from './fixtures/suite.ts';
import { finishedObjects } from './fixtures/writtenRepository.ts';
import { nameOf, notHeld } from './serverCheck.ts';

const { source, values, entry: home } = fluxObjects('home');
const valuesFile = 'clusters/home/flux/values.sops.yaml';
const clusterValues = { apiVersion: 'v1', kind: 'Secret', name: 'cluster-values', namespace: 'flux-system' };

realSuite(
  'Flux applies the repository that configure writes',
  [...controlPlaneParts, ...fluxParts, 'sops'],
  (parts) => {
    let bench: RepositoryBench;
    beforeAll(async () => {
      bench = await repositoryBench(parts);
    });
    afterAll(() => bench[Symbol.asyncDispose]());

    async function settled(revision: string): Promise<void> {
      await bench.flux.untilReady(values, true, revision);
      await bench.flux.untilReady(home, true, revision);
    }

    /** The objects that the cluster does not store as planned. The URL of the source is that of the local server. */
    const missing = (objects: readonly KubernetesObject[]): Promise<string[]> =>
      notHeld(
        bench.cluster,
        objects.filter((object) => !isDeepStrictEqual(referenceTo(object), source)),
      );

    /** The generation of each object: a write changes it, an update of its status does not. */
    async function written(objects: readonly KubernetesObject[]): Promise<Map<string, unknown>> {
      const live = await Promise.all(
        objects.map(async (object) => {
          const found = (await bench.cluster.get(referenceTo(object)))?.metadata;
          return [nameOf(object), found?.['generation'] ?? found?.['resourceVersion']] as const;
        }),
      );
      return new Map(live);
    }

    test('from a push to live objects: decrypted, substituted, in order, all ready', async () => {
      const { prepared, revision } = await bench.push();
      await settled(revision);
      const objects = finishedObjects(prepared);
      expect(objects.length).toBeGreaterThan(30);
      expect(await missing(objects)).toEqual([]);
      const left = await Promise.all(
        objects.map(async (object) => {
          const live = await bench.cluster.get(referenceTo(object));
          const kept = live?.metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'] === 'disabled';
          return !kept && JSON.stringify(live).includes('${') ? [nameOf(object)] : [];
        }),
      );
      expect(left.flat()).toEqual([]);
    });

    test('a second commit with one change writes what it changes, and nothing else', async () => {
      const before = await bench.push();
      await settled(before.revision);
      const objects = finishedObjects(before.prepared);
      const writtenBefore = await written(objects);
      const after = await bench.push({ cluster: (value) => (value.originProxy.uploads = 5) });
      await settled(after.revision);
      const now = finishedObjects(after.prepared);
      const meant = objects.flatMap((object, index) =>
        isDeepStrictEqual(object, now[index]) ? [] : [nameOf(object)],
      );
      const writtenNow = await written(now);
      const changed = [...writtenNow].flatMap(([name, mark]) =>
        mark === writtenBefore.get(name) ? [] : [name],
      );
      expect(meant).toContain('ConfigMap networking/immich-origin-proxy');
      expect(meant.length).toBeLessThan(5);
      expect(changed).toEqual(meant);
    });

    test('what is turned off is removed from the cluster', async () => {
      const before = await bench.push();
      await settled(before.revision);
      const after = await bench.push({
        cluster: (value) => (value.immich.machineLearning = { enabled: false }),
      });
      await settled(after.revision);
      const kept = new Set(finishedObjects(after.prepared).map(nameOf));
      const gone = finishedObjects(before.prepared).filter((object) => !kept.has(nameOf(object)));
      expect(gone.map(nameOf)).toContain('Deployment media/immich-machine-learning');
      expect(await Promise.all(gone.map((object) => bench.cluster.get(referenceTo(object))))).toEqual(
        gone.map(() => undefined),
      );
      expect(await missing(finishedObjects(after.prepared))).toEqual([]);
    });

    test('the wrong age key, in the words of the troubleshooting document', async () => {
      await settled((await bench.push()).revision);
      await bench.giveKey((await ageKey()).identity);
      await bench.flux.reconcile(values);
      const { reason, message } = await bench.flux.untilReady(values, false);
      await bench.giveKey(bench.key);
      await bench.flux.reconcile(values);
      await bench.flux.untilReady(values, true);
      const words = ['cannot get sops data key', 'age: identity did not match any of the recipients'];
      expect(reason).toBe('BuildFailed');
      for (const word of words) expect(message).toContain(word);
      await documented(`Kustomization \`${values.name}\``, reason, ...words);
    });

    test('no Secret with the values, in the words of the troubleshooting document', async () => {
      await settled((await bench.push()).revision);
      await bench.cluster.remove(clusterValues);
      await bench.flux.reconcile(home);
      const { reason, message } = await bench.flux.untilReady(home, false);
      await bench.flux.reconcile(values);
      await bench.flux.untilReady(values, true);
      const words = `substitute from 'Secret/cluster-values' error: secrets "cluster-values" not found`;
      expect(reason).toBe('BuildFailed');
      expect(message).toContain(words);
      await documented(`Kustomization \`${home.name}\``, reason, words);
    });

    test('a value that is missing from the Secret, as the troubleshooting document says', async () => {
      const { prepared, revision } = await bench.push();
      await settled(revision);
      const [secret] = prepared.plan.encrypted;
      const { IMMICH_HOST: _, ...data } = (secret?.object['data'] ?? {}) as Record<string, string>;
      const recipient = prepared.configuration.loaded.cluster.secrets.recipients[0] ?? '';
      const text = stringify({ ...secret?.object, data });
      const broken = await bench.push(
        {},
        { [valuesFile]: await encryptWithSops(parts.sops, recipient, text) },
      );
      await bench.flux.untilReady(values, true, broken.revision);
      const { reason, message } = await bench.flux.untilReady(home, false, broken.revision);
      const tunnel = { apiVersion: 'v1', kind: 'ConfigMap', name: 'cloudflared', namespace: 'networking' };
      // Nothing is applied: what worked goes on.
      expect(JSON.stringify(await bench.cluster.get(tunnel))).toContain('photos.example.org');
      expect(reason).toBe('BuildFailed');
      expect(message).toContain('variable not set (strict mode): "IMMICH_HOST"');
      await documented(
        'a value is missing from the Secret',
        'from 2.9 on the build fails and names the variable',
      );
      await settled((await bench.push()).revision);
    });

    /** Expects these words in a document of the repository. */
    async function documented(...words: readonly string[]): Promise<void> {
      const text = await bench.read('docs/troubleshooting.md');
      for (const word of words) expect(text).toContain(word);
    }
  },
);
