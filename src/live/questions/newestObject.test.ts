import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../../tests/live/fakeCluster.ts';
import type { BucketReader } from '../../components/contract/bindings.ts';
import { privateNamed } from '../../config/private.ts';
import type { Asking } from '../check.ts';
import { LiveError } from '../cluster.ts';
import type { StoreAnswer } from '../store/listing.ts';
import { askNewestObject } from './newestObject.ts';

const now = () => new Date('2026-11-30T12:00:00Z');
const values = new Map([
  ['ENDPOINT', 'https://account.store.example'],
  ['ACCESS', 'reader'],
  ['SECRET', 'very secret'],
]);
const accessKey = { from: 'field', field: 's3.reader.accessKey', source: 'the store' } as const;
const secretKey = { from: 'field', field: 's3.reader.secretKey', source: 'the store' } as const;
const outside: BucketReader = {
  name: 's3',
  endpoint: privateNamed('ENDPOINT'),
  region: 'auto',
  accessKey: { ...accessKey, value: privateNamed('ACCESS') },
  secretKey: { ...secretKey, value: privateNamed('SECRET') },
};
const inside: BucketReader = {
  name: 'rustfs',
  region: 'us-east-1',
  service: { namespace: 'storage', name: 'rustfs-svc', port: 9000 },
  accessKey: { from: 'text', text: 'gatehouse_reader', source: 'said' },
  secretKey: { ...secretKey, value: privateNamed('SECRET') },
};
const question = (store: BucketReader) =>
  ({ kind: 'newest-object', store, bucket: 'backups', prefix: 'db/snapshots/', within: 30 * 3600 }) as const;
const holding = (modified: string, date = now()): StoreAnswer => ({
  status: 200,
  date,
  body: `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>db/snapshots/a</Key><LastModified>${modified}</LastModified><Size>1</Size></Contents></ListBucketResult>`,
});
const empty: StoreAnswer = {
  status: 200,
  date: now(),
  body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
};
const refusing = (code: string, status = 403): StoreAnswer => ({
  status,
  date: now(),
  body: `<Error><Code>${code}</Code></Error>`,
});
const ask = (answer: StoreAnswer, more: Partial<Asking> = {}, known = values) =>
  askNewestObject(question(outside), known, {
    cluster: undefined,
    sendToStore: async () => answer,
    now,
    ...more,
  });

describe('a store outside of the cluster', () => {
  it('is asked itself, with a signature, for what is below the prefix', async () => {
    const asked: { url: URL; headers: Readonly<Record<string, string>> }[] = [];
    await ask(empty, {
      sendToStore: async (url, headers) => {
        asked.push({ url, headers });
        return empty;
      },
    });
    expect(asked.map(({ url }) => `${url.origin}${url.pathname}`)).toEqual([
      'https://account.store.example/backups',
    ]);
    expect(asked[0]?.url.searchParams.get('prefix')).toBe('db/snapshots/');
    expect(asked[0]?.headers['host']).toBe('account.store.example');
    expect(asked[0]?.headers['authorization']).toContain('Credential=reader/20261130/auto/s3/');
  });

  it('keeps the promise with a young object', async () => {
    expect(await ask(holding('2026-11-30T03:17:00Z'))).toEqual({
      verdict: 'kept',
      evidence: [
        'The newest of 1 objects below db/snapshots/ in the bucket backups of s3 is 9 h old (2026-11-30T03:17:00Z): db/snapshots/a',
      ],
    });
  });

  it('breaks it with an old one, and with none', async () => {
    const old = await ask(holding('2026-11-29T05:59:00Z'));
    expect(old.verdict).toBe('broken');
    expect(old.evidence).toContain('It may be 30 hours old');
    expect((await ask(holding('2026-11-29T06:01:00Z'))).verdict).toBe('kept');
    expect(await ask(empty)).toEqual({
      verdict: 'broken',
      evidence: ['There is no object below db/snapshots/ in the bucket backups of s3'],
    });
  });

  it('measures with the clock of the store, and believes no object of the future', async () => {
    const store = new Date('2026-12-02T12:00:00Z');
    expect((await ask(holding('2026-11-30T03:17:00Z', store))).verdict).toBe('broken');
    expect((await ask(holding('2026-12-02T12:04:00Z', store))).verdict).toBe('kept');
    expect((await ask(holding('2026-12-02T12:06:00Z', store))).verdict).toBe('not checked');
  });

  it('breaks it where the bucket is not there', async () => {
    expect(await ask(refusing('NoSuchBucket', 404))).toEqual({
      verdict: 'broken',
      evidence: ['s3 has no bucket backups'],
    });
  });

  it.each([
    ['RequestTimeTooSkewed', /this computer says 2026-11-30T12:00:00.000Z, and the store/, /clock/],
    ['InvalidAccessKeyId', /does not know the key/, /gatehouse secrets set s3\.reader\.accessKey/],
    ['SignatureDoesNotMatch', /does not know the key/, /gatehouse secrets set s3\.reader\.secretKey/],
    ['AccessDenied', /may not list/, /s3:ListBucket/],
    ['AuthorizationHeaderMalformed', /another region than auto/, /region/],
  ])('says of %s what it means', async (code, evidence, remedy) => {
    const answer = await ask(refusing(code));
    expect(answer.verdict).toBe('not checked');
    expect(answer.evidence.join()).toMatch(evidence);
    expect(answer.remedy).toMatch(remedy);
    expect(JSON.stringify(answer)).not.toContain('very secret');
  });

  it('says why it did not answer', async () => {
    const answer = await ask({ failure: 'its certificate cannot be trusted (CERT_HAS_EXPIRED)' });
    expect(answer.verdict).toBe('not checked');
    expect(answer.evidence).toEqual([
      'The bucket backups of s3: its certificate cannot be trusted (CERT_HAS_EXPIRED)',
    ]);
  });

  it('is not asked without a key for reading, and says which', async () => {
    const sendToStore = () => Promise.reject(new Error('asked'));
    const asking = { cluster: undefined, sendToStore, now };
    const without = { ...outside, accessKey: { ...accessKey, value: undefined } };
    expect(await askNewestObject(question(without), values, asking)).toEqual({
      verdict: 'not checked',
      evidence: [
        'The bucket backups of s3: there is no key for reading s3 (s3.reader.accessKey, s3.reader.secretKey)',
      ],
      remedy: 'gatehouse secrets set s3.reader.accessKey, and gatehouse secrets set s3.reader.secretKey',
    });
    const sealed = await askNewestObject(question(outside), new Map(), asking);
    expect(sealed.evidence.join()).toContain('cannot be decrypted here');
  });
});

describe('a store in the cluster', () => {
  const listed = { status: 200, body: '', date: now() };
  const through = (answer: StoreAnswer, paths: string[] = []) =>
    fakeCluster([], {
      service: (name, path) => {
        paths.push(`${name} ${path}`);
        if ('failure' in answer) throw new Error(answer.failure);
        return { ...listed, ...answer };
      },
    }).cluster;

  it('is asked through the API server, with a signature for the host that the API server passes on', async () => {
    const paths: string[] = [];
    const cluster = through(holding('2026-11-30T03:17:00Z'), paths);
    const answer = await askNewestObject(question(inside), values, { cluster, now });
    expect(answer.verdict).toBe('kept');
    expect(paths).toEqual([expect.stringMatching(/^rustfs-svc \/backups\?.*&X-Amz-Signature=[0-9a-f]{64}$/)]);
    expect(paths[0]).toContain('X-Amz-Credential=gatehouse_reader%2F20261130');
  });

  it.each([
    ['forbidden', /services\/proxy in storage/],
    ['overloaded', /has pods that are ready/],
  ] as const)('is not checked where the API server says %s', async (failure, remedy) => {
    const refuse = () => {
      throw new LiveError(
        failure,
        'GET /api/v1/namespaces/storage/services/rustfs-svc:9000/proxy/backups failed',
      );
    };
    const { cluster } = fakeCluster([], { refuse });
    const answer = await askNewestObject(question(inside), values, { cluster, now });
    expect(answer.verdict).toBe('not checked');
    expect(answer.remedy).toMatch(remedy);
  });

  it('is not checked without a cluster', async () => {
    const answer = await askNewestObject(question(inside), values, { cluster: undefined, now });
    expect(answer.verdict).toBe('not checked');
  });
});
