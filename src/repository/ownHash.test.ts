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
  test('is that of the rest, whatever ends the lines, and takes the place of an old one', () => {
    const text = withOwnHash('a: 1\nb: 2\n');
    expect(text).toMatch(/^# gatehouse: [0-9a-f]{64}\na: 1\nb: 2\n$/);
    expect(holdsOwnHash(text)).toBe(true);
    expect(holdsOwnHash(text.replaceAll('\n', '\r\n'))).toBe(true);
    expect(holdsOwnHash(text.replace('b: 2', 'b: 3'))).toBe(false);
    expect(holdsOwnHash('a: 1\nb: 2\n')).toBe(false);
    expect(withOwnHash(text)).toBe(text);
  });

  test('goes away without moving a line', () => {
    expect(withoutOwnHash(Buffer.from(withOwnHash('a: 1\n'))).toString()).toBe('\na: 1\n');
    expect(withOwnHash('\na: 1\n')).toBe(withOwnHash('a: 1\n'));
    const bytes = Buffer.from([0xff, 0x0a]);
    expect(withoutOwnHash(bytes)).toEqual(bytes);
  });
});

describe('a file that holds its own hash', () => {
  test('is written anew, and the manifest stays as it is', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, planOf('a: 1\n')));
      const before = manifestOf(snapshot(directory));
      expect(before).toContain(`"${path}": {"ownHash":true}`);
      expectValue(await compareAndWrite(directory, planOf('a: 2\n')));
      expect(visible(directory)[path]).toBe(withOwnHash('a: 2\n'));
      expect(manifestOf(snapshot(directory))).toBe(before);
    });
  });

  test('is a person’s once they changed it, with or without the line', async () => {
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

  test('is no edit when it was checked out with CRLF, and goes when it is no longer planned', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, planOf('a: 1\n')));
      putFiles(directory, { [path]: withOwnHash('a: 1\n').replaceAll('\n', '\r\n') });
      expect(await current(directory, 'a: 1\n')).toEqual({ changes: [], conflicts: [] });
      expect(await current(directory, 'a: 2\n')).toEqual({ changes: ['changed'], conflicts: [] });
      expectValue(await compareAndWrite(directory, planOf('a: 1\n').slice(1)));
      expect(Object.keys(visible(directory))).toEqual(['service.yaml']);
    });
  });

  test('that was written before files held their hash is still known, and holds it from its next change on', async () => {
    await withTree({}, async (directory) => {
      const before = [{ path, content: 'a: 1\n' }];
      expectValue(await compareAndWrite(directory, before));
      expect((await difference(directory, before)).changes).toEqual([]);
      expect(await current(directory, 'a: 2\n')).toMatchObject({ conflicts: [] });
    });
  });
});
