import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { ReplicationSource } from '../../src/kubernetes/types.ts';
import type { Prepared } from '../../src/operations/configure/configure.ts';
import { restoreLists } from '../../src/operations/explain/restore.ts';
import { decryptedSecret, documentOf, runBucketJob } from './fixtures/bucketJob.ts';
import { stoppedPodsGoAway } from './fixtures/controllers.ts';
import { type ControlPlane, controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { type ObjectStore, objectStore } from './fixtures/objectStore.ts';
import { type Ran, runShell } from './fixtures/shell.ts';
import { type Part, realSuite } from './fixtures/suite.ts';
import { volsyncRestores } from './fixtures/volsync.ts';
import { fill, manifest } from './fixtures/volumeData.ts';
import { finishedObjects, repositoryOf, type WrittenRepository } from './fixtures/writtenRepository.ts';
import { podsOf } from './podTemplates.ts';
import { removeObjects } from './serverCheck.ts';

const appOf = (namespace: string): string => `apps/storage/volsync-${namespace}/app`;

realSuite(
  'what is written backs up, loses and restores a volume (MinIO in place of RustFS)',
  [...controlPlaneParts, 'kubectl', 'minio', 'mc', 'restic', 'sops'],
  (parts) => {
    let store: ObjectStore;
    let repository: WrittenRepository;
    let programs: string;
    let scratch: string;
    let prepared: Prepared;

    beforeAll(async () => {
      scratch = await mkdtemp(join(inject('realScratch'), 'restore-'));
      programs = join(scratch, 'programs');
      await mkdir(programs);
      for (const part of Object.values<Part>(parts)) await symlink(part.path, join(programs, part.name));
      repository = repositoryOf('platform');
      prepared = await repository.configure({});
      const { RUSTFS_ACCESS_KEY: accessKey = '', RUSTFS_SECRET_KEY: secretKey = '' } = await decrypted(
        'apps/storage/rustfs/app/secret.sops.yaml',
      );
      store = await objectStore(parts.minio, { accessKey, secretKey });
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
      repository[Symbol.dispose]();
    });

    const read = (file: string): string => repository.directory.read(file);

    const decrypted = (file: string): Promise<Record<string, string>> =>
      decryptedSecret(repository.directory, parts.sops, file);
    const runJob = (change: { keys?: Record<string, string> } = {}): Promise<Ran> =>
      runBucketJob({ directory: repository.directory, sops: parts.sops, store, scratch, shell }, change);

    const shell = (text: string, environment: Record<string, string>, directory = scratch): Promise<Ran> =>
      runShell(text, {
        directory,
        environment: { PATH: `${programs}:${process.env['PATH'] ?? ''}`, HOME: scratch, ...environment },
      });

    /** What the mover's container gets, with the store where it is here. */
    async function moverEnvironment(namespace: string, name: string): Promise<Record<string, string>> {
      const environment = await decrypted(`${appOf(namespace)}/secret-${name}-restic.sops.yaml`);
      const { RESTIC_REPOSITORY = '' } = environment;
      const here = RESTIC_REPOSITORY.replace('rustfs-svc.storage.svc.cluster.local:9000', store.host);
      expect(here).not.toBe(RESTIC_REPOSITORY);
      return { ...environment, RESTIC_REPOSITORY: here, RESTIC_CACHE_DIR: join(scratch, 'cache') };
    }

    test('the Job makes every bucket with its key, as often as it runs', async () => {
      for (const _ of ['first', 'again']) {
        const ran = await runJob();
        expect(ran.errors).not.toMatch(/giving up/);
        expect(`${ran.code} ${ran.output.trimEnd().split('\n').at(-1)}`).toBe('0 every bucket has its key');
      }
    });

    test('a new key takes the place of the old one', async () => {
      const environment = await moverEnvironment('home-automation', 'home-assistant-rustfs');
      const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret = '' } = environment;
      const list = (key: string): Promise<Ran> =>
        shell('mc ls store/volsync-home-automation', {
          MC_HOST_store: `http://${id}:${key}@${store.host}`,
          MC_CONFIG_DIR: join(scratch, 'mc-list'),
        });
      expect((await list(secret)).code).toBe(0);
      const other = 'N3wK3yN3wK3yN3wK3yN3wK3yN3wK3yN3wK3yN3wK';
      expect((await runJob({ keys: { 'volsync-home-automation': other } })).code).toBe(0);
      expect((await list(other)).code).toBe(0);
      expect((await list(secret)).code).not.toBe(0);
      expect((await runJob()).code).toBe(0);
      expect((await list(secret)).code).toBe(0);
    });

    test('the key of one consumer opens its own bucket, and nothing of another', async () => {
      const mine = await moverEnvironment('media', 'immich-postgres-rustfs');
      const theirs = await moverEnvironment('home-automation', 'home-assistant-rustfs');
      const access = {
        MC_HOST_store: `http://${mine['AWS_ACCESS_KEY_ID']}:${mine['AWS_SECRET_ACCESS_KEY']}@${store.host}`,
        MC_CONFIG_DIR: join(scratch, 'mc-other'),
      };
      const everything = { Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] };
      await writeFile(
        join(scratch, 'everything.json'),
        JSON.stringify({ Version: '2012-10-17', Statement: [everything] }),
      );
      const own = await shell(
        'echo secret | mc pipe store/volsync-media/probe && mc cat store/volsync-media/probe && mc rm store/volsync-media/probe',
        access,
      );
      expect(own.output).toContain('secret');
      expect(own.code).toBe(0);
      for (const command of [
        'mc ls store/volsync-home-automation',
        'mc cat store/volsync-home-automation/config',
        'echo x | mc pipe store/volsync-home-automation/probe',
        'mc rm --recursive --force store/volsync-home-automation',
        'mc mb store/another',
        'mc rb --force store/volsync-media',
        'mc admin user list store',
        'mc admin policy create store volsync-media everything.json',
      ]) {
        const ran = await shell(command, access);
        expect({ command, refused: ran.code !== 0 }).toEqual({ command, refused: true });
        expect(`${ran.output}${ran.errors}`).toMatch(/denied|insufficient permissions/i);
      }
      // With the other repository's own password the key is still the wrong one.
      const crossed = await shell('restic --retry-lock 0s snapshots', {
        ...theirs,
        AWS_ACCESS_KEY_ID: mine['AWS_ACCESS_KEY_ID'] ?? '',
        AWS_SECRET_ACCESS_KEY: mine['AWS_SECRET_ACCESS_KEY'] ?? '',
      });
      expect(crossed.code).not.toBe(0);
      expect(crossed.errors).toMatch(/denied/i);
    });

    test('back up, keep, prune, lose, and restore exactly as it is printed', async () => {
      const data = join(scratch, 'data');
      await fill(data);
      const environment = await moverEnvironment('media', 'immich-postgres-rustfs');
      const source = documentOf<ReplicationSource>(
        read(`${appOf('media')}/volume-immich-postgres.yaml`),
        'ReplicationSource',
      );
      const { forget, kept } = forgetOptions(source);

      // The commands of VolSync's mover (mover-restic/entry.sh), run in the volume. It cannot be told the time.
      expect((await shell('restic init', environment, data)).code).toBe(0);
      for (let day = 1; day <= 30; day++) {
        await writeFile(join(data, 'base', 'changing'), `of day ${day}\n`.repeat(5_000));
        const time = `2026-10-${String(day).padStart(2, '0')} 03:00:00`;
        const backup = `restic backup --quiet --host volsync --exclude='lost+found' --time '${time}' .`;
        expect(await shell(backup, environment, data)).toMatchObject({ code: 0, errors: '' });
      }
      const before = await manifest(data);
      const forgotten = await shell(`restic forget --host volsync ${forget}`, environment, data);
      expect(forgotten.code).toBe(0);
      const pruned = await shell('restic prune && restic check --read-data', environment, data);
      expect(pruned.output).toMatch(/no errors were found/);
      const snapshots = JSON.parse((await shell('restic snapshots --json', environment)).output);
      // Days 24 to 30, then the last of the three weeks before: 30 October 2026 is a Friday, so its week counts too.
      expect(snapshots.length).toBeLessThan(30);
      expect(snapshots.length).toBeGreaterThanOrEqual(kept);

      await rm(data, { recursive: true });
      const list = await pastedAfterPortForward(
        /^## The volume `media\/immich-postgres` on any computer, from rustfs$/m,
      );
      const { path } = repository.directory;
      const ran = await shell(
        list,
        { SOPS_AGE_KEY_FILE: `${path}.agekey`, RESTIC_CACHE_DIR: join(scratch, 'cache-2') },
        path,
      );
      expect(`${ran.code} ${ran.errors}`).toBe('0 ');
      const restored = join(path, 'restored-immich-postgres');
      expect(await manifest(restored)).toEqual(before);
      await rm(restored, { recursive: true });
    }, 240_000);

    test('restore in its place exactly as it is printed (a stand-in moves the data for VolSync)', async () => {
      const cluster = await controlPlane(parts);
      const environment = await moverEnvironment('media', 'immich-postgres-rustfs');
      const volume = join(scratch, 'in-place', 'data');
      await fill(volume);
      await shell('restic cat config > /dev/null 2>&1 || restic init', environment);
      const backUp = (time: string): Promise<Ran> =>
        shell(`restic backup --quiet --host volsync --time '${time}' .`, environment, volume);
      expect(await backUp('2026-11-20 12:00:00')).toMatchObject({ code: 0, errors: '' });
      const older = await manifest(volume);
      await writeFile(join(volume, 'base', 'changing'), 'of the last day\n');
      expect(await backUp('2026-11-24 12:00:00')).toMatchObject({ code: 0, errors: '' });
      const newer = await manifest(volume);

      await using running = await immichPostgres(cluster);
      const seen: object[] = [];
      await using _ = volsyncRestores(cluster, {
        run: (name, command, secret) => {
          expect(name).toBe('immich-postgres');
          return shell(
            command,
            { ...secret, RESTIC_REPOSITORY: environment['RESTIC_REPOSITORY'] ?? '' },
            volume,
          );
        },
        atStart: async () => {
          seen.push(await running.state());
        },
      });
      const inPlace = /^## The volume `media\/immich-postgres` in its place, from rustfs$/m;
      const list = `set -e\n${(await blocksOf(inPlace)).join('\n')}`;
      const earlier = list.replace('  restic:\n', '  restic:\n    restoreAsOf: "2026-11-21T03:00:00Z"\n');
      expect(earlier).not.toBe(list);
      for (const [commands, expected] of [
        [list, newer],
        [earlier, older],
      ] as const) {
        await rm(join(volume, 'base', 'table'));
        await writeFile(join(volume, 'PG_VERSION'), 'damaged');
        await writeFile(join(volume, 'came after the backup'), 'x');
        const ran = await shell(commands, { KUBECONFIG: cluster.kubeconfig });
        expect(`${ran.code} ${ran.errors}`).toBe('0 ');
        expect(ran.output).toMatch(/^Successful$/m);
        expect(await manifest(volume)).toEqual(expected);
        expect(await running.state()).toEqual({ suspended: [], paused: [], replicas: 1, mounted: [] });
        expect(await cluster.list('volsync.backube/v1alpha1', 'ReplicationDestination')).toEqual([]);
      }
      // While the data was half there, nothing wrote to it, nobody backed it up, and Flux started nothing.
      const quiet = {
        suspended: ['platform', 'volsync-media'],
        paused: ['immich-postgres-rustfs', 'immich-postgres-s3'],
        replicas: 0,
        mounted: [],
      };
      expect(seen).toEqual([quiet, quiet]);
    }, 120_000);

    /** What of the platform the list is about, on the control plane: with a pod that runs, and two that have ended. */
    async function immichPostgres(
      cluster: ControlPlane,
    ): Promise<AsyncDisposable & { state: () => Promise<object> }> {
      const wanted = (object: KubernetesObject): boolean =>
        object.kind === 'Namespace'
          ? object.metadata.name === 'media'
          : object.kind === 'Kustomization' || object.metadata.name.startsWith('immich-postgres');
      // `flux install` makes it.
      await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
      const objects = finishedObjects(prepared).filter(wanted);
      for (const object of objects) await cluster.apply(object);
      const deployment = objects.find(({ kind }) => kind === 'Deployment');
      const [pod] = deployment ? podsOf(deployment) : [];
      if (pod === undefined) throw new Error('no pod of the database');
      const pods = ['Running', 'Failed', 'Succeeded'].map((phase) => ({
        ...pod,
        metadata: { ...pod.metadata, name: `immich-postgres-${phase.toLowerCase()}` },
        status: { phase },
      }));
      for (const { status, ...made } of pods) {
        const { object } = await cluster.create(made);
        const path = `/api/v1/namespaces/media/pods/${made.metadata.name}/status`;
        await cluster.request('PUT', path, { ...object, status });
      }
      const goneAway = stoppedPodsGoAway(cluster, 'media');
      const named = (list: KubernetesObject[]): string[] => list.map(({ metadata }) => metadata.name).sort();
      return {
        state: async () => ({
          suspended: named(
            (await cluster.list('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'flux-system')).filter(
              ({ spec }) => (spec as { suspend?: boolean }).suspend,
            ),
          ),
          paused: named(
            (await cluster.list('volsync.backube/v1alpha1', 'ReplicationSource', 'media')).filter(
              ({ spec }) => (spec as { paused?: boolean }).paused,
            ),
          ),
          replicas: (
            (await cluster.get({
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: 'immich-postgres',
              namespace: 'media',
            })) as { spec?: { replicas?: number } } | undefined
          )?.spec?.replicas,
          mounted: named(
            (await cluster.list('v1', 'Pod', 'media')).filter(
              ({ status }) => (status as { phase?: string }).phase === 'Running',
            ),
          ),
        }),
        [Symbol.asyncDispose]: async () => {
          await goneAway[Symbol.asyncDispose]();
          await removeObjects(cluster, [...pods, ...objects]);
        },
      };
    }

    /** The commands of one list, block by block. */
    async function blocksOf(title: RegExp): Promise<string[]> {
      const { directory } = repository;
      const lists = await restoreLists(directory.path, directory.environment, 'immich-postgres');
      if (!lists.ok) throw new Error(JSON.stringify(lists.problems));
      expect(read('docs/restore.md')).toContain(lists.value.text.trim().split('\n\n## ')[0]);
      const chapter = lists.value.text.split(/^(?=## )/m).find((text) => title.test(text)) ?? '';
      return [...chapter.matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, block = '']) => block);
    }

    /** Them, pasted one after the other; without the first, which opens the way to the store that is open here already. */
    async function pastedAfterPortForward(title: RegExp): Promise<string> {
      const blocks = await blocksOf(title);
      expect(blocks.length).toBe(4);
      expect(blocks[0]).toBe('kubectl -n storage port-forward service/rustfs-svc 9000:9000');
      return `set -e\n${blocks.slice(1).join('\n')}`.replace('127.0.0.1:9000', store.host);
    }
  },
);

/** What VolSync makes of `retain` (generateForgetOptions of its restic mover), and the least that it keeps. */
function forgetOptions({ spec }: ReplicationSource): { forget: string; kept: number } {
  const { hourly, daily, weekly, monthly, yearly } = spec?.restic?.retain ?? {};
  const kept = Object.entries({ hourly, daily, weekly, monthly, yearly }).filter(
    ([, count]) => count !== undefined,
  );
  return {
    forget: kept.map(([period, count]) => `--keep-${period} ${count}`).join(' '),
    kept: Math.max(...kept.map(([, count]) => Number(count))),
  };
}
