import { copyFile, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import type { HelmRelease } from '../../src/kubernetes/types.ts';
import { restoreLists } from '../../src/operations/explain/restore.ts';
import type { ConfigData } from '../testDirectory.ts';
import { type ObjectStore, objectStore } from './fixtures/objectStore.ts';
import { type Ran, runShell } from './fixtures/shell.ts';
import { type Part, realSuite } from './fixtures/suite.ts';
import { repositoryOf, type WrittenRepository } from './fixtures/writtenRepository.ts';

const access = { accessKey: 'etcd-backups', secretKey: 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn' };

realSuite(
  'a copy of etcd is fetched and decrypted by the printed commands (MinIO in place of RustFS)',
  ['minio', 'mc', 'age', 'sops'],
  (parts) => {
    let store: ObjectStore;
    let repository: WrittenRepository;
    let programs: string;
    let scratch: string;

    beforeAll(async () => {
      scratch = await mkdtemp(join(inject('realScratch'), 'etcd-'));
      programs = join(scratch, 'programs');
      await mkdir(programs);
      for (const part of Object.values<Part>(parts)) await symlink(part.path, join(programs, part.name));
      repository = repositoryOf('platform');
      await repository.configure({
        cluster(value: ConfigData) {
          value.talosBackup.store = 'rustfs';
        },
        privateFile(value: ConfigData) {
          value.rustfs.keys['etcd-backups'] = access.secretKey;
        },
      });
      store = await objectStore(parts.minio, access);
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
      repository[Symbol.dispose]();
    });

    const shell = (
      text: string,
      environment: Record<string, string> = {},
      directory = scratch,
    ): Promise<Ran> =>
      runShell(text, {
        directory,
        environment: {
          PATH: `${programs}:${process.env['PATH'] ?? ''}`,
          HOME: scratch,
          MC_CONFIG_DIR: join(scratch, 'mc'),
          ...environment,
        },
      });

    /** The variables of the CronJob's program that are in clear text. */
    function environmentOfJob(): Record<string, string> {
      const release: HelmRelease = parse(
        repository.directory.read('apps/kube-system/talos-backup/app/helmrelease.yaml'),
      );
      const { env } = release.spec.values as { env: { name: string; value?: string }[] };
      return Object.fromEntries(env.map(({ name, value = '' }) => [name, value]));
    }

    test('restores the newest copy byte for byte', async () => {
      const { path } = repository.directory;
      const { BUCKET = '', S3_PREFIX = '', CLUSTER_NAME = '' } = environmentOfJob();
      const snapshot = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 251));
      const recipient = parse(repository.directory.read('cluster.yaml')).talosBackup.recipient;
      const admin = { MC_HOST_there: `http://${access.accessKey}:${access.secretKey}@${store.host}` };
      // What talos-backup does: `<cluster>-<time>.snap`, encrypted beside it, put below the prefix.
      for (const [time, content] of [
        ['2026-11-23T02:30:04Z', Buffer.from('an older one')],
        ['2026-11-24T02:30:02Z', snapshot],
      ] as const) {
        const name = `${CLUSTER_NAME}-${time}.snap`;
        await writeFile(join(scratch, name), content);
        const made = await shell(
          `set -e
age --recipient ${recipient} --output '${name}.age' '${name}'
mc mb --ignore-existing there/${BUCKET}
mc cp '${name}.age' there/${BUCKET}/${S3_PREFIX}/`,
          admin,
        );
        expect(`${made.code} ${made.errors}`).toBe('0 ');
      }

      const blocks = await printed();
      expect(blocks[0]).toBe('kubectl -n storage port-forward service/rustfs-svc 9000:9000');
      await copyFile(`${path}.agekey`, join(path, 'etcd-backups.agekey'));
      const list = `set -e\n${blocks.slice(1, 4).join('\n')}`.replace('127.0.0.1:9000', store.host);
      const ran = await shell(list, { SOPS_AGE_KEY_FILE: `${path}.agekey` }, path);
      expect(`${ran.code} ${ran.errors}`).toBe('0 ');
      expect(ran.output).toContain('2026-11-23T02:30:04Z');
      expect((await readFile(join(path, 'etcd.snapshot'))).equals(snapshot)).toBe(true);
    });

    /** The commands of the list, block by block. Those for Talos need nodes, so they do not run here. */
    async function printed(): Promise<string[]> {
      const { directory } = repository;
      const lists = await restoreLists(directory.path, directory.environment, 'etcd');
      if (!lists.ok) throw new Error(JSON.stringify(lists.problems));
      return [...lists.value.text.matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, block = '']) => block);
    }

    test('has only commands that a shell can parse', async () => {
      for (const block of await printed()) {
        const ran = await runShell(`bash -n <<'END_OF_BLOCK'\n${block}\nEND_OF_BLOCK`, {
          directory: scratch,
          environment: { PATH: process.env['PATH'] ?? '' },
        });
        expect(`${ran.code} ${ran.errors}`, block).toBe('0 ');
      }
    });
  },
);
