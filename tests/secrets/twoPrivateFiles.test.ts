// Crosses commands and private-values.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';

it('refuses two private values files in every command, with a remedy, and changes neither', async () => {
  const directory = home();
  const plain = directory.read('cluster.private.yaml');
  const env = { ...directory.environment.env, EDITOR: 'true' };
  const place = { path: directory.path, environment: { ...directory.environment, env } };
  await gatehouse(place, 'secrets', 'edit');
  directory.write('cluster.private.yaml', plain);
  const encrypted = directory.read('cluster.private.sops.yaml');
  for (const args of [
    ['secrets', 'edit'],
    ['secrets', 'view'],
    ['secrets', 'get', 'immich.host'],
    ['configure'],
  ]) {
    const ended = await gatehouse(place, ...args);
    expect([args, ended.code]).toEqual([args, 2]);
    expect(ended.stderr).toContain('two-overlays');
  }
  expect(directory.read('cluster.private.yaml')).toBe(plain);
  expect(directory.read('cluster.private.sops.yaml')).toBe(encrypted);
  rmSync(join(directory.path, 'cluster.private.yaml'));
  expect(await gatehouse(place, 'secrets', 'view')).toMatchObject({ code: 0 });
});
