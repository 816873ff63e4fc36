import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheDirectory, partKey, type Receipt, receiptName } from './cache.ts';
import { lookUp, realPart } from './lookup.ts';
import type { Machine } from './machine.ts';
import { debian, go, type Part } from './part.ts';
import { partNames, table } from './table.ts';

const machine: Machine = { os: 'linux', arch: 'x64', go: 'go1.26.8' };
const sops: Part = table.sops;
let cache = '';

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gatehouse-parts-'));
});
afterEach(() => rm(cache, { recursive: true }));

async function putIntoCache(bytes: string, receipt?: Partial<Receipt>): Promise<string> {
  const directory = join(cache, partKey('sops', sops, machine));
  await mkdir(join(directory, 'bin'), { recursive: true });
  await writeFile(join(directory, 'bin/sops'), bytes);
  const whole: Receipt = {
    name: 'sops',
    version: '3.13.3',
    seconds: 1,
    program: 'bin/sops',
    files: {},
    contents: { 'bin/sops': { bytes: 4, sha256: '' } },
  };
  if (receipt !== undefined)
    await writeFile(join(directory, receiptName), JSON.stringify({ ...whole, ...receipt }));
  return directory;
}

describe('lookup of a program', () => {
  test('finds a complete program', async () => {
    const directory = await putIntoCache('1234', {});
    expect(lookUp('sops', sops, cache, machine)).toEqual({
      found: true,
      name: 'sops',
      version: '3.13.3',
      path: join(directory, 'bin/sops'),
      directory,
      files: {},
    });
  });

  test('reports that a program is not installed, and how to install it', () => {
    const part = lookUp('sops', sops, cache, machine);
    expect(part).toMatchObject({ found: false, reason: 'not-installed' });
    expect(part).toHaveProperty('remedy', 'run `npm run real-parts -- sops`');
  });

  test.each([
    ['without a receipt', '1234', undefined],
    ['of another size than its receipt says', '12', {}],
    ['with a file missing', '1234', { contents: { 'bin/other': { bytes: 1, sha256: '' } } }],
  ])('takes a program %s for half-built', async (_, bytes, receipt) => {
    await putIntoCache(bytes, receipt);
    expect(lookUp('sops', sops, cache, machine)).toMatchObject({ found: false, reason: 'half-built' });
  });

  test('reports the obstacle on this machine', () => {
    const reasonOn = (part: Part, other: Partial<Machine> & { readonly go?: string | undefined }) =>
      lookUp('x', part, cache, { ...machine, ...other });
    expect(reasonOn(sops, { go: undefined })).toMatchObject({ reason: 'no-go' });
    expect(reasonOn(table.nginx, { os: 'darwin' })).toMatchObject({ reason: 'wrong-machine' });
    const unknown = go('example.com/never/pinned@v1.0.0', { probe: [] });
    expect(reasonOn(unknown, {})).toMatchObject({ reason: 'not-pinned' });
  });
});

describe('the key of a program', () => {
  const key = (part: Part, on: Machine = machine) => partKey('p', part, on);

  test('changes with the machine, and for Go programs with the version of Go', () => {
    expect(key(sops)).toBe(key(sops));
    expect(key(sops, { ...machine, arch: 'arm64' })).not.toBe(key(sops));
    expect(key(sops, { ...machine, go: 'go1.26.9' })).not.toBe(key(sops));
    expect(key(table.nginx, { ...machine, go: 'go1.26.9' })).toBe(key(table.nginx));
  });

  test('changes with each field of the table entry', () => {
    const options = { version: '1', packages: { a: '1' }, program: 'usr/bin/a', probe: ['-v'], prints: '1' };
    const keys = [
      debian('forky', options),
      debian('trixie', options),
      debian('forky', { ...options, packages: { a: '2' } }),
      debian('forky', { ...options, files: { b: 'usr/lib/b' } }),
    ].map((part) => key(part));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the table', () => {
  test.each(partNames)('%s is pinned, and can be looked up', (name) => {
    const part = realPart(name);
    if (!part.found) expect(['not-installed', 'no-go', 'wrong-machine', 'half-built']).toContain(part.reason);
    expect(part.version).not.toBe('');
  });

  test('uses the cache directory of the environment', () => {
    expect(cacheDirectory({ GATEHOUSE_REAL_PARTS: '/a' })).toBe('/a');
    expect(cacheDirectory({ XDG_CACHE_HOME: '/b' })).toBe('/b/gatehouse/real-parts');
    expect(cacheDirectory({})).toMatch(/\.cache\/gatehouse\/real-parts$/);
  });
});
