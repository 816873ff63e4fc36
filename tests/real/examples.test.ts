import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type Prepared, prepare } from '../../src/operations/configure/configure.ts';
import { noProgress } from '../../src/operations/progress.ts';
import { configurations } from '../configurations.ts';
import fc, { seed } from '../fastCheck.ts';
import { issuerNamespaces } from '../gatewaySections.ts';
import { appliedDirectories, preparedHome } from '../home.ts';
import { foreignNamespaces } from '../platformSections.ts';
import { exampleDirectory } from '../testDirectory.ts';
import { variants } from '../variants.ts';
import { type ControlPlane, controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { kubeconform } from './fixtures/kubeconform.ts';
import { kustomizeBuild } from './fixtures/kustomize.ts';
import { productSchemas } from './fixtures/productSchemas.ts';
import { realSuite } from './fixtures/suite.ts';
import { finishedObjects, repositoryOf, repositoryOfHome } from './fixtures/writtenRepository.ts';
import { checkWithServer, removeObjects, type ServerResult } from './serverCheck.ts';

/**
 * The one warning that is expected: the namespace of Immich enforces `privileged`, because a directory of the node is
 * no volume that `restricted` or `baseline` allow, and warns by `restricted`, so that anything beyond these two
 * volumes is seen. Nothing else may be in the sentence.
 */
const acceptedWarning =
  /^would violate PodSecurity "restricted:latest": restricted volume types \(volume "(library|data)" uses restricted volume type "hostPath"\)$/;

/** One line for each rejection and warning of the server. */
function complaints(results: readonly ServerResult[]): string[] {
  return results.flatMap(({ object, verdict, stage, message, warnings }) => {
    const name = `${object.kind} ${object.namespace ?? ''}/${object.name}`;
    const refused = verdict === 'refused' ? [`${name} is refused (${stage}): ${message}`] : [];
    const warned = warnings.filter((warning) => !acceptedWarning.test(warning));
    return [...refused, ...warned.map((warning) => `${name} warns: ${warning}`)];
  });
}

/** A stored object without the fields that every apply changes. It keeps its generation. */
function meant(object: KubernetesObject | undefined): unknown {
  if (object === undefined) throw new Error('it was not stored');
  const {
    managedFields: _,
    resourceVersion: __,
    ...metadata
  } = { ...object.metadata } as Record<string, unknown>;
  return { ...object, metadata };
}

/** The number of random configurations. */
const runs = 200;

realSuite('a real API server accepts what configure writes', controlPlaneParts, (parts) => {
  let cluster: ControlPlane;
  // `flux install` makes the first; the others are somebody else's: volumes there are backed up, and issuers run there.
  const there = ['flux-system', ...foreignNamespaces, ...issuerNamespaces].map(
    (name): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  );
  beforeAll(async () => {
    cluster = await controlPlane(parts);
    for (const namespace of there) await cluster.apply(namespace);
  });
  afterAll(async () => {
    await removeObjects(cluster, there);
    await cluster[Symbol.asyncDispose]();
  });

  /** Checks the objects together, and removes them from the server. */
  async function serverComplaints(objects: readonly KubernetesObject[]): Promise<string[]> {
    try {
      const results = await checkWithServer(cluster, objects);
      expect(results.length).toBe(objects.length);
      return complaints(results);
    } finally {
      await removeObjects(cluster, objects);
    }
  }

  test.each(variants)(
    '$name: accepts every object and every Pod, and stores every policy unchanged',
    async (variant) => {
      expect(await serverComplaints(finishedObjects(await preparedHome(variant)))).toEqual([]);
    },
  );

  test.each(variants.filter(({ name }) => name.startsWith('the example ')))(
    '$name: changes nothing if it is applied a second time',
    async (variant) => {
      const objects = finishedObjects(await preparedHome(variant));
      try {
        await checkWithServer(cluster, objects);
        for (const object of objects) {
          const { kind, metadata } = object;
          const { name, namespace } = metadata;
          const before = await cluster.get({ apiVersion: object.apiVersion, kind, name, namespace });
          const after = (await cluster.apply(object)).object;
          expect(meant(after), `${kind} ${namespace ?? ''}/${name}`).toEqual(meant(before));
        }
      } finally {
        await removeObjects(cluster, objects);
      }
    },
  );

  test(`${runs} random configurations (seed ${seed})`, async () => {
    const directory = await mkdtemp(join(inject('realScratch'), 'random-'));
    using example = exampleDirectory();
    const recipients: string[] = parse(example.read('cluster.yaml')).secrets.recipients;
    await fc.assert(
      fc.asyncProperty(configurations(recipients), async ({ cluster: shown, privateFile }) => {
        await writeFile(join(directory, 'cluster.yaml'), stringify(shown));
        await writeFile(join(directory, 'cluster.private.yaml'), stringify(privateFile));
        const prepared = await prepare(directory, example.environment, noProgress);
        // tests/properties.test.ts shows that all of them compile; here only those count.
        fc.pre(prepared.ok);
        if (!prepared.ok) return;
        expect(await serverComplaints(finishedObjects(prepared.value))).toEqual([]);
      }),
      // Shrinking would take minutes. The seed finds a failure again.
      { numRuns: runs, seed, endOnFailure: true },
    );
  }, 900_000);
});

/** By kind and name, since the order of the output does not matter. */
function byName(objects: readonly KubernetesObject[]): Record<string, KubernetesObject> {
  return Object.fromEntries(
    objects.map((object) => [
      `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      object,
    ]),
  );
}

function planned({ plan }: Prepared, directory: string): KubernetesObject[] {
  return plan.objects.filter(({ file }) => file.startsWith(directory)).map(({ object }) => object);
}

/** Encrypted objects, which kustomize passes through unchanged. */
function encryptedNames({ plan }: Prepared, directory: string): string[] {
  const within = plan.encrypted.filter(({ path }) => path.startsWith(directory));
  return Object.keys(byName(within.map(({ object }) => object))).sort();
}

realSuite('kustomize and kubectl build the planned objects', ['kustomize', 'kubectl'], (parts) => {
  test.each(variants)('$name: the entry, object by object', async (variant) => {
    using repository = repositoryOf(variant.example ?? 'home');
    const prepared = await repository.configure(variant);
    const { name } = prepared.configuration.loaded.cluster.cluster;
    for (const part of [parts.kustomize, parts.kubectl]) {
      for (const [directories, prefix] of [
        [appliedDirectories(prepared.plan, name), 'apps/'],
        [[`clusters/${name}/flux`], 'clusters/'],
      ] as const) {
        const builds = directories.map((directory) =>
          kustomizeBuild(part, join(repository.directory.path, directory)),
        );
        const built = (await Promise.all(builds)).flat();
        const clear = built.filter((object) => object['sops'] === undefined);
        const encrypted = built.filter((object) => object['sops'] !== undefined);
        expect(byName(clear)).toEqual(byName(planned(prepared, prefix)));
        expect(Object.keys(byName(encrypted)).sort()).toEqual(encryptedNames(prepared, prefix));
      }
    }
  });

  test('the optional Component builds too, and gives Immich its configuration file', async () => {
    using repository = repositoryOfHome();
    await repository.configure({});
    const overlay = 'apps/media/immich/overlays/oidc';
    const own = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
    const wanted = { ...own, resources: ['apps/media/immich'], components: [overlay] };
    await writeFile(join(repository.directory.path, 'kustomization.yaml'), stringify(wanted));
    const [one, other] = await Promise.all(
      [parts.kustomize, parts.kubectl].map((part) => kustomizeBuild(part, repository.directory.path)),
    );
    expect(byName(one ?? [])).toEqual(byName(other ?? []));
    const base = await kustomizeBuild(parts.kustomize, join(repository.directory.path, 'apps/media/immich'));
    const changed = Object.entries(byName(one ?? [])).filter(
      ([name, object]) => JSON.stringify(object) !== JSON.stringify(byName(base)[name]),
    );
    expect(changed.map(([name]) => name)).toContain('Deployment media/immich-server');
  });
});

realSuite('kubeconform with the schemas of the package', ['kubeconform'], (parts) => {
  test('accepts every object of every variant in strict mode, and skips none', async () => {
    const sets = await Promise.all(
      variants.map(async (variant) => finishedObjects(await preparedHome(variant))),
    );
    const objects = sets.flat();
    await using validator = await kubeconform(parts.kubeconform, inject('realScratch'), productSchemas());
    const verdicts = await validator.validate(objects);
    expect(verdicts.length).toBe(objects.length);
    expect(verdicts.filter(({ status }) => status !== 'statusValid')).toEqual([]);
  });
});
