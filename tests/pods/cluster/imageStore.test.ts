import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { completeStore, noRoomIn } from './imageStore.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const authority = { certificate: 'a certificate', key: 'its key' };
let count = 0;

function store(files: Readonly<Record<string, string>>): string {
  const directory = join(scratch, `store-${count++}`);
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

test('a store that was made to its end is complete', () => {
  const directory = store({ finished: '', 'authority.json': JSON.stringify(authority) });
  expect(completeStore(directory)).toEqual({ directory, authority });
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['is not finished', { 'authority.json': JSON.stringify(authority) }],
  ['lost its authority', { finished: '' }],
  ['has an empty authority', { finished: '', 'authority.json': '' }],
  ['has half an authority', { finished: '', 'authority.json': '{"certificate":"a' }],
  ['has an authority without a key', { finished: '', 'authority.json': '{"certificate":"a"}' }],
  ['has an authority of zeros', { finished: '', 'authority.json': '\0\0\0' }],
])('a store that %s is made again', (_, files) => {
  expect(completeStore(store(files))).toBeUndefined();
});

test('a store that is absent is made', () => {
  expect(completeStore(join(scratch, 'absent'))).toBeUndefined();
});

test('a full disk is named, with the directory and what to do', () => {
  expect(noRoomIn('/cache', 3 * 1024 ** 3)).toBeUndefined();
  expect(noRoomIn('/cache', 300 * 1024 ** 2)).toBe(
    '2.5 GiB of disk for the images: /cache has 0.3 GiB free; run `npm run real-parts -- --prune`, or set GATEHOUSE_REAL_PARTS to a directory on another disk',
  );
});
