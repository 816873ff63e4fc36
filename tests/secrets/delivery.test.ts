import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadIdentities } from '../../src/secrets/age/keyFile.ts';
import { decryptDocument } from '../../src/secrets/sops/decrypt.ts';
import type { Folder } from '../folder.ts';
import { home } from '../home.ts';
import { gatehouse, type Ran } from '../program.ts';

const overlay = 'cluster.private.sops.yaml';
const databaseFile = 'apps/media/immich/secret.sops.yaml';
const credentials = '{"AccountTag":"0123456789abcdef","TunnelSecret":"c2VjcmV0","TunnelID":"6ff42ae2"}';

let folder: Folder;
const run = (...args: string[]): Promise<Ran> => gatehouse(folder, ...args);
const decrypted = async (file: string): Promise<{ data: Record<string, string> }> => {
  const { identities } = await loadIdentities(folder.environment);
  const opened = await decryptDocument({ file, content: folder.read(file), identities });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  return parse(opened.value.plaintext) as { data: Record<string, string> };
};
const password = async (): Promise<string> =>
  Buffer.from((await decrypted(databaseFile)).data['password'] ?? '', 'base64').toString();

/** Encrypts the overlay, as "secrets edit" does when nothing is changed. */
async function encryptOverlay(): Promise<void> {
  const env = { ...folder.environment.env, EDITOR: 'true' };
  const ended = await gatehouse(
    { path: folder.path, environment: { ...folder.environment, env } },
    'secrets',
    'edit',
  );
  expect(ended).toMatchObject({ code: 0, stderr: '' });
}

beforeEach(() => {
  folder = home();
  folder.edit('cluster.yaml', (value) => {
    value.immich.database = { delivery: 'sops' };
  });
});

describe('a password that nobody has to know', () => {
  it('is made once, kept in the encrypted overlay, and delivered as an encrypted Secret', async () => {
    await encryptOverlay();
    expect(await run('configure')).toMatchObject({ code: 0, stderr: '' });
    const made = await password();
    expect(made).toMatch(/^[A-Za-z0-9]{32}$/);
    expect((await run('secrets', 'get', 'immich.database.password')).stdout).toBe(`${made}\n`);
    const files = [overlay, databaseFile, 'docs/quickstart.md'].map((file) => folder.read(file));
    for (const text of files) expect(text).not.toContain(made);
    expect(parse(folder.read('apps/media/immich/kustomization.yaml')).resources).toContain(
      'secret.sops.yaml',
    );
    expect(parse(folder.read(databaseFile))).toHaveProperty('data');
    expect((await run('configure', '--check')).code).toBe(0);
    expect(await password()).toBe(made);
  });

  it('is not made by a check', async () => {
    await encryptOverlay();
    const before = folder.read(overlay);
    expect((await run('configure', '--check')).code).toBe(1);
    expect(folder.read(overlay)).toBe(before);
    expect(existsSync(join(folder.path, databaseFile))).toBe(false);
  });

  it('is asked for where only a plain overlay could keep it', async () => {
    const ended = await run('configure');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/immich\.database\.password is not set[\s\S]*secrets edit/);
  });

  it('is made anew on demand, and one is told what must happen then', async () => {
    await encryptOverlay();
    await run('configure');
    const before = await password();
    const ended = await run('secrets', 'rotate', '--generated', 'immich-database');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('rollout restart deployment/immich-postgres deployment/immich-server');
    expect(ended.stdout).toContain('PostgreSQL keeps the password');
    expect(await run('configure')).toMatchObject({ code: 0 });
    const after = await password();
    expect(after).not.toBe(before);
    expect(ended.stdout).not.toContain(after);
    expect((await run('secrets', 'rotate', '--generated', 'nonsense')).stderr).toContain('immich-database');
  });

  it('needs somebody to encrypt for', async () => {
    folder.edit('cluster.yaml', (value) => {
      value.secrets.recipients = [];
    });
    expect((await run('configure')).stderr).toContain('needs-another');
  });
});

describe('what only a person has', () => {
  beforeEach(() => {
    folder.edit('cluster.yaml', (value) => {
      value.immich.database = {};
      value.cloudflared = { delivery: 'sops' };
    });
  });

  it('is asked for by name, with where to get it', async () => {
    const ended = await run('configure');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /cloudflared\.credentials is not set[\s\S]*cloudflared tunnel create[\s\S]*secrets set/,
    );
  });

  it('is read from a pipe and delivered', async () => {
    expect(
      await gatehouse({ ...folder, input: credentials }, 'secrets', 'set', 'cloudflared.credentials'),
    ).toMatchObject({ code: 0 });
    expect(await run('configure')).toMatchObject({ code: 0, stderr: '' });
    const { data } = await decrypted('apps/networking/cloudflared/secret.sops.yaml');
    expect(Buffer.from(data['credentials.json'] ?? '', 'base64').toString()).toBe(credentials);
  });

  it('is refused when it is something else', async () => {
    const ended = await gatehouse(
      { ...folder, input: '{"token":"abc"}' },
      'secrets',
      'set',
      'cloudflared.credentials',
    );
    expect(ended.code).toBe(2);
    expect(ended.stderr).not.toContain('abc');
  });
});
