// Crosses commands and private-values.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';

it('refuses two private values files in every command, with a remedy, and changes neither', async () => {
  const folder = home();
  const plain = folder.read('cluster.private.yaml');
  const env = { ...folder.environment.env, EDITOR: 'true' };
  const place = { path: folder.path, environment: { ...folder.environment, env } };
  await gatehouse(place, 'secrets', 'edit');
  folder.write('cluster.private.yaml', plain);
  const encrypted = folder.read('cluster.private.sops.yaml');
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
  expect(folder.read('cluster.private.yaml')).toBe(plain);
  expect(folder.read('cluster.private.sops.yaml')).toBe(encrypted);
  rmSync(join(folder.path, 'cluster.private.yaml'));
  expect(await gatehouse(place, 'secrets', 'view')).toMatchObject({ code: 0 });
});
