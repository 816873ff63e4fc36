// Crosses commands, config and compile: a cluster.yaml of an older or a newer format.
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../src/repository/testTree.ts';
import { generateIdentity } from '../src/secrets/age/identity.ts';
import { committed } from './committedExample.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

const older = (text: string): string =>
  text
    .replace(/^formatVersion: \d+\n\n/mu, '')
    .replace('administrator:\n    kind: ', 'administrator:\n    way: ');

it('configure reads the old names, writes the same tree, and says which names are old', async () => {
  const directory = home();
  const newest = home();
  directory.write('cluster.yaml', older(directory.read('cluster.yaml')));
  const ran = await gatehouse(directory, 'configure');
  expect([ran.code, (await gatehouse(newest, 'configure')).code]).toEqual([0, 0]);
  expect(ran.stdout).toContain('older-format');
  expect(ran.stdout).toContain('immich.administrator.way is immich.administrator.kind now');
  const files = (path: string) =>
    Object.entries(snapshot(path)).filter(
      ([file]) => /^(apps|docs)\//u.test(file) && !file.includes('.sops.'),
    );
  expect(files(directory.path)).toEqual(files(newest.path));
});

it('a problem of an old name is at its line', async () => {
  const directory = home();
  directory.write(
    'cluster.yaml',
    older(directory.read('cluster.yaml')).replace('way: bootstrap', 'way: magic'),
  );
  const line =
    directory
      .read('cluster.yaml')
      .split('\n')
      .findIndex((text) => text.includes('magic')) + 1;
  const { code, stderr } = await gatehouse(directory, 'configure');
  expect(code).toBe(2);
  expect(stderr).toContain(`cluster.yaml:${line}:10`);
  expect(stderr).toContain('"magic" is not allowed');
});

it('an old name in a file of the newest format is an unknown field, and its new name is said', async () => {
  const directory = home();
  directory.write(
    'cluster.yaml',
    directory.read('cluster.yaml').replace('kind: bootstrap', 'way: bootstrap'),
  );
  const { code, stderr } = await gatehouse(directory, 'configure');
  expect(code).toBe(2);
  expect(stderr).toContain('immich.administrator.way is not a field: did you mean kind?');
});

describe('a format that this version does not know', () => {
  /** An encrypted home whose file then says another format, with a second recipient to remove. */
  async function encrypted(format: string): Promise<{ directory: TestDirectory; other: string }> {
    const directory = home();
    const [added, other] = await Promise.all([generateIdentity('x25519'), generateIdentity('x25519')]);
    for (const args of [
      ['secrets', 'encrypt'],
      ['secrets', 'recipients', 'add', other.recipient],
      ['configure'],
    ])
      expect(await gatehouse(directory, ...args)).toMatchObject({ code: 0, stderr: '' });
    directory.write(
      'cluster.yaml',
      directory.read('cluster.yaml').replace('formatVersion: 2', `formatVersion: ${format}`),
    );
    return { directory, other: added.recipient };
  }

  it.each([
    'configure',
    'configure --check',
    'status',
    'upgrade',
    'upgrade --write',
    'docs --local',
    'manifests --local',
    'secrets set originProxy.team',
    'secrets edit',
    'secrets encrypt',
    'secrets view',
    'secrets rotate',
    'secrets rotate --generated immich-database',
    'secrets recipients list',
    'secrets recipients add OTHER',
    'secrets recipients remove OTHER',
  ])('is refused with one problem, and nothing is written: %s', async (command) => {
    const { directory, other } = await encrypted('3\nnew: {}');
    const before = snapshot(directory.path);
    const { path, environment } = directory;
    const args = command.replace('OTHER', other).split(' ');
    const { code, stderr } = await gatehouse({ path, environment, input: 'team' }, ...args);
    expect([code, stderr.match(/newer-format|unknown-key/gu)]).toEqual([2, ['newer-format']]);
    expect(snapshot(directory.path)).toEqual(before);
  });

  it.each(['configure', 'secrets set originProxy.team', 'secrets rotate', 'secrets recipients add OTHER'])(
    'is refused where it is no number, and nothing is written: %s',
    async (command) => {
      const { directory, other } = await encrypted('"\\e[3m"');
      const before = snapshot(directory.path);
      const { path, environment } = directory;
      const args = command.replace('OTHER', other).split(' ');
      const { code, stderr } = await gatehouse({ path, environment, input: 'team' }, ...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^cluster\.yaml:\d+:\d+ {2}formatVersion\b/u);
      expect(stderr).not.toContain('\u001b');
      expect(snapshot(directory.path)).toEqual(before);
    },
  );
});

it('check does not read a newer format, says so, and leaves what it does not know unknown', async () => {
  const directory = home();
  await gatehouse(directory, 'configure');
  directory.write(
    'cluster.yaml',
    directory.read('cluster.yaml').replace('formatVersion: 2', 'formatVersion: 3'),
  );
  const { code, stdout } = await gatehouse(directory, 'check');
  expect(code).toBe(4);
  expect(stdout).toContain('the file has format 3, which a newer version of Gatehouse wrote');
});

it('upgrade shows what the newest format changes, and writes it when asked', async () => {
  const directory = await committed();
  directory.write('cluster.yaml', older(directory.read('cluster.yaml')));
  const before = snapshot(directory.path);
  const shown = await gatehouse(directory, 'upgrade');
  expect(shown.code).toBe(1);
  expect(shown.stdout).toContain('The format of cluster.yaml: 1 → 2');
  expect(shown.stdout).toContain('-    way: bootstrap\n+    kind: bootstrap');
  expect(shown.stdout).toContain('gatehouse upgrade --write');
  expect(snapshot(directory.path)).toEqual(before);

  const written = await gatehouse(directory, 'upgrade', '--write');
  expect(written.stdout).toContain('Written.');
  const { 'cluster.yaml': text, ...rest } = snapshot(directory.path);
  const { 'cluster.yaml': _, ...others } = before;
  expect(rest).toEqual(others);
  expect(text).toContain('formatVersion: 2\n');
  expect(text).toContain('kind: bootstrap');
  const again = await gatehouse(directory, 'upgrade', '--write');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing would change.') });
  expect((await gatehouse(directory, 'configure')).stdout).not.toContain('older-format');
});

it.each([
  ['a style that cannot be changed safely', '?\n  cluster\n:', 'older-format'],
  ['a link', undefined, 'path-is-link'],
])('upgrade --write leaves %s alone, and says what to do', async (_, cluster, code) => {
  const directory = await committed();
  const text = older(directory.read('cluster.yaml'));
  if (cluster === undefined) {
    directory.write('real.yaml', text);
    rmSync(join(directory.path, 'cluster.yaml'));
    symlinkSync('real.yaml', join(directory.path, 'cluster.yaml'));
  } else directory.write('cluster.yaml', text.replace(/^cluster:/mu, cluster));
  const before = snapshot(directory.path);
  const ran = await gatehouse(directory, 'upgrade', '--write');
  expect(ran.code).toBeGreaterThan(1);
  expect(ran.stderr).toContain(code);
  expect(snapshot(directory.path)).toEqual(before);
});

it('upgrade refuses a newer format, and --json tells the change of an older one', async () => {
  const directory = await committed();
  const newest = directory.read('cluster.yaml');
  directory.write('cluster.yaml', newest.replace('formatVersion: 2', 'formatVersion: 9'));
  expect(await gatehouse(directory, 'upgrade', '--write')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('newer-format'),
  });
  directory.write('cluster.yaml', older(newest));
  const { stdout } = await gatehouse(directory, 'upgrade', '--json');
  expect(JSON.parse(stdout).format).toMatchObject({ from: 1, to: 2, written: false });
});
