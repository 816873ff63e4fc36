// Crosses commands, compile, secrets and repository.
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';
import type { TestDirectory } from '../testDirectory.ts';

function git(directory: TestDirectory, ...args: string[]): string {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@mail.test'];
  const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], {
    cwd: directory.path,
    encoding: 'utf8',
  });
  expect({ args, status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

it('shows Git nothing after a second run, and one file after one of its values changed', async () => {
  const directory = home();
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0 });
  git(directory, 'init', '--quiet');
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message', 'first');

  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0 });
  expect(git(directory, 'diff', '--stat')).toBe('');

  directory.edit('cluster.private.yaml', (value) => {
    value.cluster.network.lan = ['203.0.113.0/24'];
  });
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0 });
  const values = 'clusters/home/flux/values.sops.yaml';
  expect(git(directory, 'diff', '--name-only').split('\n').filter(Boolean)).toEqual([values]);
  const added = git(directory, 'diff', '--unified=0', values).matchAll(/^\+[ #]*([A-Za-z_0-9]+): /gm);
  expect([...added].map(([, key]) => key)).toEqual(['gatehouse', 'LAN_RANGE_1', 'mac']);
});
