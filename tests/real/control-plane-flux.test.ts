import { afterAll, beforeAll, expect, test } from 'vitest';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { type FluxBench, fluxBench } from './fixtures/fluxBench.ts';
import { realSuite } from './fixtures/suite.ts';

const fromValues = { postBuild: { substituteFrom: [{ kind: 'Secret', name: 'values' }] } };

realSuite('Flux follows a repository', [...controlPlaneParts, ...fluxParts, 'sops'], (parts) => {
  let bench: FluxBench;

  beforeAll(async () => {
    bench = await fluxBench(parts);
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  /** The repository of these tests. Some of them change these texts. */
  async function files(changed: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    return {
      'values/values.yaml': await bench.secret('values', { stringData: { HOST: 'photos.example.net' } }),
      'apps/address.yaml': bench.configMap('address', {
        address: 'https://${HOST}/',
        escaped: '$${HOST}',
        plain: '$HOST',
        withDefault: '${NOWHERE:=default}',
      }),
      'apps/other.yaml': bench.configMap('other', { unchanged: 'text' }),
      'apps/password.yaml': await bench.secret('password', { stringData: { password: 'correct horse' } }),
      ...changed,
    };
  }

  test('from a push to live objects: decrypted, substituted, in order', async () => {
    const revision = await bench.publish(await files());
    const apps = await bench.follow('apps', { dependsOn: [{ name: 'values' }], ...fromValues });
    const values = await bench.follow('values');
    for (const kustomization of [values, apps]) {
      const ready = await bench.flux.untilReady(kustomization, true, revision);
      expect(ready).toMatchObject({
        reason: 'ReconciliationSucceeded',
        message: `Applied revision: ${revision}`,
      });
    }
    expect(await bench.data('Secret', 'password')).toEqual({ password: 'correct horse' });
    expect(await bench.data('ConfigMap', 'address')).toEqual({
      address: 'https://photos.example.net/',
      escaped: '${HOST}',
      plain: '$HOST',
      withDefault: 'default',
    });
  });

  test('a second commit changes only the objects that it changes, and prunes those that it removes', async () => {
    const first = await files();
    const firstRevision = await bench.publish(first);
    const apps = await bench.follow('apps', fromValues);
    await bench.follow('values');
    await bench.flux.untilReady(apps, true, firstRevision);
    const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', namespace: bench.namespace };
    const before = await bench.cluster.get(other);
    const { 'apps/password.yaml': _, ...kept } = first;
    const second = {
      ...kept,
      'apps/address.yaml': bench.configMap('address', { address: 'http://${HOST}/' }),
    };
    const revision = await bench.publish(second);
    await bench.flux.untilReady(apps, true, revision);
    expect(await bench.data('ConfigMap', 'address')).toEqual({ address: 'http://photos.example.net/' });
    expect(await bench.data('Secret', 'password')).toBeUndefined();
    expect((await bench.cluster.get(other))?.metadata['resourceVersion']).toBe(
      before?.metadata['resourceVersion'],
    );
  });

  test('text stays unchanged where substitution is disabled', async () => {
    const annotations = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };
    const metadata = { name: 'script', namespace: bench.namespace, annotations };
    const script = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: '${HOST} $${HOST}' } };
    const revision = await bench.publish(await files({ 'apps/script.yaml': JSON.stringify(script) }));
    await bench.follow('values');
    await bench.flux.untilReady(await bench.follow('apps', fromValues), true, revision);
    expect(await bench.data('ConfigMap', 'script')).toEqual({ text: '${HOST} $${HOST}' });
  });
});
