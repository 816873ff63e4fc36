// Crosses configure with Flux, VolSync, restic and an object store in a real cluster: a volume is backed up, lost and restored.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { referenceTo } from '../real/fixtures/kubernetesClient.ts';
import { nameOf } from '../real/serverCheck.ts';
import { podSuite } from './cluster/suite.ts';
import { type Operator, operatorOf } from './fixtures/documentsOperator.ts';
import { type Reader, readerOf } from './fixtures/documentsReader.ts';
import type { Section } from './fixtures/documentsText.ts';
import { type InstalledFlux, installFlux } from './fixtures/flux.ts';
import {
  appNamespace,
  chartsOfPlatform,
  entry,
  type FollowedPlatform,
  followedPlatform,
  values,
} from './fixtures/fluxBackups.ts';
import { notHere } from './fixtures/fluxBackupsTables.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { startRegistry } from './fixtures/ociRegistry.ts';
import { eventually } from './fixtures/podState.ts';
import { stateOf } from './fixtures/ready.ts';

const timeout = 900_000;

/** The tests follow each other: what is backed up by one is restored by the next one. */
podSuite('the platform and its backups', (cluster) => {
  const { client } = cluster;
  let flux: InstalledFlux;
  let host: GitHost;
  let charts: AsyncDisposable;
  let platform: FollowedPlatform;
  let operator: Operator;
  let reader: Reader;

  beforeAll(async () => {
    [host, charts, flux] = await Promise.all([
      startGitHost(cluster),
      startRegistry(cluster, chartsOfPlatform()),
      installFlux(cluster),
    ]);
    platform = await followedPlatform(cluster, flux, host);
    operator = await operatorOf(cluster);
    // The operator has the repository and its key.
    const { path } = platform.repository.directory;
    const keys = join(operator.home, '.config', 'sops', 'age');
    mkdirSync(keys, { recursive: true });
    copyFileSync(`${path}.agekey`, join(keys, 'keys.txt'));
    operator.goTo(path);
    reader = readerOf(operator, []);
    reader.add('restore.md', platform.repository.directory.read('docs/restore.md'));
  }, timeout);

  afterAll(async () => {
    // What nobody follows comes back no more.
    if (platform !== undefined) for (const each of [entry, values]) await flux.remove(each);
    await flux?.[Symbol.asyncDispose]();
    await platform?.[Symbol.asyncDispose]();
    await charts?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    operator?.[Symbol.dispose]();
  }, timeout);

  const said = (what: string, began: number): void =>
    void process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1)} s: ${what}\n`);
  const restore = (heading: RegExp): Section => reader.section('restore.md', heading);
  const replicationSource = (): KubernetesObject => {
    const [source, ...others] = platform.objects.filter(({ kind }) => kind === 'ReplicationSource');
    if (source === undefined || others.length > 0) throw new Error('not one volume is backed up');
    return source;
  };
  /** What is in a directory: each entry with its owner, mode, links and time, and the SHA-256 of each file. */
  const look = `find . ! -type d -printf '%P %y %U:%G %m %n %T@ %l\\n' | LC_ALL=C sort
find . -mindepth 1 -type d -printf '%P %U:%G %m\\n' | LC_ALL=C sort
find . -type f -exec sha256sum {} + | LC_ALL=C sort`;
  const volume = (claim: string): string => platform.directoryOf(claim);
  const inVolume = async (claim: string, lines: string): Promise<string> => {
    const { code, output, errors } = await cluster.execInNode([
      'bash',
      '-euc',
      `cd ${volume(claim)}\n${lines}`,
    ]);
    if (code !== 0) throw new Error(errors);
    return output;
  };

  test('Flux brings everything, one after the other', { timeout }, async () => {
    const began = performance.now();
    await flux.untilReady(values, platform.revision);
    await flux.untilReady(entry, platform.revision);
    said('the platform is as it was pushed', began);
    for (const [name, reason] of Object.entries(notHere))
      process.stdout.write(`not here: ${name}: ${reason}\n`);
    const found = await Promise.all(
      platform.objects.map(
        async (object) => [nameOf(object), await client.get(referenceTo(object))] as const,
      ),
    );
    expect(found.filter(([, object]) => object === undefined).map(([name]) => name)).toEqual([]);
    const { output } = await cluster.kubectl('-n', 'storage', 'logs', 'job/rustfs-buckets');
    expect(output).toContain('every bucket has its key');
  });

  test('a volume is backed up once it is known', { timeout }, async () => {
    const began = performance.now();
    const source = replicationSource();
    const { latestMoverStatus } = await eventually(
      `${nameOf(source)} has backed up`,
      420,
      async () => {
        const status = moverStatus.parse((await client.get(referenceTo(source)))?.['status'] ?? {});
        return status.lastSyncTime === undefined ? undefined : status;
      },
      async () => [
        (await client.get(referenceTo(source)))?.['status'],
        await stateOf(cluster, ['storage', appNamespace]),
      ],
    );
    expect(latestMoverStatus?.result).toBe('Successful');
    said('there is a backup of the volume', began);
  });

  test('any computer restores it, as the document says', { timeout }, async () => {
    const began = performance.now();
    const { blocks } = restore(/`home-automation\/home-assistant` on any computer/);
    const [forward, keys, list, last] = blocks;
    expect(blocks).toHaveLength(4);
    const log = join(operator.home, 'forward');
    await reader.run(forward, {
      part: (script) => `timeout 600 ${script} >${log} 2>&1 &
echo $! >${log}.pid; until grep -q '^Forwarding' ${log}; do sleep 0.2; done`,
    });
    await reader.run(keys);
    // In one window: what is exported stays.
    const inWindow = (script: string): string => `${keys?.script}\n${script}`;
    expect((await reader.run(list, { part: inWindow, timeout })).screen).toMatch(/^1 snapshots$/m);
    await reader.run(last, { part: inWindow, timeout });
    const { screen } = await operator.type(`(cd restored-home-assistant\n${look})`);
    expect(screen).toBe(await inVolume('home-assistant', look));
    await operator.type(`kill "$(cat ${log}.pid)"`);
    said('it is restored on another computer', began);
  });

  test('what was lost is restored in its place, as the document says', { timeout }, async () => {
    const before = await inVolume('home-assistant', look);
    expect(before).toMatch(/^recording f 1000:1000 640 1 1790000000\.2500000000 $/m);
    expect(before).toMatch(/^link l 1000:1000 777 1 \S+ \.storage\/one$/m);
    await inVolume(
      'home-assistant',
      `rm -r .storage link; echo damaged >recording; chmod 0600 recording; echo x >'came after the backup'`,
    );
    expect(await inVolume('home-assistant', look)).not.toBe(before);
    const began = performance.now();
    const { blocks } = restore(/`home-automation\/home-assistant` in its place, from rustfs/);
    expect(blocks).toHaveLength(7);
    const screens: string[] = [];
    for (const block of blocks) screens.push((await reader.run(block, { timeout })).screen);
    said('the volume is restored in its place', began);
    expect(screens[4]).toMatch(/^Successful$/m);
    expect(await inVolume('home-assistant', look)).toBe(before);
    await eventually('the app runs again', 120, async () => {
      const found = await cluster.kubectl('-n', appNamespace, 'get', 'pod', 'home-assistant-0', '-o', 'json');
      return found.code === 0 && isReady(found.output) ? true : undefined;
    });
    const source = await client.get(referenceTo(replicationSource()));
    // Flux has taken the field away again, as it is not in Git.
    expect(source?.['spec']).not.toHaveProperty('paused', true);
    await flux.untilReady({ ...entry, name: 'volsync-home-automation' }, platform.revision);
  });

  test('every command of the document was run', async () => {
    const [explain] = restore(/^Restore$/).commands;
    const printed = await reader.run(explain, { part: (script) => script.replace('NAME', 'home-assistant') });
    for (const { script } of reader.sections('restore.md').flatMap(({ blocks }) => blocks))
      expect(printed.screen).toContain(script);
    expect(reader.unplaced([])).toEqual({ commands: [], lines: [] });
  });
});

const moverStatus = z.looseObject({
  lastSyncTime: z.string().optional(),
  latestMoverStatus: z.looseObject({ result: z.string().optional() }).optional(),
});

function isReady(pod: string): boolean {
  const conditions: { type: string; status: string }[] = JSON.parse(pod).status.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
