// Crosses what earlier versions wrote with configure, Flux and a real cluster: what runs becomes what today's version writes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Announcement, announcedIn } from '../upgrades/announcedRestarts.ts';
import { treesNamed } from '../upgrades/keptTrees.ts';
import { podSuite } from './cluster/suite.ts';
import { inDirectory } from './fixtures/directoryFiles.ts';
import { everyEntry } from './fixtures/everyEntry.ts';
import { type InstalledFlux, installFlux } from './fixtures/flux.ts';
import {
  namespacesOfPlatform,
  entry as platformEntry,
  values as platformValues,
} from './fixtures/fluxBackups.ts';
import { entry, values } from './fixtures/fluxHome.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { dataOfHome, type HomeData } from './fixtures/homeData.ts';
import { type KeptHome, keptHome } from './fixtures/keptHome.ts';
import { type KeptPlatform, keptPlatform } from './fixtures/keptPlatform.ts';
import type { KeptRepository } from './fixtures/keptRepository.ts';
import { type Measuring, startMeasuring } from './fixtures/measure.ts';
import { eventually } from './fixtures/podState.ts';
import { differencesOf } from './fixtures/promiseTable.ts';
import { untilReady } from './fixtures/ready.ts';
import {
  backedUp,
  replicationSource,
  restoreOnAnyComputer,
  restoringOperator,
} from './fixtures/restoredBackup.ts';
import {
  lostIn,
  measuredPromises,
  printReplacements,
  printTable,
  type Running,
  replacements,
  runningNow,
  surprises,
} from './fixtures/upgrade.ts';

const timeout = 900_000;

podSuite('an upgrade', (cluster) => {
  let flux: InstalledFlux;
  let host: GitHost;

  beforeAll(async () => {
    [host, flux] = await Promise.all([startGitHost(cluster), installFlux(cluster)]);
  }, timeout);

  afterAll(async () => {
    cluster.giveUp();
    await flux?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
  }, timeout);

  const said = (what: string, began: number): void =>
    void process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1)} s: ${what}\n`);

  /** Runs `configure` of today, and returns which pods it said that it will replace. */
  async function configured(clone: KeptRepository): Promise<ReadonlyMap<string, Announcement>> {
    const looked = await clone.gatehouse('configure', '--check', '--json');
    expect(looked).toMatchObject({ code: 1, stderr: '' });
    expect((await clone.gatehouse('configure')).stderr).toBe('');
    return announcedIn(looked.stdout);
  }

  /** The tests follow each other. */
  describe.each(treesNamed('home-on-the-bench'))('of the home of $state', (tree) => {
    let home: KeptHome;
    let measuring: Measuring;
    let data: HomeData;
    let before: Running;
    let announced: ReadonlyMap<string, Announcement>;

    beforeAll(async () => {
      home = await keptHome(cluster, flux, host, tree);
    }, timeout);
    afterAll(() => Promise.all([home, measuring].map((each) => each?.[Symbol.asyncDispose]())), timeout);
    const untilApplied = async (revision: string): Promise<void> => {
      await flux.untilReady(values, revision);
      await flux.untilReady(entry, revision);
    };

    test('the home of then comes up, and data is written', { timeout }, async () => {
      const began = performance.now();
      const revision = await home.push();
      // What measures needs pods of its own, which come up at the same time.
      [measuring] = await Promise.all([startMeasuring(cluster), untilApplied(revision)]);
      said('the home of then is ready', began);
      before = await runningNow(cluster, home.clone, home.namespaces);
      data = await dataOfHome(cluster, before.objects);
      const kept = ['PersistentVolumeClaim media/immich-postgres', 'Secret media/immich-database'];
      expect([...before.uids.keys()]).toEqual(expect.arrayContaining(kept));
    });

    test('Flux brings what configure of today writes, where half of it was pushed first', {
      timeout,
    }, async () => {
      const began = performance.now();
      announced = await configured(home.clone);
      home.clone.commit('apps/cluster', 'apps/networking');
      const half = await home.push();
      await eventually(
        'Flux has tried the half',
        300,
        async () => ((await attempted()) === half ? true : undefined),
        () => cluster.client.get(entry),
      );
      home.clone.commit();
      await untilApplied(await home.push());
      await untilReady(cluster, home.namespaces);
      said('the home is that of today', began);
    });

    test('every pod that was replaced was announced, and every other one runs on', { timeout }, async () => {
      const found = await replacements(cluster, before, announced);
      printReplacements(found);
      expect(surprises(found)).toEqual([]);
      expect(found.filter(({ isReplaced }) => isReplaced).length).toBeGreaterThan(0);
    });

    test('nothing that holds data was made again, and the data is there', { timeout }, async () => {
      expect(await lostIn(cluster, home.clone, before)).toEqual([]);
      const rows = await data.compare(new Set(announced.keys()));
      printTable(
        ['data', 'before', 'after'],
        rows.map(({ what, before: then, after }) => [what, brief(then), brief(after)]),
      );
      expect(rows.filter(({ before: then, after }) => then !== after)).toEqual([]);
    });

    test('what is promised of access holds', { timeout }, async () => {
      const { measured, silent } = await measuredPromises(cluster, measuring, home.clone);
      expect(silent).toEqual([]);
      expect(differencesOf(measured)).toEqual([]);
      const count = (verdict: string): number =>
        measured.filter(({ claim }) => claim.verdict === verdict).length;
      process.stdout.write(
        `${count('allowed')} allowed and passed, ${count('blocked')} blocked and refused\n`,
      );
      expect(count('allowed')).toBeGreaterThan(10);
      expect(count('blocked')).toBeGreaterThan(100);
    });

    async function attempted(): Promise<unknown> {
      const status = (await cluster.client.get(entry))?.['status'];
      return typeof status === 'object' && status !== null
        ? Reflect.get(status, 'lastAttemptedRevision')
        : undefined;
    }
  });

  describe.each(treesNamed('platform-on-the-bench'))('of the platform of $state', (tree) => {
    let platform: KeptPlatform;
    let before: Running;
    let volume: string;

    const untilApplied = async (revision: string): Promise<void> => {
      await flux.untilReady(platformValues, revision);
      await flux.untilReady(platformEntry, revision);
    };
    const inVolume = (): Promise<string> =>
      inDirectory(cluster, platform.directoryOf('home-assistant'), everyEntry);

    beforeAll(async () => {
      platform = await keptPlatform(cluster, flux, host, tree);
    }, timeout);
    afterAll(() => platform?.[Symbol.asyncDispose](), timeout);

    test('the platform of then comes up, and a volume is backed up', { timeout }, async () => {
      const began = performance.now();
      await untilApplied(await platform.push());
      said('the platform of then is ready', began);
      const source = replicationSource(await platform.clone.objects());
      expect(await backedUp(cluster, source)).toBe('Successful');
      said('there is a backup of the volume', began);
      before = await runningNow(cluster, platform.clone, namespacesOfPlatform);
      volume = await inVolume();
    });

    test('it becomes that of today: every pod that was replaced was announced', { timeout }, async () => {
      const began = performance.now();
      const announced = await configured(platform.clone);
      platform.clone.commit();
      await untilApplied(await platform.push());
      await untilReady(cluster, namespacesOfPlatform);
      said('the platform is that of today', began);
      const found = await replacements(cluster, before, announced);
      printReplacements(found);
      expect(surprises(found)).toEqual([]);
      expect(await lostIn(cluster, platform.clone, before)).toEqual([]);
      expect(await inVolume()).toBe(volume);
    });

    test('the backup of then is restored as the document of today says', { timeout }, async () => {
      const began = performance.now();
      const { directory } = platform.clone.repository;
      const { operator, reader } = await restoringOperator(cluster, directory);
      using _ = operator;
      const { snapshots, restored } = await restoreOnAnyComputer({ operator, reader }, timeout);
      expect(snapshots).toMatch(/^1 snapshots$/m);
      expect(restored).toBe(volume);
      said('the backup of then is restored', began);
    });
  });
});

/** As much of a hash as tells it from another one. */
function brief(text: string): string {
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{20,}/g, '$1…');
}
