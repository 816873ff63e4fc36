// Crosses commands, components, compile and private-values.
import { beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadIdentities } from '../../src/secrets/age/keyFile.ts';
import { decryptDocument } from '../../src/secrets/sops/decrypt.ts';
import { home } from '../home.ts';
import { gatehouse, type Ran } from '../program.ts';
import type { TestDirectory } from '../testDirectory.ts';

/** The platform without generated secrets, and with an encrypted private values file. */
let directory: TestDirectory;
const run = (...args: string[]): Promise<Ran> => gatehouse(directory, ...args);
beforeEach(async () => {
  directory = home('platform');
  directory.edit('cluster.private.yaml', (value) => {
    delete value.rustfs;
    delete value.volsync;
  });
  const environment = {
    ...directory.environment,
    env: { ...directory.environment.env, EDITOR: 'true' },
  };
  expect(await gatehouse({ path: directory.path, environment }, 'secrets', 'edit')).toMatchObject({
    code: 0,
  });
});

async function secret(file: string): Promise<Record<string, string>> {
  const { identities } = await loadIdentities(directory.environment);
  const opened = await decryptDocument({ file, content: directory.read(file), identities });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const { data } = parse(opened.value.plaintext) as { data: Record<string, string> };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

const job = 'apps/storage/rustfs-buckets/app/secret.sops.yaml';
const restic = (namespace: string, name: string): string =>
  `apps/storage/volsync-${namespace}/app/secret-${name}-restic.sops.yaml`;

it('generates keys of buckets and passwords of backups once, with equal values at both ends', async () => {
  // A chart is not rendered, so something stays unknown: exit code 4.
  expect((await run('configure')).code).toBe(4);
  const keys = await secret(job);
  expect(Object.keys(keys).sort()).toEqual(['gatehouse_reader', 'volsync-home-automation', 'volsync-media']);
  expect(new Set(Object.values(keys)).size).toBe(3);
  const inside = await secret(restic('media', 'immich-postgres-rustfs'));
  const outside = await secret(restic('media', 'immich-postgres-s3'));
  expect(inside).toEqual({
    RESTIC_REPOSITORY: 's3:http://rustfs-svc.storage.svc.cluster.local:9000/volsync-media/immich-postgres',
    RESTIC_PASSWORD: expect.stringMatching(/^[A-Za-z0-9]{43}$/),
    AWS_ACCESS_KEY_ID: 'volsync-media',
    AWS_SECRET_ACCESS_KEY: keys['volsync-media'],
    AWS_DEFAULT_REGION: 'us-east-1',
  });
  expect(outside['RESTIC_REPOSITORY']).toBe(
    's3:https://0123456789abcdef0123456789abcdef.r2.example.org/volsync-media/immich-postgres',
  );
  expect(outside['RESTIC_PASSWORD']).toBe(inside['RESTIC_PASSWORD']);
  expect((await secret(restic('home-automation', 'home-assistant-rustfs')))['RESTIC_PASSWORD']).not.toBe(
    inside['RESTIC_PASSWORD'],
  );
  const again = await run('configure', '--check', '--json');
  expect((JSON.parse(again.stdout) as { changes: unknown[] }).changes).toEqual([]);
});

it('generates a key again on demand, but never the password of the backups', async () => {
  await run('configure');
  const file = restic('media', 'immich-postgres-rustfs');
  const before = await secret(file);
  const rotated = await run('secrets', 'rotate', '--generated', 'immich-postgres-rustfs-restic');
  expect(rotated.code).toBe(0);
  await run('configure');
  const after = await secret(file);
  expect(after['AWS_SECRET_ACCESS_KEY']).not.toBe(before['AWS_SECRET_ACCESS_KEY']);
  expect(after['RESTIC_PASSWORD']).toBe(before['RESTIC_PASSWORD']);
  expect((await secret(job))['volsync-media']).toBe(after['AWS_SECRET_ACCESS_KEY']);
  const refused = await run('secrets', 'rotate', '--generated', 'immich-postgres-s3-restic');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('is not a Secret that Gatehouse makes');
});

it('explains a restore in the words of the document', async () => {
  await run('configure');
  const ran = await run('explain', 'restore', 'immich');
  expect(ran.code).toBe(0);
  expect(directory.read('docs/restore.md').replace(/^[\s\S]*?(?=^## )/m, '')).toContain(ran.stdout.trim());
  expect(ran.stdout).not.toContain('192.0.2.20');
  const one = await run('explain', 'restore', 'home-assistant', '--json');
  expect(JSON.parse(one.stdout)).toMatchObject({ ok: true, kind: 'restore', name: 'home-assistant' });
  const none = await run('explain', 'restore', 'imich');
  expect(none.code).toBe(2);
  expect(none.stderr).toMatch(/there is no backup with the name imich; the nearest name is immich/);
});
