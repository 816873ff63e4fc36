import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processStart } from './machine.ts';
import { unneededEntries } from './prune.ts';

let cache = '';

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gatehouse-prune-'));
});
afterEach(() => rm(cache, { recursive: true }));

async function make(...names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    await mkdir(join(cache, name));
    await utimes(join(cache, name), 1000 + index, 1000 + index);
  }
}

test('keeps what the table names, finished or not', async () => {
  await make('sops-1-aa', 'sops-2-bb', 'sops-2-bb.building-7-1', 'age-1-cc');
  expect(await unneededEntries(cache, ['sops-2-bb'])).toEqual(['age-1-cc', 'sops-1-aa']);
});

test('keeps the newest store of images, and one that is being made from the same table', async () => {
  await make('pods-images-bb', 'pods-images-cc', 'pods-images-aa', 'pods-images-aa.building-7-1');
  expect(await unneededEntries(cache, [])).toEqual(['pods-images-bb', 'pods-images-cc']);
});

test('removes an unfinished store that no other follows, and what only looks like a store', async () => {
  await make('pods-images-aa.building-7-1', 'pods-other');
  expect(await unneededEntries(cache, [])).toEqual(['pods-images-aa.building-7-1', 'pods-other']);
});

test('keeps a store that a running process is making, whatever its table', async () => {
  const making = `pods-images-bb.building-${process.pid}-${processStart(process.pid)}`;
  await make(making, `pods-images-bb.building-${process.pid}-1`, 'pods-images-cc', 'age-1-cc');
  expect(await unneededEntries(cache, [])).toEqual(['age-1-cc', `pods-images-bb.building-${process.pid}-1`]);
});

test('finds nothing where there is no cache', async () => {
  expect(await unneededEntries(join(cache, 'absent'), ['a'])).toEqual([]);
});
