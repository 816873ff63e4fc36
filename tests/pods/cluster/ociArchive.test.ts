import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type ImageToWrite, writeOciArchive } from './ociArchive.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const descriptor = z.looseObject({ digest: z.string(), size: z.number() });
const indexShape = z.object({
  manifests: z.array(descriptor.extend({ annotations: z.record(z.string(), z.string()) })),
});
const manifestShape = z.object({ config: descriptor, layers: z.array(descriptor) });
const configShape = z.object({
  config: z.looseObject({}),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});

let count = 0;

/** Writes an image, unpacks it with the machine's own tar, and checks every digest on the way. */
function unpacked(image: ImageToWrite, references = ['docker.io/library/one:1']) {
  const place = join(scratch, String(count++));
  const layout = join(place, 'layout');
  const root = join(place, 'root');
  for (const directory of [layout, root]) mkdirSync(directory, { recursive: true });
  const digest = writeOciArchive(join(place, 'image.tar'), image, references);
  execFileSync('tar', ['-xf', join(place, 'image.tar'), '-C', layout]);
  const blob = (of: { digest: string; size: number }): string => {
    const path = join(layout, 'blobs', of.digest.replace(':', '/'));
    const content = readFileSync(path);
    expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(of.digest);
    expect(content.length).toBe(of.size);
    return path;
  };
  const { manifests } = indexShape.parse(JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')));
  const [first] = manifests;
  if (first === undefined) throw new Error('the index is empty');
  const manifest = manifestShape.parse(JSON.parse(readFileSync(blob(first), 'utf8')));
  const config = configShape.parse(JSON.parse(readFileSync(blob(manifest.config), 'utf8')));
  for (const layer of manifest.layers) execFileSync('tar', ['-xpf', blob(layer), '-C', root]);
  const names = manifests.map(({ annotations }) => annotations['io.containerd.image.name']);
  return { root, config, manifest, names, digest, first, archive: join(place, 'image.tar') };
}

/** A directory with files, links and permissions. */
function sampleRoot(): string {
  const root = join(scratch, `sample-${count++}`);
  mkdirSync(join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'bin', 'program'), '#!/bin/sh\n', { mode: 0o755 });
  symlinkSync('program', join(root, 'bin', 'alias'));
  mkdirSync(join(root, 'empty'), { mode: 0o700 });
  return root;
}

describe('writeOciArchive', () => {
  test('keeps files, links, directories and permissions', () => {
    const { root } = unpacked({ root: sampleRoot() });
    expect(readFileSync(join(root, 'bin', 'program'), 'utf8')).toBe('#!/bin/sh\n');
    expect(lstatSync(join(root, 'bin', 'program')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(root, 'bin', 'alias'))).toBe('program');
    expect(lstatSync(join(root, 'empty')).mode & 0o777).toBe(0o700);
  });

  test('adds files, directories and links, also in place of what is there', () => {
    const file = join(scratch, 'added.mjs');
    writeFileSync(file, 'added');
    const { root } = unpacked({
      root: sampleRoot(),
      add: {
        '/data': { directory: true, mode: 0o777 },
        '/data/program.mjs': { file, mode: 0o600 },
        '/etc': { directory: true },
        '/etc/passwd': { text: 'root:x:0:0::/:/bin/sh\n' },
        '/bin/program': { link: '/data/program.mjs' },
      },
    });
    expect(readFileSync(join(root, 'data', 'program.mjs'), 'utf8')).toBe('added');
    expect(lstatSync(join(root, 'data')).mode & 0o777).toBe(0o777);
    expect(readFileSync(join(root, 'etc', 'passwd'), 'utf8')).toContain('root');
    expect(readlinkSync(join(root, 'bin', 'program'))).toBe('/data/program.mjs');
  });

  test.each([99, 100, 101, 155, 300])('keeps a path of %i characters', (length) => {
    const directory = 'd'.repeat(50);
    const rest = length - directory.length - 1;
    const parts = [directory, ...('f'.repeat(rest).match(/.{1,200}/g) ?? [])];
    const add: Record<string, { directory: true } | { text: string } | { link: string }> = {};
    parts.forEach((_, index) => {
      const path = `/${parts.slice(0, index + 1).join('/')}`;
      add[path] = index === parts.length - 1 ? { text: path } : { directory: true };
    });
    add['/link'] = { link: parts.join('/') };
    const { root } = unpacked({ add });
    expect(readFileSync(join(root, ...parts), 'utf8')).toBe(`/${parts.join('/')}`);
    expect(readlinkSync(join(root, 'link'))).toBe(parts.join('/'));
  });

  test.each([0, 1, 511, 512, 513])('keeps a file of %i bytes', (length) => {
    const { root } = unpacked({ add: { '/file': { text: 'x'.repeat(length) } } });
    expect(readFileSync(join(root, 'file'), 'utf8')).toHaveLength(length);
  });

  test('states how the program starts, and every name', () => {
    const { config, names, digest, first, manifest } = unpacked(
      {
        add: { '/file': { text: '' } },
        user: '1000:1000',
        entrypoint: ['/program'],
        command: ['--flag'],
        environment: { HOME: '/tmp' },
        workingDirectory: '/data',
      },
      ['docker.io/library/one:1', 'docker.io/library/two:2'],
    );
    expect(names).toEqual(['docker.io/library/one:1', 'docker.io/library/two:2']);
    expect(digest).toBe(first.digest);
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map((layer) => layer.digest));
    expect(config.config).toEqual({
      User: '1000:1000',
      Entrypoint: ['/program'],
      Cmd: ['--flag'],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/tmp'],
      WorkingDir: '/data',
    });
  });

  test('shares the layer of the root between images', () => {
    const root = sampleRoot();
    const one = unpacked({ root, add: { '/one': { text: '1' } } }).manifest.layers;
    const other = unpacked({ root, add: { '/other': { text: '2' } } }).manifest.layers;
    expect(one).toHaveLength(2);
    expect(other[0]).toEqual(one[0]);
    expect(other[1]).not.toEqual(one[1]);
  });

  test('writes the same bytes for the same content', () => {
    const root = sampleRoot();
    expect(readFileSync(unpacked({ root }).archive)).toEqual(readFileSync(unpacked({ root }).archive));
  });
});
