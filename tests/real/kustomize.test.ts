import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { kustomizeBuild } from './fixtures/kustomize.ts';
import { realSuite } from './fixtures/suite.ts';

async function directoryOf(files: Readonly<Record<string, object>>): Promise<string> {
  const directory = await mkdtemp(join(inject('realScratch'), 'kustomize-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), JSON.stringify(content));
  }
  return directory;
}

const kustomization = (kind: string, fields: object) => ({
  apiVersion: kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1',
  kind,
  ...fields,
});
const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { a: '${HOST}' },
});

realSuite('kustomize and kubectl', ['kustomize', 'kubectl'], (parts) => {
  test('build the same objects, and leave `${…}` as it is', async () => {
    const directory = await directoryOf({
      'kustomization.yaml': kustomization('Kustomization', {
        resources: ['one.yaml'],
        components: ['option'],
      }),
      'one.yaml': configMap('one'),
      'option/kustomization.yaml': kustomization('Component', { resources: ['two.yaml'] }),
      'option/two.yaml': configMap('two'),
    });
    const built = await kustomizeBuild(parts.kustomize, directory);
    expect(built).toEqual([configMap('one'), configMap('two')]);
    expect(await kustomizeBuild(parts.kubectl, directory)).toEqual(built);
  });

  test('refuse a kustomization that includes a directory above itself', async () => {
    const directory = await directoryOf({
      'kustomization.yaml': kustomization('Kustomization', { resources: ['one.yaml'] }),
      'one.yaml': configMap('one'),
      'overlays/oidc/kustomization.yaml': kustomization('Kustomization', { resources: ['../..'] }),
    });
    const overlay = join(directory, 'overlays', 'oidc');
    for (const part of [parts.kustomize, parts.kubectl]) {
      await expect(kustomizeBuild(part, overlay)).rejects.toThrow(/cycle detected/);
    }
  });
});
