import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { PlannedCheck } from '../../../src/compile/plan.ts';
import type { SecretSource } from '../../../src/components/contract/secrets.ts';
import { nameOf, type PrivateValues } from '../../../src/config/private.ts';
import type { Answer, Asking } from '../../../src/live/check.ts';
import { declaredCheck } from '../../../src/live/questions/ask.ts';
import { placeInStore } from '../../../src/live/questions/newestObject.ts';
import type { StoreAnswer } from '../../../src/live/store/listing.ts';
import { storeRun } from '../../../src/live/store/storeRun.ts';
import { fakeCluster } from '../../live/fakeCluster.ts';
import { decryptedSecret, runBucketJob } from '../fixtures/bucketJob.ts';
import { type ObjectStore, objectStore } from '../fixtures/objectStore.ts';
import { type Ran, runShell } from '../fixtures/shell.ts';
import { type Part, realSuite } from '../fixtures/suite.ts';
import { repositoryOf, type WrittenRepository } from '../fixtures/writtenRepository.ts';

const bucket = 'volsync-media';
const prefix = 'immich-postgres/snapshots/';

realSuite(
  'the age of the newest backup is asked of a real store (MinIO in place of RustFS and of one outside)',
  ['minio', 'mc', 'restic', 'sops'],
  (parts) => {
    let store: ObjectStore;
    let repository: WrittenRepository;
    let scratch: string;
    let programs: string;
    let checks: readonly PlannedCheck[];
    let values: PrivateValues;
    let administrator: { accessKey: string; secretKey: string };

    beforeAll(async () => {
      scratch = await mkdtemp(join(inject('realScratch'), 'newest-'));
      programs = join(scratch, 'programs');
      await mkdir(programs);
      for (const part of Object.values<Part>(parts)) await symlink(part.path, join(programs, part.name));
      repository = repositoryOf('platform');
      const { plan, configuration } = await repository.configure({});
      const { directory } = repository;
      checks = plan.checks;
      values = new Map([...configuration.loaded.private, ...configuration.loaded.secret]);
      const root = await decryptedSecret(directory, parts.sops, 'apps/storage/rustfs/app/secret.sops.yaml');
      const { RUSTFS_ACCESS_KEY: accessKey = '', RUSTFS_SECRET_KEY: secretKey = '' } = root;
      administrator = { accessKey, secretKey };
      store = await objectStore(parts.minio, administrator);
    });
    afterAll(async () => {
      await store?.[Symbol.asyncDispose]();
      repository?.[Symbol.dispose]();
    });

    const shell = (text: string, environment: Record<string, string> = {}): Promise<Ran> =>
      runShell(text, {
        directory: scratch,
        environment: {
          PATH: `${programs}:${process.env['PATH'] ?? ''}`,
          HOME: scratch,
          MC_CONFIG_DIR: join(scratch, 'mc'),
          MC_HOST_store: `http://${administrator.accessKey}:${administrator.secretKey}@${store.host}`,
          ...environment,
        },
      });

    /** A GET request with the header `Host` as it was signed. */
    const get = (path: string, headers: Readonly<Record<string, string>>): Promise<StoreAnswer> =>
      new Promise((resolve, reject) => {
        const sent = request(
          { host: '127.0.0.1', port: store.port, path, headers: { ...headers } },
          (response) => {
            let body = '';
            response.setEncoding('utf8').on('data', (part: string) => {
              body += part;
            });
            response.on('end', () =>
              resolve({
                status: response.statusCode ?? 0,
                body,
                date: new Date(response.headers.date ?? ''),
              }),
            );
          },
        );
        sent.on('error', reject);
        sent.end();
      });

    /** The API server, which passes requests on as it does: with its own host. */
    const host = 'home.example:6443';
    const cluster = {
      ...fakeCluster([]).cluster,
      server: `https://${host}`,
      service: async (_: object, path: string) => {
        const answer = await get(path, { host });
        if ('failure' in answer) throw new Error(answer.failure);
        return answer;
      },
    };

    const ask = (id: string, more: Partial<Asking> = {}, known = values): Promise<Answer> => {
      const sendToStore: Asking['sendToStore'] = (url, headers) =>
        get(`${url.pathname}${url.search}`, headers);
      return declaredCheck(checkOf(id).check, known).ask({
        cluster,
        sendToStore,
        now: () => new Date(),
        ...more,
      });
    };
    const checkOf = (id: string) => {
      const check = checks.find((each) => each.id === id);
      if (check?.question.kind !== 'newest-object') throw new Error(`there is no check ${id}`);
      return { check, question: check.question };
    };
    const inside = 'volsync-newest-media-immich-postgres-rustfs';
    const outside = 'volsync-newest-media-immich-postgres-s3';

    test('a bucket that is not there is named', async () => {
      const { accessKey, secretKey } = administrator;
      // Only who may see all buckets learns that one is not there.
      const { check, question } = checkOf(inside);
      const byHand = (text: string) => ({ from: 'text', text, source: 'the administrator' }) as const;
      const keys = { accessKey: byHand(accessKey), secretKey: byHand(secretKey) };
      const asked = { ...check, question: { ...question, store: { ...question.store, ...keys } } };
      const answer = await declaredCheck(asked, values).ask({ cluster, now: () => new Date() });
      expect(answer).toEqual({ verdict: 'broken', evidence: [`rustfs has no bucket ${bucket}`] });
    });

    test('a key that the store does not know is no proof of anything', async () => {
      const answer = await ask(inside);
      expect(answer.verdict).toBe('not checked');
      expect(answer.evidence.join()).toContain('InvalidAccessKeyId');
    });

    test('the reader that the Job makes lists every bucket, and can do nothing else', async () => {
      const ran = await runBucketJob({
        directory: repository.directory,
        sops: parts.sops,
        store,
        scratch,
        shell,
      });
      expect(`${ran.code} ${ran.output.trimEnd().split('\n').at(-1)}`).toBe('0 every bucket has its key');
      expect((await shell(`echo secret | mc pipe store/${bucket}/probe`)).code).toBe(0);
      const secret = secretOf(checkOf(inside).question.store.secretKey);
      const reader = { MC_HOST_store: `http://gatehouse_reader:${secret}@${store.host}` };
      for (const each of [bucket, 'volsync-home-automation'])
        expect((await shell(`mc ls store/${each}`, reader)).code).toBe(0);
      for (const command of [
        `mc cat store/${bucket}/probe`,
        `echo x | mc pipe store/${bucket}/other`,
        `mc rm store/${bucket}/probe`,
        'mc mb store/another',
        `mc rb --force store/${bucket}`,
        'mc admin user list store',
      ]) {
        const refused = await shell(command, reader);
        expect({ command, refused: refused.code !== 0 }).toEqual({ command, refused: true });
      }
      expect((await shell(`mc rm store/${bucket}/probe`)).code).toBe(0);
    });

    test('no backup is broken, and one by restic is kept, with its age', async () => {
      expect(await ask(inside)).toEqual({
        verdict: 'broken',
        evidence: [`There is no object below ${prefix} in the bucket ${bucket} of rustfs`],
      });
      const file = 'apps/storage/volsync-media/app/secret-immich-postgres-rustfs-restic.sops.yaml';
      const environment = await decryptedSecret(repository.directory, parts.sops, file);
      const { RESTIC_REPOSITORY = '' } = environment;
      const here = {
        ...environment,
        RESTIC_REPOSITORY: RESTIC_REPOSITORY.replace('rustfs-svc.storage.svc.cluster.local:9000', store.host),
        RESTIC_CACHE_DIR: join(scratch, 'cache'),
      };
      expect((await shell('restic init', here)).code).toBe(0);
      // A repository without a backup is none.
      expect((await ask(inside)).verdict).toBe('broken');
      await writeFile(join(scratch, 'data'), 'of today');
      expect((await shell('restic backup --quiet data', here)).code).toBe(0);
      const answer = await ask(inside);
      expect(answer.verdict).toBe('kept');
      expect(answer.evidence).toEqual([
        expect.stringMatching(
          /^The newest of 1 objects below immich-postgres\/snapshots\/ in the bucket volsync-media of rustfs is 0 min old \(20\S+Z\): immich-postgres\/snapshots\/[0-9a-f]{64}$/,
        ),
      ]);
    });

    test('a store outside is asked with a signature in a header, and many objects by pages', async () => {
      const { accessKey, secretKey } = checkOf(outside).question.store;
      const user = secretOf(accessKey);
      const made = await shell(`mc admin user add store ${user} ${secretOf(secretKey)} &&
mc admin policy attach store gatehouse_reader --user ${user}`);
      expect(made.code).toBe(0);
      const many = join(scratch, 'many');
      await mkdir(many);
      for (let index = 0; index < 2_100; index++)
        await writeFile(join(many, `object ${index}+é`), `${index}`);
      expect((await shell(`mc mirror --quiet many store/${bucket}/${prefix}`)).code).toBe(0);
      const answer = await ask(outside);
      expect(answer.verdict).toBe('kept');
      expect(answer.evidence.join()).toMatch(/^The newest of 2101 objects .* of s3 is [01] min old/);
      const wrong = new Map(values);
      wrong.set(nameOfSecret(secretKey), 'another secret');
      const refused = await ask(outside, {}, wrong);
      expect([refused.verdict, refused.evidence.join()]).toEqual([
        'not checked',
        expect.stringContaining('SignatureDoesNotMatch'),
      ]);
    }, 60_000);

    test('one page serves every volume that lies within it, and the next one begins behind the data', async () => {
      const volumes = ['a-small', 'b-large', 'c-small', 'immich-postgres', 'z-none'];
      const data = join(scratch, 'volumes');
      for (const [volume, files] of [
        ['a-small', 3],
        ['b-large', 1_100],
        ['c-small', 3],
      ] as const) {
        for (const part of ['data', 'snapshots']) await mkdir(join(data, volume, part), { recursive: true });
        for (let index = 0; index < files; index++)
          await writeFile(join(data, volume, 'data', `${index}`), 'x');
        await writeFile(join(data, volume, 'snapshots', 'one'), 'x');
      }
      expect((await shell(`mc mirror --quiet volumes store/${bucket}`)).code).toBe(0);
      const { check, question } = checkOf(outside);
      const places = volumes.map((volume) => ({ ...question, prefix: `${volume}/snapshots/` }));
      const asked: URLSearchParams[] = [];
      const sendToStore: Asking['sendToStore'] = (url, headers) => {
        asked.push(url.searchParams);
        return get(`${url.pathname}${url.search}`, headers);
      };
      const stores = storeRun(places.map(placeInStore));
      const asking = { cluster, sendToStore, stores, now: () => new Date() };
      const answers = await Promise.all(
        places.map((each) => declaredCheck({ ...check, question: each }, values).ask(asking)),
      );
      expect(answers.map(({ verdict }) => verdict)).toEqual(['kept', 'kept', 'kept', 'kept', 'broken']);
      expect(answers[3]?.evidence.join()).toMatch(/^The newest of 2101 objects/);
      const queries = asked.map((query) => [query.get('start-after'), query.get('prefix')].join(' '));
      // More than a page of snapshots, and no snapshot at all: these two are asked for by themselves.
      expect(queries.toSorted()).toEqual(
        [
          ...['a-small', 'b-large', 'immich-postgres', 'z-none'].map((each) => `${each}/snapshots/ `),
          ...[...Array(3).fill(' immich-postgres/snapshots/'), ' z-none/snapshots/'],
        ].toSorted(),
      );
    }, 60_000);

    test('a clock that is off by a day is named', async () => {
      const now = () => new Date(Date.now() - 86_400_000);
      const answer = await ask(outside, { now });
      expect(answer.verdict).toBe('not checked');
      expect(answer.evidence.join()).toMatch(/RequestTimeTooSkewed: this computer says .*, and the store /);
      expect(answer.remedy).toBe('Set the clock of this computer');
    });

    function nameOfSecret(source: SecretSource): string {
      if (!('value' in source) || source.value === undefined) throw new Error('there is no such secret');
      return nameOf(source.value);
    }

    function secretOf(source: SecretSource): string {
      const value = values.get(nameOfSecret(source));
      if (value === undefined) throw new Error(`${nameOfSecret(source)} is not known`);
      return value;
    }
  },
);
