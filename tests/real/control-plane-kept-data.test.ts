import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptByFlux } from '../../src/compile/heldData.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { toYamlText } from '../../src/kubernetes/yaml.ts';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { type FluxBench, fluxBench } from './fixtures/fluxBench.ts';
import { realSuite } from './fixtures/suite.ts';

realSuite('Flux leaves objects with data alone', [...controlPlaneParts, ...fluxParts, 'sops'], (parts) => {
  let bench: FluxBench;

  beforeAll(async () => {
    bench = await fluxBench(parts);
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const claim = (name: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: bench.namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  const namespace = (name: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `${bench.namespace}-${name}` },
  });
  /** Whether an object is there, and nobody has deleted it: the finalizer of a claim may still hold it. */
  const isLive = async ({ apiVersion, kind, metadata }: KubernetesObject): Promise<boolean> => {
    const found = await bench.cluster.get({ apiVersion, kind, ...metadata });
    return found !== undefined && found.metadata['deletionTimestamp'] === undefined;
  };
  const filesOf = (directory: string, objects: readonly KubernetesObject[]) =>
    Object.fromEntries(
      objects.map((object, index) => [`${directory}/${index}.yaml`, toYamlText(object)] as const),
    );
  const stays = (directory: string) => ({
    [`${directory}/stays.yaml`]: bench.configMap(`${directory}-stays`, { a: 'b' }),
  });

  test('their manifests go in a later commit than the one that adds the annotation', async () => {
    const objects = [namespace('kept'), claim('kept')];
    const first = await bench.publish({ ...filesOf('kept', objects), ...stays('kept') });
    const kustomization = await bench.follow('kept');
    await bench.flux.untilReady(kustomization, true, first);
    const second = await bench.publish({ ...filesOf('kept', objects.map(keptByFlux)), ...stays('kept') });
    await bench.flux.untilReady(kustomization, true, second);
    const third = await bench.publish(stays('kept'));
    await bench.flux.untilReady(kustomization, true, third);
    expect(await Promise.all(objects.map(isLive))).toEqual([true, true]);
  });

  test('and does not where the annotation never was in a commit before', async () => {
    const objects = [namespace('pruned'), claim('pruned')];
    const first = await bench.publish({ ...filesOf('pruned', objects), ...stays('pruned') });
    const kustomization = await bench.follow('pruned');
    await bench.flux.untilReady(kustomization, true, first);
    const second = await bench.publish(stays('pruned'));
    await bench.flux.untilReady(kustomization, true, second);
    expect(await Promise.all(objects.map(isLive))).toEqual([false, false]);
  });

  test('the Flux Kustomization that applied them is pruned by another', async () => {
    const objects = [namespace('finalized'), claim('finalized')].map(keptByFlux);
    const child = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'finalized', namespace: bench.namespace },
      spec: {
        interval: '1h',
        path: './finalized',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'home' },
      },
    };
    const { apiVersion, kind, metadata } = child;
    const below = { ...filesOf('finalized', objects), ...stays('finalized') };
    const first = await bench.publish({ ...below, ...stays('above'), ...filesOf('above', [child]) });
    const above = await bench.follow('above');
    await bench.flux.untilReady(above, true, first);
    await bench.flux.untilReady({ apiVersion, kind, ...metadata }, true, first);
    const second = await bench.publish(stays('above'));
    await bench.flux.untilReady(above, true, second);
    await expect
      .poll(() => bench.cluster.get({ apiVersion, kind, ...metadata }), { timeout: 30_000 })
      .toBeUndefined();
    expect(await bench.data('ConfigMap', 'finalized-stays')).toBeUndefined();
    expect(await Promise.all(objects.map(isLive))).toEqual([true, true]);
  });

  test('another Flux Kustomization applies them from the next commit on', async () => {
    const objects = [namespace('moved'), claim('moved')].map(keptByFlux);
    const both = { ...stays('one'), ...stays('two') };
    const first = await bench.publish({ ...filesOf('one', objects), ...both });
    const one = await bench.follow('one');
    const two = await bench.follow('two');
    await bench.flux.untilReady(one, true, first);
    const second = await bench.publish({ ...filesOf('two', objects), ...both });
    await bench.flux.untilReady(one, true, second);
    await bench.flux.untilReady(two, true, second);
    expect(await Promise.all(objects.map(isLive))).toEqual([true, true]);
  });
});
