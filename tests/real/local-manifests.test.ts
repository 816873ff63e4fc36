import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { Prepared } from '../../src/operations/configure/configure.ts';
import { writeLocalManifests } from '../../src/operations/manifests/localManifests.ts';
import { bundledProgram } from '../program.ts';
import { variants } from '../variants.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { referenceTo } from './fixtures/kubernetesClient.ts';
import { kustomizeBuild } from './fixtures/kustomize.ts';
import { realSuite } from './fixtures/suite.ts';
import { repositoryOfHome, type WrittenRepository } from './fixtures/writtenRepository.ts';
import { holds, removeObjects } from './serverCheck.ts';

const execute = promisify(execFile);

/** What Flux applies from the entry: the values filled in, and encrypted Secrets apart. */
function fluxWould({ repository }: Prepared): {
  plain: KubernetesObject[];
  secrets: KubernetesObject[];
} {
  const apps = repository.objects.filter(({ file }) => file.startsWith('apps/'));
  return {
    plain: apps.filter(({ encrypted }) => encrypted !== true).map(({ object }) => object),
    secrets: apps.filter(({ encrypted }) => encrypted === true).map(({ object }) => object),
  };
}

async function writtenLocally(repository: WrittenRepository): Promise<string> {
  const { path, environment } = repository.directory;
  const written = await writeLocalManifests(path, environment);
  expect(written).toMatchObject({ ok: true, value: { unseen: [] } });
  return join(path, 'local');
}

function byName(objects: readonly KubernetesObject[]): Record<string, KubernetesObject> {
  return Object.fromEntries(
    objects.map((object) => [
      `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      object,
    ]),
  );
}

/** What holds charts is refused: `tests/localManifests.test.ts`. */
const plainVariants = variants.filter(({ example }) => example === undefined);

realSuite('the local manifests without Flux', ['kustomize', 'kubectl'], (parts) => {
  test.each(plainVariants)('builds what Flux would apply: $name', async (variant) => {
    using repository = repositoryOfHome();
    const { plain } = fluxWould(await repository.configure(variant));
    const directory = await writtenLocally(repository);
    for (const part of [parts.kustomize, parts.kubectl]) {
      const built = await kustomizeBuild(part, directory);
      expect(built.length).toBe(plain.length);
      expect(byName(built)).toEqual(byName(plain));
    }
  });

  test('does not build when it is older than a manifest, and never says a value then', async () => {
    using repository = repositoryOfHome();
    await repository.configure({});
    const directory = await writtenLocally(repository);
    const manifest = 'apps/networking/cloudflared/configmap.yaml';
    repository.directory.write(
      manifest,
      `${repository.directory.read(manifest).trimEnd()}\n    # one line more\n`,
    );
    for (const part of [parts.kustomize, parts.kubectl]) {
      const refused: unknown = await kustomizeBuild(part, directory).catch((error: unknown) => error);
      expect(String(refused)).toMatch(/testing value .* failed/);
      expect(String(refused)).not.toContain('photos.example.org');
    }
  });
});

realSuite('kubectl apply -k', [...controlPlaneParts, 'kubectl'], (parts) => {
  test('brings what Flux would, and the lines of the quickstart the Secrets', {
    timeout: 300_000,
  }, async () => {
    using repository = repositoryOfHome();
    await using cluster = await controlPlane(parts);
    const variant = variants.find(({ name }) => name === 'secrets are delivered in Git');
    const { plain, secrets } = fluxWould(await repository.configure(variant ?? {}));
    expect(secrets.length).toBeGreaterThan(2);
    await writtenLocally(repository);
    const shell = await shellWith(parts.kubectl.path, cluster.kubeconfig, repository);
    try {
      const chapter = (await repository.files())['docs/quickstart.md']?.split('## Without Flux')[1] ?? '';
      const blocks = [...chapter.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text);
      expect(blocks).toHaveLength(2);
      for (const block of blocks) await shell(withoutDiff(block));
      for (const sent of [...plain, ...secrets]) {
        const live = await cluster.get(referenceTo(sent));
        const fields = Object.entries(sent).filter(([field]) => field !== 'metadata');
        for (const [field, value] of fields)
          expect({ sent: referenceTo(sent), field, holds: holds(live?.[field], value) }).toMatchObject({
            holds: true,
          });
      }
      await shell('kubectl apply --server-side -k local');
    } finally {
      await removeObjects(cluster, [...plain, ...secrets]);
    }
  });
});

/** `kubectl diff` ends with 1 when there is something to bring, as there is the first time. */
function withoutDiff(block: string): string {
  return block.replace(/^kubectl diff .*$/m, '');
}

/** A shell in the repository, with the real kubectl and our program, as a user of the quickstart has. */
async function shellWith(
  kubectl: string,
  kubeconfig: string,
  { directory }: WrittenRepository,
): Promise<(script: string) => Promise<void>> {
  const bin = await mkdtemp(join(inject('realScratch'), 'bin-'));
  mkdirSync(bin, { recursive: true });
  const program = (name: string, line: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${line} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program('kubectl', kubectl);
  program('gatehouse', `${process.execPath} ${await bundledProgram()}`);
  const env = {
    ...directory.environment.env,
    HOME: bin,
    KUBECONFIG: kubeconfig,
    PATH: [bin, process.env['PATH']].join(delimiter),
  };
  return async (script) => {
    await execute('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory.path, env });
  };
}
