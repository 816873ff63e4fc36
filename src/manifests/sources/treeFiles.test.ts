import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readTreeFiles } from './treeFiles.ts';

function directoryWith(files: readonly string[], links: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-tree-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const file of files) {
    mkdirSync(dirname(join(path, 'tree', file)), { recursive: true });
    writeFileSync(join(path, 'tree', file), 'a: 1\n');
  }
  for (const [link, target] of Object.entries(links)) symlinkSync(target, join(path, 'tree', link));
  mkdirSync(join(path, 'outside'));
  writeFileSync(join(path, 'outside', 'secret.yaml'), 'b: 1\n');
  return join(path, 'tree');
}

async function read(files: readonly string[], links: Readonly<Record<string, string>>) {
  const { tree, unread, linked } = await readTreeFiles(directoryWith(files, links), { own: false });
  return {
    paths: [...tree.keys()],
    linked: [...(linked ?? [])].toSorted(),
    unread: unread.map(({ file, sentence }) => `${file}: ${sentence}`),
  };
}

describe('readTreeFiles', () => {
  it('follows a link to a directory of the tree, and says so', async () => {
    expect(await read(['base/a.yaml', 'base/deep/b.yaml'], { overlay: 'base' })).toEqual({
      paths: ['base/a.yaml', 'base/deep/b.yaml', 'overlay/a.yaml', 'overlay/deep/b.yaml'],
      linked: ['overlay/a.yaml', 'overlay/deep/b.yaml'],
      unread: [],
    });
  });

  it('never follows a link out of the tree, also not by way of another link', async () => {
    const { paths, unread } = await read(['a.yaml'], {
      outside: '../outside',
      again: 'outside',
      'file.yaml': '../outside/secret.yaml',
      nowhere: 'missing',
    });
    expect(paths).toEqual(['a.yaml']);
    expect(unread.toSorted()).toEqual([
      'again: The link leads out of the directory, or nowhere',
      'file.yaml: The link leads out of the directory, or nowhere',
      'nowhere: The link leads out of the directory, or nowhere',
      'outside: The link leads out of the directory, or nowhere',
    ]);
  });

  it('ends at a link to a directory that holds it', async () => {
    const { paths, unread } = await read(['a/x.yaml', 'b/y.yaml'], {
      'a/self': '.',
      'a/top': '..',
      'a/b': '../b',
      'b/a': '../a',
    });
    expect(paths.filter((path) => path.split('/').length > 4)).toEqual([]);
    expect(unread.length).toBeGreaterThan(2);
  });

  it('bounds what links of links make', async () => {
    const levels = Array.from({ length: 16 }, (_, level) => level);
    const files = levels.map((level) => `d${level}/x.yaml`);
    const links = Object.fromEntries(
      levels.slice(1).flatMap((level) => [
        [`d${level}/one`, `../d${level - 1}`],
        [`d${level}/two`, `../d${level - 1}`],
      ]),
    );
    const { linked, unread } = await read(files, links);
    expect(linked.length).toBeLessThan(11_000);
    expect(unread.join('\n')).toContain('More files are behind links than are read');
  });

  it('does not read the directory of Git under another name', async () => {
    const { paths, unread } = await read(['.git/config', 'a.yaml'], { other: '.git' });
    expect(paths).toEqual(['a.yaml']);
    expect(unread).toEqual(['other: The link leads to a directory that is not read']);
  });
});
