// Crosses commands, operations/init, operations/status, private-values and repository.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Environment } from '../../src/system/environment.ts';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';

interface Place {
  path: string;
  environment: Environment;
}

const answers = [
  ...['--name', 'cottage', '--node', 'beta', '--repository', 'ssh://git@git.test/me/cottage'],
  ...['--host', 'bilder.unser-haus.test', '--lan', '192.168.7.0/24', '--library-path', '/mnt/unser-nas/b'],
  ...['--team', 'unser-haus-team', '--audience', 'ab'.repeat(32), '--owner', 'wir@unser-haus.test'],
  ...['--tunnel', '6ff42ae2-765d-4adf-8112-31c55c1551ef'],
];

function git(path: string, ...args: string[]): void {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: path, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function place(): Place {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-clone-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ['user', 'home-ops']) mkdirSync(join(root, name));
  const now = () => new Date('2026-11-24T00:00:00Z');
  const environment: Environment = { env: {}, home: join(root, 'user'), platform: 'linux', now };
  return { path: join(root, 'home-ops'), environment };
}

/** A clone of a repository on another computer, with the key or without. */
function cloned({ path, environment }: Place, withKey: boolean): Place {
  const clone = `${path}-clone`;
  git(path, 'add', '-A');
  git(path, 'commit', '-qm', 'Everything');
  git(path, 'clone', '-q', path, clone);
  const home = withKey ? environment.home : `${path}-nobody`;
  return { path: clone, environment: { ...environment, home } };
}

async function initialized(): Promise<Place> {
  const directory = place();
  git(directory.path, 'init', '-q', '-b', 'main');
  expect((await gatehouse(directory, 'init', '--yes', ...answers)).code).toBe(0);
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  return directory;
}

describe('a fresh clone of a repository that init made', () => {
  it('has every private value, with the key alone', async () => {
    const clone = cloned(await initialized(), true);
    expect(existsSync(join(clone.path, 'cluster.private.yaml'))).toBe(false);
    expect(await gatehouse(clone, 'secrets', 'get', 'immich.host')).toMatchObject({
      code: 0,
      stdout: 'bilder.unser-haus.test\n',
    });
    expect((await gatehouse(clone, 'secrets', 'view')).stdout).toContain('immich.host');
    expect(await gatehouse(clone, 'configure', '--check')).toMatchObject({ code: 0, stderr: '' });
    expect((await gatehouse(clone, 'check')).code).toBe(0);
    expect((await gatehouse(clone, 'scan')).code).toBe(0);
    expect((await gatehouse(clone, 'status')).code).toBeLessThan(2);
    const set = await gatehouse({ ...clone, input: 'a.unser-haus.test' }, 'secrets', 'set', 'immich.host');
    expect(set).toMatchObject({ code: 0, stderr: '' });
    const environment = { ...clone.environment, env: { EDITOR: 'true', PATH: process.env['PATH'] } };
    expect((await gatehouse({ ...clone, environment }, 'secrets', 'edit')).code).toBe(0);
  });

  it.each([['configure'], ['secrets', 'view'], ['status']])(
    'without the key says which one, and where it is searched: %s %s',
    async (...args) => {
      const clone = cloned(await initialized(), false);
      const { code, stderr } = await gatehouse(clone, ...args);
      expect(code).toBe(4);
      expect(stderr).toContain('cluster.private.sops.yaml');
      expect(stderr).toMatch(/the private key of age1\w+/);
      expect(stderr).toContain('SOPS_AGE_KEY_FILE');
    },
  );
});

describe('a fresh clone of a repository whose values were in a plain file', () => {
  const withoutValues = async (): Promise<Place> => {
    const directory = home();
    git(directory.path, 'init', '-q', '-b', 'main');
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    const clone = cloned(directory, true);
    onTestFinished(() => rmSync(clone.path, { recursive: true, force: true }));
    return clone;
  };

  it.each([['configure'], ['configure', '--check'], ['secrets', 'view'], ['secrets', 'encrypt']])(
    'says that there is none, and where it should come from: %s %s',
    async (...args) => {
      const { code, stderr } = await gatehouse(await withoutValues(), ...args);
      expect(code).toBe(2);
      expect(stderr).toContain('there is no private values file');
      expect(stderr).toContain('only on the computer on which it was written');
      expect(stderr).toContain('gatehouse secrets encrypt');
    },
  );

  it('is part of what is left to do', async () => {
    const { stdout } = await gatehouse(await withoutValues(), 'status', '--json');
    const ids = JSON.parse(stdout).left.map(({ id }: { id: string }) => id);
    expect(ids[0]).toBe('private-values-file');
    expect(ids).toContain('value-immich-host');
  });

  it('takes its values one after another, while others are missing', async () => {
    const clone = await withoutValues();
    for (const [field, value] of [
      ['immich.access.audience', 'ab'.repeat(32)],
      ['immich.host', 'bilder.unser-haus.test'],
    ])
      expect(await gatehouse({ ...clone, input: value ?? '' }, 'secrets', 'set', field ?? '')).toMatchObject({
        code: 0,
        stderr: '',
      });
    const wrong = await gatehouse({ ...clone, input: 'not a host' }, 'secrets', 'set', 'immich.host');
    expect(wrong.code).toBe(2);
    const view = await gatehouse(clone, 'secrets', 'view');
    expect(view.stdout).toContain('immich.access.audience');
    expect(view.stderr).toMatch(/originProxy\.team +missing/);
    expect(view.code).toBe(0);
  });
});

describe('a plain private values file', () => {
  it('keeps working in a work tree, and configure and status name the command that encrypts it', async () => {
    const directory = home();
    git(directory.path, 'init', '-q');
    const configured = await gatehouse(directory, 'configure');
    expect(configured.code).toBe(0);
    expect(configured.stdout).toContain('gatehouse secrets encrypt');
    const { stdout } = await gatehouse(directory, 'status');
    expect(stdout).toContain('gatehouse secrets encrypt');
    expect((await gatehouse(directory, 'secrets', 'encrypt')).code).toBe(0);
    expect(existsSync(join(directory.path, 'cluster.private.yaml'))).toBe(false);
    const after = await gatehouse(directory, 'configure');
    expect(after).toMatchObject({ code: 0, stderr: '' });
    expect(after.stdout).not.toContain('secrets encrypt');
    expect((await gatehouse(directory, 'status')).stdout).not.toContain('secrets encrypt');
    expect(await gatehouse(directory, 'secrets', 'encrypt')).toMatchObject({ code: 0, stderr: '' });
  });
});
