import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { partKey } from './cache.ts';
import { type Installation, install } from './install.ts';
import { obstacleOf } from './lookup.ts';
import { thisMachine } from './machine.ts';
import { go } from './part.ts';
import { table } from './table.ts';

let cache = '';
let installation: Installation;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gatehouse-install-'));
  const signal = new AbortController().signal;
  installation = { cache, machine: thisMachine(), jobs: 1, signal, progress: () => undefined };
});
afterEach(() => rm(cache, { recursive: true }));

test('reports a program without a pin with the reason, and leaves nothing behind', async () => {
  const outcome = await install('x', go('example.com/x@v1.0.0', { probe: [] }), installation);
  expect(outcome).toMatchObject({ is: 'failed' });
  expect(await readdir(cache)).toEqual([]);
});

test('leaves nothing behind after a failed build, and removes leftovers of a dead process', async () => {
  const part = go('github.com/yannh/kubeconform@v0.8.0', {
    main: 'no/such/package',
    pins: 'kubeconform',
    probe: [],
  });
  const machine = { ...installation.machine, go: 'go1.26.8' };
  const key = partKey('x', part, machine);
  await mkdir(join(cache, `${key}.building-999999999-1`));
  await mkdir(join(cache, key));
  await writeFile(join(cache, key, 'half'), '');
  const outcome = await install('x', part, { ...installation, machine });
  expect(outcome).toMatchObject({ is: 'failed' });
  expect(await readdir(cache)).toEqual([]);
});

const obtainable = (['kubeconform', 'busybox'] as const).filter(
  (name) => obstacleOf(name, table[name], thisMachine()) === undefined,
);
test.skipIf(obtainable.length === 0)(
  'without a network the reason says so, with what to do, and the next program gets its turn',
  async () => {
    const modules = join(cache, 'modules');
    vi.stubEnv('GOMODCACHE', modules);
    vi.stubEnv('GOPROXY', 'http://127.0.0.1:9');
    vi.stubEnv('GATEHOUSE_DEBIAN_MIRROR', 'http://127.0.0.1:9/debian');
    const offline = { ...installation, cache: join(cache, 'programs') };
    for (const name of obtainable) {
      const outcome = await install(name, table[name], offline);
      expect(outcome).toMatchObject({ is: 'failed', reason: 'no-network' });
      expect(outcome).toHaveProperty('remedy', expect.stringContaining('run the command again'));
    }
    expect(await readdir(offline.cache)).toEqual([]);
    vi.unstubAllEnvs();
  },
);

test('reports that an installation was stopped', async () => {
  const stopped = { ...installation, machine: { ...installation.machine, go: 'go1.26.8' } };
  const outcome = await install('sops', table.sops, { ...stopped, signal: AbortSignal.abort() });
  expect(outcome).toMatchObject({ is: 'failed', reason: 'stopped' });
  expect(await readdir(cache)).toEqual([]);
});
