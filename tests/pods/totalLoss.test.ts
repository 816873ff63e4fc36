// Crosses the document on a total loss with a real cluster: Git, the age key and the NAS alone bring a home back.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { repositoryOfHome, type WrittenRepository } from '../real/fixtures/writtenRepository.ts';
import { podSuite } from './cluster/suite.ts';
import { type Operator, operatorOf } from './fixtures/documentsOperator.ts';
import type { NotHere } from './fixtures/documentsReader.ts';
import { everyEntry } from './fixtures/everyEntry.ts';
import { installFlux } from './fixtures/flux.ts';
import { tunnelCredentials } from './fixtures/fluxHome.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { manifestOnStandIn } from './fixtures/guardOnStandIn.ts';
import { applyHome, type Home } from './fixtures/home.ts';
import { type Dumps, databaseOf, dumpsIn, inNode, loseCluster } from './fixtures/lostHome.ts';
import { type LostReader, lostReader, totalLoss } from './fixtures/lostReader.ts';
import { eventually, podStates } from './fixtures/podState.ts';
import { untilReady } from './fixtures/ready.ts';
import { writtenLibrary } from './fixtures/writtenLibrary.ts';

const timeout = 600_000;

/** What of the document is not run here, and why. */
const notHere: readonly NotHere[] = [
  { text: /^flux /, because: 'no program flux can be had here' },
  { heading: /Turn off Traefik|Mount the NAS/, because: 'the node has no systemd and no e2fsprogs' },
  {
    heading: /network policies are enforced|The same name at home|From outside/,
    because: 'tests/pods/documents.test.ts: the same lines, in a home that came up by the quickstart',
  },
  {
    heading: /^When something is not/,
    because: 'the tests here make it happen, and read what the step itself says',
  },
];

/** The tests follow each other: a home lives, is lost, and comes back step by step. */
podSuite('a home after a total loss', (cluster) => {
  const database = databaseOf(cluster);
  let repository: WrittenRepository;
  let host: GitHost;
  let home: Home;
  let operator: Operator;
  let list: LostReader;
  let text: string;
  let library: string;
  let dumps: Dumps;
  let before: { rows: string; files: string };
  let followed: number;

  const said = (what: string, began: number): void =>
    void process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${what}\n`);
  const files = (): Promise<string> => inNode(cluster, `cd ${library}\n${everyEntry}`);
  const server = async () =>
    (await podStates(cluster, 'media')).find(({ name }) => name.startsWith('immich-server-'));

  let isBroken = false;
  beforeEach(({ skip, onTestFailed }) => {
    skip(isBroken, 'the test before has failed');
    onTestFailed(() => {
      isBroken = true;
    });
  });

  beforeAll(async () => {
    repository = repositoryOfHome();
    [host, operator] = await Promise.all([startGitHost(cluster), operatorOf(cluster)]);
    const git = await host.repository('home');
    await repository.configure({
      cluster: (value) => {
        value.repository.url = git.url;
      },
    });
    const { path } = repository.directory;
    const keys = join(operator.home, '.config', 'sops', 'age');
    mkdirSync(keys, { recursive: true });
    copyFileSync(`${path}.agekey`, join(keys, 'keys.txt'));
    const plain = repository.directory.read('cluster.private.yaml');
    // As `gatehouse init` leaves it: the private values are in Git, encrypted.
    const encrypted = await operator.type(
      `cd ${path} && gatehouse secrets encrypt && gatehouse docs --local; cd`,
    );
    if (encrypted.code !== 0) throw new Error(encrypted.screen);
    text = repository.directory.read(`docs/local/${totalLoss}`);
    const written = Object.entries(await repository.files()).filter(
      ([file]) => !file.startsWith('docs/local/'),
    );
    const onStandIn = written.map(([file, content]) => [file, manifestOnStandIn(content)]);
    await git.push(Object.fromEntries(onStandIn), 'What Gatehouse wrote');
    rmSync(join(path, 'cluster.private.sops.yaml'));
    repository.directory.write('cluster.private.yaml', plain);
    home = await applyHome(cluster, repository);
    library = writtenLibrary(home.objects).path;
    dumps = dumpsIn(cluster, library);
  }, timeout);

  afterAll(async () => {
    // What Flux waits for would keep it from removing anything.
    cluster.giveUp();
    await home?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    operator?.[Symbol.dispose]();
    repository?.[Symbol.dispose]();
  }, timeout);

  test('a home lives, and dumps its database at night', { timeout }, async () => {
    await database.fill();
    await dumps.make('20261126T020000');
    await database.sql(
      `insert into asset (number, path) select n, 'upload/' || n from generate_series(201, 300) n`,
    );
    await inNode(
      cluster,
      `cd ${library}/upload; mkdir -p one/ab; head -c 300000 /dev/urandom >one/ab/photo.jpg; chmod 0640 one/ab/photo.jpg
printf 'x' >'one/ab/with ümlaut and blank.heic'; ln one/ab/photo.jpg one/ab/again.jpg; chown -R 1000:1000 one
touch -d @1790000000.25 one/ab/photo.jpg`,
    );
    await dumps.make('20261127T020000');
    before = { rows: await database.rows(), files: await files() };
    expect(before.rows.split('\n').length).toBeGreaterThan(300);
    expect(before.files).toMatch(/^upload\/one\/ab\/photo\.jpg f 1000:1000 640 2 1790000000\.2500000000 $/m);
    // What came after the last dump is lost.
    await database.sql(`insert into asset (number, path) values (301, 'upload/after the dump')`);
  });

  test('the cluster is lost: nothing but the NAS, Git and the key is left', { timeout }, async () => {
    const began = performance.now();
    await loseCluster(cluster, dirname(library));
    said('an empty cluster is there', began);
    const { output } = await cluster.kubectl('get', 'pods,secrets,deployments', '-A', '-o', 'name');
    expect(output.split('\n').filter((name) => /immich|cloudflared|sops-age/.test(name))).toEqual([]);
    expect(await inNode(cluster, 'ls -d /var/lib/immich-postgres 2>/dev/null || true')).toBe('');
    expect(await files()).toBe(before.files);
  });

  test('the repository; with no key, or another one, it goes no further', { timeout }, async () => {
    list = lostReader(operator, text, said);
    const [clone] = list.step(/^\d+\. The repository/).blocks;
    for (const [name, make] of Object.entries({ none: 'true', other: 'gatehouse secrets keygen' })) {
      const lines = `export SOPS_AGE_KEY_FILE="$HOME/${name}.agekey"; ${make}; mkdir ${name}; cd ${name}`;
      const { screen, code } = await operator.type(`${lines}\n${clone?.script}`, { window: name });
      expect({ name, code: code === 0, screen }).toEqual({
        ...{ name, code: false },
        screen: expect.stringMatching(/key/),
      });
      expect(screen).not.toContain('Written');
    }
    expect((await list.run(/^\d+\. The repository/))[0]).toContain('What Gatehouse wrote');
    // It is this document that is read from here on.
    expect((await operator.type(`cat docs/local/${totalLoss}`)).screen).toBe(text);
  });

  test('the node, and the Secrets that are in no Git', { timeout }, async () => {
    const flux = await installFlux(cluster);
    said('Flux is installed', performance.now() - flux.readyAfter);
    await list.run(/The directory of the database/, { at: 'node' });
    const file = join('.cloudflared', `${JSON.parse(tunnelCredentials).TunnelID}.json`);
    await operator.type(`mkdir ~/.cloudflared; printf '%s' '${tunnelCredentials}' >~/${file}`);
    for (const heading of [/^Secrets$/, /`sops-age`/, /`immich-database`/, /`immich-admin`/, /`cloudflared-/])
      await list.run(heading);
  });

  test('Immich is held back, and not where the library is another one', { timeout }, async () => {
    await inNode(
      cluster,
      `cd ${library}; mv .gatehouse-library .own; echo 0123456789abcdef >.gatehouse-library`,
    );
    const [hold] = list.step(/Hold Immich back/).blocks;
    const refused = await operator.type(hold?.script ?? '', { timeout });
    expect(refused.failed.join()).toContain('grep -qx');
    expect(refused.screen).toMatch(/^\.gatehouse-library$/m);
    await inNode(cluster, `cd ${library}; mv .own .gatehouse-library`);
    const [screen = ''] = await list.run(/Hold Immich back/);
    expect(screen).toMatch(/^\.gatehouse-library\.held$/m);
    expect(screen).not.toMatch(/^\.gatehouse-library$/m);
  });

  test('Flux brings everything, and no server starts', { timeout }, async () => {
    followed = performance.now();
    const [screen] = await list.run(/Tell Flux where to look/);
    expect(screen?.match(/condition met/g)).toHaveLength(2);
    await eventually('the guard misses the sentinel', 240, async () => {
      const pod = await server();
      return pod?.initExits.includes(12) === true ? true : undefined;
    });
    await list.reader.run(list.step(/Restore the database/).blocks[0], { timeout: 400_000 });
    expect(await database.tables()).toBe(0);
  });

  test('a dump that is cut off, or of a later Immich, is named and changes nothing', {
    timeout,
  }, async () => {
    const [dump] = list.step(/The last dump/).blocks;
    const [, send] = list.step(/Restore the database/).blocks;
    const whole = await dumps.read('immich-db-backup-20261127T020000-v3.1.0-pg18.4.sql.gz');
    const cut = 'immich-db-backup-20261128T020000-v3.1.0-pg18.4.sql.gz';
    await dumps.write(cut, whole.subarray(0, whole.length - 200));
    expect((await operator.type(dump?.script ?? '')).screen).toMatch(/unexpected end of file/);
    // Whoever goes on all the same has lost nothing: what came is not kept.
    await operator.type(`tables=0\n${send?.script}`);
    expect(await database.tables()).toBe(0);
    await dumps.remove(cut);
    const later = 'immich-db-backup-20261128T030000-v9.0.0-pg18.4.sql.gz';
    await dumps.write(later, whole);
    expect((await operator.type(dump?.script ?? '')).screen).toMatch(/disorder: \d/);
    await dumps.remove(later);
  });

  test('the last dump comes back, and Immich starts on it', { timeout }, async () => {
    const [dump = ''] = await list.run(/The last dump/);
    expect(dump).toContain('database dump complete');
    expect(dump).toContain('not newer than the server');
    const [first, then] = await list.run(/Restore the database/);
    expect(first).toContain('0 tables');
    expect(then).toMatch(/^2\n300$/m);
    expect(await database.rows()).toBe(before.rows);
    // What is there already is not written over.
    await database.sql(`update asset set path = 'mine' where number = 1`);
    for (const { script } of list.step(/Restore the database/).blocks) await operator.type(script);
    expect(await database.sql(`select path from asset where number = 1`)).toBe('mine\n');
    await database.sql(`update asset set path = E'upload/\\\\1\\t\\n' where number = 1`);
    // The container of the server has never run.
    expect(await server()).toMatchObject({ phase: 'Pending', exits: [], restarts: 0 });
    const [released = ''] = await list.run(/Let Immich start/);
    expect(released).toContain('successfully rolled out');
    expect(released).toContain('IMMICH_SETUP: already has an administrator');
    await untilReady(cluster, ['media', 'networking']);
    said('everything is ready, since Flux was told where to look', followed);
    expect(await database.rows()).toBe(before.rows);
    expect(await files()).toBe(before.files);
  });

  test('each command has its place', () => {
    expect(list.reader.unplaced(notHere)).toEqual({ commands: [], lines: [] });
  });
});
