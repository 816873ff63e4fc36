import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateIdentity } from './identity.ts';
import { defaultKeyFile, loadIdentities, writeIdentity } from './keyFile.ts';

const now = new Date('2026-11-24T10:11:12.345Z');
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gatehouse-keys-'));
});
afterEach(() => rm(home, { recursive: true }));

const write = async (file: string, identity = generateIdentity('x25519'), tree = join(home, 'repository')) =>
  writeIdentity({ file, identity: await identity, now, tree, platform: 'linux' });

test.each([
  ['linux', {}, '.config/sops/age/keys.txt'],
  ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/sops/age/keys.txt'],
  ['darwin', {}, 'Library/Application Support/sops/age/keys.txt'],
  ['darwin', { XDG_CONFIG_HOME: '/x' }, '/x/sops/age/keys.txt'],
  ['win32', { AppData: '/data' }, '/data/sops/age/keys.txt'],
] as const)('on %s with %o the key file is %s', (platform, env, expected) => {
  const file = defaultKeyFile({ env, home: '/home/a', platform });
  expect(file).toBe(expected.startsWith('/') ? expected : `/home/a/${expected}`);
});

test('creates a key file for its owner only, with the lines of age-keygen', async () => {
  const file = join(home, '.config/sops/age/keys.txt');
  const made = await generateIdentity('x25519');
  expect(await write(file, Promise.resolve(made))).toEqual({ ok: true, value: { created: true } });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
  expect(await readFile(file, 'utf8')).toBe(
    `# created: 2026-11-24T10:11:12Z\n# public key: ${made.recipient}\n${made.reveal()}\n`,
  );
});

test('keeps the content of an existing key file, also without a last line break', async () => {
  const file = join(home, 'keys.txt');
  const first = await generateIdentity('hybrid');
  await writeFile(file, `# mine\n${first.reveal()}`, { mode: 0o600 });
  const second = await generateIdentity('x25519');
  expect(await write(file, Promise.resolve(second))).toEqual({ ok: true, value: { created: false } });
  expect(await readFile(file, 'utf8')).toMatch(`# mine\n${first.reveal()}\n# created`);
  const { identities } = await loadIdentities({ env: { SOPS_AGE_KEY_FILE: file }, home, platform: 'linux' });
  expect(identities.map(({ recipient }) => recipient)).toEqual([first.recipient, second.recipient]);
});

test('reports a key file that others may read, when reading and when writing', async () => {
  const file = join(home, 'keys.txt');
  await write(file);
  await chmod(file, 0o640);
  const before = await readFile(file, 'utf8');
  expect(await write(file)).toMatchObject({ ok: false, problems: [{ code: 'age-key-file-open' }] });
  expect(await readFile(file, 'utf8')).toBe(before);
  const read = await loadIdentities({ env: { SOPS_AGE_KEY_FILE: file }, home, platform: 'linux' });
  expect(read.identities).toHaveLength(1);
  expect(read.problems).toMatchObject([{ code: 'age-key-file-open', file, remedy: `chmod 600 '${file}'` }]);
});

test('refuses a key file below the repository, also through a symbolic link', async () => {
  const tree = join(home, 'repository');
  await mkdir(join(tree, 'keys'), { recursive: true });
  await symlink(join(tree, 'keys'), join(home, 'elsewhere'));
  for (const file of [
    join(tree, 'keys.txt'),
    join(tree, 'new/directory/keys.txt'),
    join(home, 'elsewhere/keys.txt'),
  ]) {
    expect(await write(file)).toMatchObject({ ok: false, problems: [{ code: 'age-key-file-in-tree' }] });
    await expect(stat(file)).rejects.toThrow('ENOENT');
  }
  expect((await write(join(home, 'repository-keys.txt'))).ok).toBe(true);
});

test('reads keys from every place that SOPS searches, without duplicates', async () => {
  const made = await Promise.all([
    generateIdentity('x25519'),
    generateIdentity('x25519'),
    generateIdentity('x25519'),
  ]);
  const [inline, named, fallback] = made;
  const file = join(home, 'named.txt');
  await write(file, Promise.resolve(named));
  const standard = defaultKeyFile({ env: {}, home, platform: 'linux' });
  await write(standard, Promise.resolve(fallback));
  await write(standard, Promise.resolve(named));
  const env = { SOPS_AGE_KEY: `${inline.reveal()}\n${named.reveal()}`, SOPS_AGE_KEY_FILE: file };
  const read = await loadIdentities({ env, home, platform: 'linux' });
  expect(read.problems).toEqual([]);
  expect(read.identities.map(({ recipient }) => recipient).sort()).toEqual(
    made.map(({ recipient }) => recipient).sort(),
  );
  expect(read.searched).toEqual(['SOPS_AGE_KEY', file, standard]);
});

test('accepts that there is no key, but reports a named file that is missing', async () => {
  expect(await loadIdentities({ env: {}, home, platform: 'linux' })).toMatchObject({
    identities: [],
    problems: [],
  });
  const env = { SOPS_AGE_KEY_FILE: join(home, 'gone.txt') };
  expect(await loadIdentities({ env, home, platform: 'linux' })).toMatchObject({
    problems: [{ code: 'age-key-file-failed', file: env.SOPS_AGE_KEY_FILE }],
  });
});

test('names the key command of SOPS when there is no other key', async () => {
  const env = { SOPS_AGE_KEY_CMD: 'pass show key' };
  expect(await loadIdentities({ env, home, platform: 'linux' })).toMatchObject({
    problems: [{ code: 'age-identity-unsupported', message: expect.stringContaining('SOPS_AGE_KEY_CMD') }],
  });
  const key = (await generateIdentity('x25519')).reveal();
  const both = await loadIdentities({ env: { ...env, SOPS_AGE_KEY: key }, home, platform: 'linux' });
  expect(both).toMatchObject({ problems: [], identities: [{}] });
});

test('reports a path that cannot be written', async () => {
  await writeFile(join(home, 'file'), '');
  expect(await write(join(home, 'file', 'keys.txt'))).toMatchObject({
    ok: false,
    problems: [{ code: 'age-key-file-failed' }],
  });
});

test('passes over a key of a plugin beside one that can be used, and reports it where there is no other', async () => {
  const usable = await generateIdentity('x25519');
  const plugin = 'AGE-PLUGIN-YUBIKEY-1QQQSYQCYQ5RQWZQSLJ70Q';
  const load = (text: string) => loadIdentities({ env: { SOPS_AGE_KEY: text }, home, platform: 'linux' });
  const both = await load(`${plugin}\n${usable.reveal()}`);
  expect(both.problems).toEqual([]);
  expect(both.identities.map(({ recipient }) => recipient)).toEqual([usable.recipient]);
  expect((await load(plugin)).problems).toMatchObject([{ code: 'age-identity-unsupported' }]);
  expect((await load(`${usable.reveal()} AGE-SECRET-KEY-1CUT`)).problems).toMatchObject([
    { code: 'age-identity-invalid' },
  ]);
});

test.each([
  ['a work tree', 'work/keys.txt', {}],
  ['a new directory of a work tree', 'work/new/deep/keys.txt', {}],
  ['a linked work tree', 'linked/keys.txt', {}],
  ['a repository without a work tree', 'bare.git/keys.txt', {}],
  ['the directory of Git itself', 'work/.git/keys.txt', {}],
  ['a link to a directory of a work tree', 'link/keys.txt', {}],
  ['a link to a file of a work tree', 'keys-link.txt', {}],
  ['a work tree that a variable names', 'dotfiles/keys.txt', { GIT_WORK_TREE: 'dotfiles' }],
] as const)('writes no key into %s', async (_what, path, env) => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: home, stdio: 'pipe' });
  git('init', '-q', 'work');
  git('init', '-q', '--bare', 'bare.git');
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  git('-C', 'work', ...who, 'commit', '-q', '--allow-empty', '-m', 'First');
  git('-C', 'work', 'worktree', 'add', '-q', '../linked');
  await writeFile(join(home, 'work/present.txt'), '', { mode: 0o600 });
  await symlink(join(home, 'work'), join(home, 'link'));
  await symlink(join(home, 'work/present.txt'), join(home, 'keys-link.txt'));
  const identity = await generateIdentity('x25519');
  const tree = join(home, 'repository');
  const named = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, join(home, value)]));
  const request = { file: join(home, path), identity, now, tree, platform: 'linux' as const, env: named };
  expect(await writeIdentity(request)).toMatchObject({
    ok: false,
    problems: [{ code: 'age-key-file-in-tree' }],
  });
  expect(await readFile(join(home, 'work/present.txt'), 'utf8')).toBe('');
  await expect(stat(join(home, 'work/new'))).rejects.toThrow('ENOENT');
});
