// Crosses configure with Flux, VolSync, restic and an object store in a real cluster: a volume is backed up, lost and restored.
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { referenceTo } from '../real/fixtures/kubernetesClient.ts';
import { nameOf } from '../real/serverCheck.ts';
import { podSuite } from './cluster/suite.ts';
import type { Operator } from './fixtures/documentsOperator.ts';
import type { Reader } from './fixtures/documentsReader.ts';
import type { Section } from './fixtures/documentsText.ts';
import { everyEntry } from './fixtures/everyEntry.ts';
import { type InstalledFlux, installFlux } from './fixtures/flux.ts';
import {
  appNamespace,
  chartsOfPlatform,
  entry,
  type FollowedPlatform,
  followedPlatform,
  removeSnapshotDefinitions,
  values,
} from './fixtures/fluxBackups.ts';
import { notHere, outside } from './fixtures/fluxBackupsTables.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { databaseOf, dumpsIn, inNode, loseCluster } from './fixtures/lostHome.ts';
import { lostReader, totalLoss } from './fixtures/lostReader.ts';
import { startRegistry } from './fixtures/ociRegistry.ts';
import { type OutsideStore, startStore } from './fixtures/outsideStore.ts';
import { eventually } from './fixtures/podState.ts';
import { backedUp, restoreOnAnyComputer, restoringOperator } from './fixtures/restoredBackup.ts';
import { verifying } from './fixtures/verifying.ts';
import { writtenLibrary } from './fixtures/writtenLibrary.ts';

const timeout = 900_000;

/** The tests follow each other: what is backed up by one is restored by the next one. */
podSuite('the platform and its backups', (cluster) => {
  const { client } = cluster;
  let flux: InstalledFlux;
  let host: GitHost;
  let charts: AsyncDisposable;
  let store: OutsideStore;
  let platform: FollowedPlatform;
  let operator: Operator;
  let reader: Reader;

  let isBroken = false;
  beforeEach(({ skip, onTestFailed }) => {
    skip(isBroken, 'the test before has failed');
    onTestFailed(() => {
      isBroken = true;
    });
  });

  beforeAll(async () => {
    [host, charts, flux] = await Promise.all([
      startGitHost(cluster),
      startRegistry(cluster, chartsOfPlatform()),
      installFlux(cluster),
      startStore(cluster).then((started) => {
        store = started;
      }),
    ]);
    await store.make(outside.bucket);
    platform = await followedPlatform(cluster, flux, host);
    ({ operator, reader } = await restoringOperator(cluster, platform.repository.directory));
  }, timeout);

  afterAll(async () => {
    // What Flux waits for would keep it from removing anything.
    cluster.giveUp();
    await platform?.[Symbol.asyncDispose]();
    await charts?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    operator?.[Symbol.dispose]();
  }, timeout);

  const said = (what: string, began: number): void =>
    void process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1)} s: ${what}\n`);
  const libraryOf = (): string => writtenLibrary(platform.objects).path;
  const share = (): string => dirname(libraryOf());
  const restore = (heading: RegExp): Section => reader.section('restore.md', heading);
  const replicationSources = (): readonly KubernetesObject[] =>
    platform.objects.filter(({ kind }) => kind === 'ReplicationSource');
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
    const sources = replicationSources();
    expect(sources.map(({ metadata }) => metadata.name)).toEqual([
      'home-assistant-rustfs',
      'home-assistant-s3',
    ]);
    for (const source of sources) expect(await backedUp(cluster, source)).toBe('Successful');
    said('there is a backup of the volume in both stores', began);
  });

  test('verify says how old the newest backup is, in both stores', { timeout }, async () => {
    const began = performance.now();
    const found = await verifying(cluster, operator, platform.repository.directory).only('volsync-,rustfs-');
    said('verify has asked', began);
    for (const [id, { verdict, evidence }] of found)
      process.stdout.write(`${verdict}: ${id}: ${evidence.join('; ')}\n`);
    expect([...found].filter(([, { verdict }]) => verdict !== 'kept')).toEqual([]);
    for (const store of ['rustfs', 's3'])
      expect(found.get(`volsync-newest-home-automation-home-assistant-${store}`)?.evidence[0]).toMatch(
        new RegExp(
          `^The newest of 1 objects below home-assistant/snapshots/ in the bucket volsync-home-automation of ${store} is \\d+ min old`,
        ),
      );
    expect(found.get('rustfs-buckets')?.verdict).toBe('kept');
  });

  test('any computer restores it, as the document says', { timeout }, async () => {
    const began = performance.now();
    const heading = /`home-automation\/home-assistant` on any computer, from rustfs/;
    const { snapshots, restored } = await restoreOnAnyComputer({ operator, reader }, timeout, heading);
    expect(snapshots).toMatch(/^1 snapshots$/m);
    expect(restored).toBe(await inVolume('home-assistant', everyEntry));
    said('it is restored on another computer', began);
  });

  test('what was lost is restored in its place, as the document says', { timeout }, async () => {
    const before = await inVolume('home-assistant', everyEntry);
    expect(before).toMatch(/^recording f 1000:1000 640 1 1790000000\.2500000000 $/m);
    expect(before).toMatch(/^link l 1000:1000 777 1 \S+ \.storage\/one$/m);
    await inVolume(
      'home-assistant',
      `rm -r .storage link; echo damaged >recording; chmod 0600 recording; echo x >'came after the backup'`,
    );
    expect(await inVolume('home-assistant', everyEntry)).not.toBe(before);
    const began = performance.now();
    const { blocks } = restore(/`home-automation\/home-assistant` in its place, from rustfs/);
    expect(blocks).toHaveLength(7);
    const screens: string[] = [];
    for (const block of blocks) screens.push((await reader.run(block, { timeout })).screen);
    said('the volume is restored in its place', began);
    expect(screens[4]).toMatch(/^Successful$/m);
    expect(await inVolume('home-assistant', everyEntry)).toBe(before);
    await eventually('the app runs again', 120, async () => {
      const found = await cluster.kubectl('-n', appNamespace, 'get', 'pod', 'home-assistant-0', '-o', 'json');
      return found.code === 0 && isReady(found.output) ? true : undefined;
    });
    // Flux has taken the field away again, as it is not in Git.
    for (const source of replicationSources())
      expect((await client.get(referenceTo(source)))?.['spec']).not.toHaveProperty('paused', true);
    await flux.untilReady({ ...entry, name: 'volsync-home-automation' }, platform.revision);
  });

  test('every command of the document was run', async () => {
    const [explain] = restore(/^Restore$/).commands;
    const printed = await reader.run(explain, { part: (script) => script.replace('NAME', 'home-assistant') });
    for (const { script } of reader.sections('restore.md').flatMap(({ blocks }) => blocks))
      expect(printed.screen).toContain(script);
    const fromOutside = {
      heading: /, from s3$/,
      because: 'tests/real/restore.test.ts: the same, from a store of a name',
    };
    expect(reader.unplaced([fromOutside]).commands).toEqual([]);
  });

  test('a total loss: Git, the key, the bucket and the NAS bring everything back', { timeout }, async () => {
    const database = databaseOf(cluster);
    const { path } = platform.repository.directory;
    await operator.type(`cd ${path} && gatehouse secrets encrypt && gatehouse docs --local`);
    const revision = await platform.push();
    const text = platform.repository.directory.read(`docs/local/${totalLoss}`);
    const library = libraryOf();
    await database.fill();
    await dumpsIn(cluster, library).make('20261127T020000');
    const before = {
      volume: await inVolume('home-assistant', everyEntry),
      files: await inNode(cluster, `cd ${library}\n${everyEntry}`),
      rows: await database.rows(),
    };
    let began = performance.now();
    await loseCluster(cluster, share());
    said('an empty cluster is there', began);
    began = performance.now();
    [flux] = await Promise.all([installFlux(cluster), platform.dependencies()]);
    said('Flux is installed, and the app with an empty volume', began);
    expect(await inVolume('home-assistant', everyEntry)).toBe('');

    const list = lostReader(operator, text, said);
    operator.goTo(operator.home);
    await list.run(/^\d+\. The repository/);
    await list.without('RESTIC_PASSWORD=another', /See that the backups/, /wrong password or no key found/);
    const nowhere = `RESTIC_REPOSITORY=s3:${outside.url}/${outside.bucket}/nothing`;
    await list.without(nowhere, /See that the backups/, /repository does not exist/);
    expect((await list.run(/See that the backups/))[0]).toMatch(/^1 snapshots$/m);
    await list.run(/The definitions of snapshots/);
    for (const heading of [/^Secrets$/, /`sops-age`/, /Hold Immich back/, /No backup before/, /Tell Flux/])
      await list.run(heading);
    const [, last = ''] = [await list.run(/The volume `home-automation/)].flat();
    expect(last).not.toContain('Error');
    expect(await inVolume('home-assistant', everyEntry)).toBe(before.volume);
    await list.run(/The last dump/);
    await list.run(/Restore the database/);
    expect(await database.rows()).toBe(before.rows);
    expect(await client.list('volsync.backube/v1alpha1', 'ReplicationSource')).toEqual([]);
    for (const heading of [/Let Immich start/, /Let backups go on/]) await list.run(heading);
    await flux.untilReady(entry, revision);
    said('everything is ready, since the empty cluster was there', began);
    expect(await inNode(cluster, `cd ${library}\n${everyEntry}`)).toBe(before.files);
    expect(await inVolume('home-assistant', everyEntry)).toBe(before.volume);
    await eventually('there are ReplicationSources again', 120, async () =>
      (await client.list('volsync.backube/v1alpha1', 'ReplicationSource')).length === 2 ? true : undefined,
    );
  });

  test('verify sees a backup that was stopped, one that is gone, and an operator that does nothing', {
    timeout,
  }, async () => {
    for (const source of replicationSources()) await backedUp(cluster, source);
    const { only } = verifying(cluster, operator, platform.repository.directory);
    const before = await only('volsync-');
    expect([...before.values()].filter(({ verdict }) => verdict !== 'kept')).toEqual([]);
    const broken = async (): Promise<readonly string[]> =>
      [...(await only('volsync-')).values()].flatMap(({ verdict, evidence }) =>
        verdict === 'broken' ? evidence : [],
      );
    const patch = JSON.stringify({ spec: { paused: true } });
    const name = 'home-assistant-rustfs';
    const stopped = await cluster.kubectl(
      ...['-n', appNamespace, 'patch', 'replicationsource', name, '--type', 'merge', '-p', patch],
    );
    expect(stopped.code).toBe(0);
    expect(await broken()).toContain(`ReplicationSource ${appNamespace}/${name}: spec.paused is true`);
    await store.empty(outside.bucket);
    expect(await broken()).toContain(
      `There is no object below home-assistant/snapshots/ in the bucket ${outside.bucket} of s3`,
    );
    await removeSnapshotDefinitions(cluster);
    // The operator is ready all the same.
    const found = await only('volsync-');
    expect(found.get('volsync-operator')?.verdict).toBe('kept');
    expect(found.get('volsync-snapshot-definitions')).toMatchObject({
      verdict: 'broken',
      evidence: expect.arrayContaining([
        'The API server does not serve VolumeSnapshot (snapshot.storage.k8s.io/v1)',
      ]),
    });
  });
});

function isReady(pod: string): boolean {
  const conditions: { type: string; status: string }[] = JSON.parse(pod).status.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
