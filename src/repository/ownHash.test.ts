import { describe, expect, test } from 'vitest';
import { holdsOwnHash, withOwnHash, withoutOwnHash } from './ownHash.ts';
import {
  compareAndWrite,
  difference,
  expectValue,
  type Files,
  putFiles,
  snapshot,
  visible,
  withTree,
} from './testTree.ts';

const path = 'flux/values.sops.yaml';
const planOf = (text: string) => [
  { path, content: withOwnHash(text) },
  { path: 'service.yaml', content: 'kind: Service\n' },
];
const manifestOf = (files: Files) => files['.gatehouse/manifest.json'];
const current = async (directory: string, text: string) => {
  const { changes, conflicts } = await difference(directory, planOf(text));
  return { changes: changes.map(({ kind }) => kind), conflicts: conflicts.map(({ reason }) => reason) };
};

describe('the hash in the first line', () => {
  test('covers the rest with any line endings, and replaces an old hash', () => {
    const text = withOwnHash('a: 1\nb: 2\n');
    expect(text).toMatch(/^# gatehouse: [0-9a-f]{64}\na: 1\nb: 2\n$/);
    expect(holdsOwnHash(text)).toBe(true);
    expect(holdsOwnHash(text.replaceAll('\n', '\r\n'))).toBe(true);
    expect(holdsOwnHash(text.replace('b: 2', 'b: 3'))).toBe(false);
    expect(holdsOwnHash('a: 1\nb: 2\n')).toBe(false);
    expect(withOwnHash(text)).toBe(text);
  });

  test('is removed without moving a line', () => {
    expect(withoutOwnHash(Buffer.from(withOwnHash('a: 1\n'))).toString()).toBe('\na: 1\n');
    expect(withOwnHash('\na: 1\n')).toBe(withOwnHash('a: 1\n'));
    const bytes = Buffer.from([0xff, 0x0a]);
    expect(withoutOwnHash(bytes)).toEqual(bytes);
  });
});

describe('a file that holds its own hash', () => {
  test('is rewritten without a change of the manifest', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, planOf('a: 1\n')));
      const before = manifestOf(snapshot(directory));
      expect(before).toContain(`"${path}": {"ownHash":true}`);
      expectValue(await compareAndWrite(directory, planOf('a: 2\n')));
      expect(visible(directory)[path]).toBe(withOwnHash('a: 2\n'));
      expect(manifestOf(snapshot(directory))).toBe(before);
    });
  });

  test('belongs to the user after an edit, with or without the hash line', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, planOf('a: 1\n')));
      for (const text of [withOwnHash('a: 1\n').replace('a: 1', 'a: mine'), 'a: mine\n']) {
        putFiles(directory, { [path]: text });
        expect(await current(directory, 'a: 2\n')).toEqual({ changes: [], conflicts: ['changed-by-hand'] });
        const { conflicts } = await difference(directory, planOf('a: 2\n').slice(1));
        expect(conflicts).toMatchObject([{ path, reason: 'changed-and-no-longer-planned' }]);
      }
      expectValue(await compareAndWrite(directory, planOf('a: 2\n'), { accept: 'theirs' }));
      expect(await current(directory, 'a: 2\n')).toEqual({ changes: [], conflicts: [] });
    });
  });

  test('is not an edit when checked out with CRLF, and is removed when no longer planned', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, planOf('a: 1\n')));
      putFiles(directory, { [path]: withOwnHash('a: 1\n').replaceAll('\n', '\r\n') });
      expect(await current(directory, 'a: 1\n')).toEqual({ changes: [], conflicts: [] });
      expect(await current(directory, 'a: 2\n')).toEqual({ changes: ['changed'], conflicts: [] });
      expectValue(await compareAndWrite(directory, planOf('a: 1\n').slice(1)));
      expect(Object.keys(visible(directory))).toEqual(['service.yaml']);
    });
  });

  test('keeps its old record until its next change, which adds the hash', async () => {
    await withTree({}, async (directory) => {
      const before = [{ path, content: 'a: 1\n' }];
      expectValue(await compareAndWrite(directory, before));
      expect((await difference(directory, before)).changes).toEqual([]);
      expect(await current(directory, 'a: 2\n')).toMatchObject({ conflicts: [] });
    });
  });
});
