// Crosses components, compile, operations/configure and repository, with the examples.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import { buildTree } from '../src/manifests/buildTree.ts';
import { apply, type Prepared, prepare } from '../src/operations/configure/configure.ts';
import { noProgress } from '../src/operations/progress.ts';
import { appliedDirectories } from './home.ts';
import { exampleDirectory, type TestDirectory } from './testDirectory.ts';
import { variants } from './variants.ts';

const kubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

async function written(directory: TestDirectory): Promise<Prepared> {
  const prepared = await prepare(directory.path, directory.environment, noProgress);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const result = await apply(prepared.value, undefined, noProgress);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return prepared.value;
}

function byName(objects: readonly KubernetesObject[]): Record<string, KubernetesObject> {
  return Object.fromEntries(
    objects.map((object) => [
      `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      object,
    ]),
  );
}

describe.each(variants)('$name', (variant) => {
  // Written once: the tests only read it.
  let directory: TestDirectory;
  let prepared: Prepared;
  beforeAll(async () => {
    directory = exampleDirectory(variant.example);
    if (variant.cluster) directory.edit('cluster.yaml', variant.cluster);
    if (variant.privateFile) directory.edit('cluster.private.yaml', variant.privateFile);
    prepared = await written(directory);
  });
  afterAll(() => directory[Symbol.dispose]());

  it('changes nothing when it is configured again', async () => {
    for (const _ of ['once', 'twice']) {
      const again = await prepare(directory.path, directory.environment, noProgress);
      expect(again.ok && again.value.difference.changes).toEqual([]);
    }
  });

  // Said here rather than in a hook, so that the reason is printed with the test.
  it.skipIf(!kubectl)(
    `is built by kubectl to the same objects as planned${kubectl ? '' : ' (skipped: kubectl is not installed)'}`,
    () => {
      const { plan, configuration } = prepared;
      const built = appliedDirectories(plan, configuration.loaded.cluster.cluster.name).flatMap((applied) => {
        const { status, stdout, stderr } = spawnSync(
          'kubectl',
          ['kustomize', `${directory.path}/${applied}`],
          {
            encoding: 'utf8',
          },
        );
        expect(stderr).toBe('');
        expect(status).toBe(0);
        return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
      });
      const planned = plan.objects.filter(({ file }) => file.startsWith('apps/')).map(({ object }) => object);
      // Who has no key sees ciphertext: of what is encrypted, only the names can be compared.
      const encrypted = built.filter((object) => 'sops' in object);
      const delivered = plan.encrypted.filter(({ path }) => path.startsWith('apps/'));
      expect(Object.keys(byName(encrypted)).sort()).toEqual(
        Object.keys(byName(delivered.map(({ object }) => object))).sort(),
      );
      expect(byName(built.filter((object) => !('sops' in object)))).toEqual(byName(planned));
    },
  );

  it('lists every manifest from the entry', () => {
    expect(prepared.fileProofs.map(({ invariant, verdict }) => [invariant, verdict])).toEqual([
      ['files-reached', 'proved'],
      ['plan-built', 'proved'],
      ['nothing-private', 'proved'],
    ]);
  });
});

describe('the proof that every file is reached', () => {
  it('is refuted by a manifest that no kustomization lists', () => {
    const tree = new Map([
      ['clusters/home/kustomization.yaml', 'resources: [../../apps/a/]\n'],
      ['apps/a/kustomization.yaml', 'resources: [one.yaml]\n'],
      ['apps/a/one.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n'],
      ['apps/a/two.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n'],
    ]);
    const { findings } = buildTree({ tree, unread: [] });
    expect(findings.map(({ kind, file }) => [kind, file])).toEqual([['unlisted', 'apps/a/two.yaml']]);
  });
});
