import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianRootRecipe, finishRoot } from './debianRoot.ts';
import { commandInRoot } from './loader.ts';
import { roots } from './roots.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-root-'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const nothing = { links: {}, texts: {}, directories: {}, dropped: [] };

describe('an unpacked root', () => {
  test('gets what maintainer scripts would make', async () => {
    await finishRoot(nothing, root);
    expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toMatch(/^root:x:0:0:/);
    expect(await readlink(join(root, 'var/run'))).toBe('../run');
    expect((await stat(join(root, 'tmp'))).mode & 0o7777).toBe(0o1777);
    for (const path of Object.keys(debianRootRecipe.directories)) {
      expect((await stat(join(root, path))).isDirectory(), path).toBe(true);
    }
  });

  test.each([
    ['a file', () => put('usr/bin/sh', 'old')],
    ['a directory with files', () => put('usr/bin/sh/inside', 'old')],
    ['nothing', () => Promise.resolve()],
  ])('replaces %s by a link of the table', async (_, prepare) => {
    await prepare();
    await finishRoot({ ...nothing, links: { 'usr/bin/sh': 'bash' } }, root);
    expect(await readlink(join(root, 'usr/bin/sh'))).toBe('bash');
  });

  test('replaces a link that leads nowhere', async () => {
    await finishRoot({ ...nothing, links: { 'usr/bin/awk': '/etc/alternatives/awk' } }, root);
    await finishRoot({ ...nothing, links: { 'usr/bin/awk': 'gawk' } }, root);
    expect(await readlink(join(root, 'usr/bin/awk'))).toBe('gawk');
  });

  test('never writes a text through a link', async () => {
    const outside = join(root, 'outside');
    await writeFile(outside, 'kept');
    await finishRoot({ ...nothing, links: { 'etc/nginx/nginx.conf': outside } }, root);
    await finishRoot({ ...nothing, texts: { 'etc/nginx/nginx.conf': 'pid /tmp/nginx.pid;' } }, root);
    expect(await readFile(outside, 'utf8')).toBe('kept');
    expect(await readFile(join(root, 'etc/nginx/nginx.conf'), 'utf8')).toBe('pid /tmp/nginx.pid;');
  });

  test('lacks what nothing reads, in every root and in this one', async () => {
    await put('usr/share/man/man1/a.1', 'page');
    await put('usr/share/perl/a.pm', 'module');
    await put('usr/share/kept/a', 'kept');
    await finishRoot({ ...nothing, dropped: ['usr/share/perl'] }, root);
    expect(await stat(join(root, 'usr/share/man')).catch(() => 'gone')).toBe('gone');
    expect(await stat(join(root, 'usr/share/perl')).catch(() => 'gone')).toBe('gone');
    expect(await readFile(join(root, 'usr/share/kept/a'), 'utf8')).toBe('kept');
  });
});

describe('the command that runs a program of a root', () => {
  const loader = 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2';

  test('is its own loader where the program is dynamic', async () => {
    await put(loader, '');
    await put('usr/bin/a', '\u007fELF……/lib64/ld-linux-x86-64.so.2\0');
    const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
    const command = [join(root, loader), '--library-path', libraries, join(root, 'usr/bin/a')];
    expect(await commandInRoot(root, 'usr/bin/a')).toEqual(command);
  });

  test.each([
    ['the program is static', '\u007fELF…'],
    ['the program is a short script', '#!/bin/sh'],
    [
      'the name of a loader is far behind the header',
      `\u007fELF${' '.repeat(5000)}/lib64/ld-linux-x86-64.so.2`,
    ],
  ])('is the program itself where %s', async (_, text) => {
    await put(loader, '');
    await put('usr/bin/a', text);
    expect(await commandInRoot(root, 'usr/bin/a')).toEqual([join(root, 'usr/bin/a')]);
  });

  test('is the program itself in a root without libraries', async () => {
    await put('usr/bin/a', '\u007fELF/lib64/ld-linux-x86-64.so.2');
    expect(await commandInRoot(root, 'usr/bin/a')).toEqual([join(root, 'usr/bin/a')]);
  });

  test.skipIf(process.platform !== 'linux')('runs a program', async () => {
    await put('usr/bin/a', '#!/bin/sh\necho runs\n');
    await chmod(join(root, 'usr/bin/a'), 0o755);
    const [program = '', ...parameters] = await commandInRoot(root, 'usr/bin/a');
    expect(execFileSync(program, parameters, { encoding: 'utf8' })).toBe('runs\n');
  });
});

describe('the table of roots', () => {
  test.each(Object.entries(roots))('%s has only places below the root', (_, { source }) => {
    if (source.from !== 'debian-root') throw new Error('it is no root');
    const places = [
      ...Object.keys(source.links),
      ...Object.keys(source.texts),
      ...Object.keys(source.directories),
      ...Object.values(source.files),
      ...source.dropped,
      source.program,
    ];
    expect(places.filter((place) => place.startsWith('/') || place.split('/').includes('..'))).toEqual([]);
  });

  test.each(Object.entries(roots))('%s has the users and the links of its table', async (_, { source }) => {
    if (source.from !== 'debian-root') throw new Error('it is no root');
    await finishRoot(source, root);
    for (const line of (await readFile(join(root, 'etc/passwd'), 'utf8')).trim().split('\n')) {
      expect(line).toMatch(/^[a-z]+:x:\d+:\d+:[^:]*:\/[^:]*:\/[^:]*$/);
    }
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toMatch(
      /^root:x:0:\n(?:.*\n)*nogroup:x:65534:\n$/,
    );
    for (const [path, target] of Object.entries(source.links)) {
      expect((await lstat(join(root, path))).isSymbolicLink(), path).toBe(true);
      expect(await readlink(join(root, path))).toBe(target);
    }
  });
});
