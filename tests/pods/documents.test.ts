// Crosses the documents that Gatehouse writes, its program and a real cluster: what a document says to type, and what it prints.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { nodeAddress } from './cluster/node.ts';
import { podSuite } from './cluster/suite.ts';
import { laterIn } from './fixtures/documentsLater.ts';
import { application, type Operator, operatorOf, remoteRepository } from './fixtures/documentsOperator.ts';
import { podsOfHome } from './fixtures/documentsPods.ts';
import { type Reader, readerOf } from './fixtures/documentsReader.ts';
import {
  filledIn,
  flagsOfInit,
  library,
  notHere,
  owner,
  repositoryUrl,
  sharedDirectory,
  tunnel,
} from './fixtures/documentsTables.ts';
import { claimsIn, quotedIn, type Section } from './fixtures/documentsText.ts';
import { type DocumentedHome, namespaces, waysOf } from './fixtures/documentsWays.ts';
import { writtenServer } from './fixtures/guardedServer.ts';
import { patchesForStandIn } from './fixtures/guardOnStandIn.ts';
import { untilReady } from './fixtures/ready.ts';
import { type Cloudflare, startCloudflareFor } from './fixtures/world.ts';

podSuite('the documents', (cluster) => {
  let operator: Operator;
  let reader: Reader;
  let cloudflare: Cloudflare | undefined;
  const projectFile = (name: string): string =>
    readFileSync(join(import.meta.dirname, '..', '..', name), 'utf8');
  const clone = (): string => join(operator.home, 'home-ops');
  const quickstart = (heading: RegExp): Section => reader.section('quickstart.md', heading);
  const guide = (heading: RegExp): Section => reader.section('README.md', heading);

  beforeAll(async () => {
    operator = await operatorOf(cluster);
    reader = readerOf(operator, filledIn);
    reader.add('the README of Gatehouse', projectFile('README.md'));
    mkdirSync(join(operator.home, 'gatehouse'));
    operator.goTo(join(operator.home, 'gatehouse'));
    // What `flux install` makes.
    const metadata = { name: 'flux-system' };
    await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
  });
  afterAll(async () => {
    process.stdout.write(`${reader.summary(notHere)}\n`);
    cluster.giveUp();
    await cloudflare?.[Symbol.asyncDispose]();
    operator[Symbol.dispose]();
  }, 200_000);

  let isBroken = false;
  // Each test begins where the one before has ended.
  beforeEach(({ skip, onTestFailed }) => {
    skip(isBroken, 'the test before has failed');
    onTestFailed(() => {
      isBroken = true;
    });
  });

  /** Runs each block of a step, and then what its check says. */
  async function step(heading: RegExp, at: 'node' | 'lan' = 'lan'): Promise<void> {
    const section = quickstart(heading);
    for (const block of section.blocks) await reader.run(block, { at });
    await check(section, at);
  }

  /** Runs each command of the check: it shows what the sentence quotes behind it. */
  async function check(section: Section, at: 'node' | 'lan' = 'lan'): Promise<void> {
    const [, ...claims] = claimsIn(section.labelled('Check'), section.commands);
    expect(claims.length, section.heading).toBeGreaterThan(0);
    for (const { command, says, text } of claims) {
      const count = /shows (\d+) under DATA/.exec(text)?.[1];
      const wanted = count === undefined ? says : ['DATA', new RegExp(`^\\S+ +\\S+ +${count} `, 'm')];
      await reader.sees(command, wanted, { at });
    }
  }

  test('the README of Gatehouse: a repository begins', { timeout: 120_000 }, async () => {
    const [, begin] = reader.section('the README of Gatehouse', /Your own repository/).blocks;
    const { screen } = await reader.run(begin, { filledIn: flagsOfInit, mayFail: /gatehouse status/ });
    expect(screen).toContain('Written: ');
    operator.goTo(clone());
    await operator.type(`${remoteRepository(operator, repositoryUrl)}
git init -q . && git remote add origin ${repositoryUrl}`);
    await operator.type('gatehouse docs --local');
    reader.open(join(clone(), 'docs', 'local'));
  });

  test('what is to be done before a commit', { timeout: 120_000 }, async () => {
    await reader.run(guide(/In your editor/).blocks[0]);
    expect(JSON.parse(readFileSync(join(clone(), 'cluster.schema.json'), 'utf8'))).toHaveProperty('$schema');
    await reader.run(guide(/Install gatehouse/).blocks[1]);
    await operator.type('git add -A');
    await reader.run(guide(/Before a commit/).blocks[0]);
    for (const block of guide(/The same by hand/).blocks.slice(0, -1))
      expect(await reader.run(block, { mayFail: /git grep|grep -vE/ })).toMatchObject({ screen: '' });
    expect((await reader.run(guide(/The same by hand/).blocks.at(-1))).screen).toContain('cluster.yaml');
  });

  test('the cluster and its storage', { timeout: 120_000 }, async () => {
    await check(quickstart(/^1\. /));
    await policiesAreOn();
    await storage();
  });

  async function policiesAreOn(): Promise<void> {
    const look = quickstart(/^2\. /).blocks[0];
    const option = '/etc/rancher/k3s/config.yaml';
    await operator.type(`mkdir -p /etc/rancher/k3s; echo disable-network-policy: true >${option}`, {
      at: 'node',
    });
    expect((await reader.run(look, { at: 'node', mayFail: /grep/ })).screen).toContain(option);
    await operator.type(`rm ${option}`, { at: 'node' });
    expect((await reader.run(look, { at: 'node', mayFail: /grep/ })).screen).toBe('');
  }

  async function storage(): Promise<void> {
    const [mount] = quickstart(/^4\. /).commands.filter(({ script }) => script.startsWith('findmnt'));
    const sentinel = quickstart(/^6\. /);
    await operator.type(`mkdir -p ${library}; mount_point=${sharedDirectory}`, { at: 'node' });
    // On another disk it refuses to write.
    const refused = await operator.type(sentinel.blocks[0]?.script ?? '', { at: 'node' });
    expect(refused).toMatchObject({ code: 1, screen: '' });
    await operator.type(`rmdir ${library}; mount -t tmpfs nas ${sharedDirectory}`, { at: 'node' });
    expect(
      (await reader.run(mount, { at: 'node' })).screen.match(/^\/mnt\/nas\/pictures .*$/gm),
    ).toHaveLength(1);
    await step(/^5\. /, 'node');
    await step(/^6\. /, 'node');
    const again = await operator.type(sentinel.blocks[0]?.script ?? '', { at: 'node' });
    expect(again.code).not.toBe(0);
    await reader.run(quickstart(/^7\. /).blocks[0], { at: 'node' });
    const [owner, disk] = quickstart(/^7\. /).commands.filter(({ kind }) => kind === 'sentence');
    await reader.sees(owner, ['999:999 700'], { at: 'node' });
    expect((await reader.run(disk, { at: 'node' })).screen).not.toMatch(/nfs|cifs/);
  }

  test('the Secrets', { timeout: 120_000 }, async () => {
    // What `cloudflared tunnel create` writes.
    const credentials = { AccountTag: '0123456789abcdef', TunnelSecret: 'bm90IGEgc2VjcmV0IGF0IGFsbA==' };
    mkdirSync(join(operator.home, '.cloudflared'));
    writeFileSync(
      join(operator.home, '.cloudflared', `${tunnel}.json`),
      JSON.stringify({ ...credentials, TunnelID: tunnel }),
    );
    await reader.run(quickstart(/^Secrets$/).blocks[0]);
    for (const heading of [/^10\. /, /^12\. /, /^13\. /, /^14\. /]) await step(heading);
    const [deployKey] = quickstart(/^11\. /).blocks;
    expect((await reader.run(deployKey)).screen).toMatch(/SHA256:\S+ github\.com/);
    await step(/^15\. /);
    operator.goTo(clone());
  });

  test('it comes up without Flux', { timeout: 300_000 }, async () => {
    cloudflare = await startCloudflareFor(cluster, application);
    await reader.run(quickstart(/^16\. /).blocks[0], { mayFail: /^kubectl apply/ });
    const [apply] = quickstart(/^Without Flux$/).blocks;
    const first = (script: string): string => script.split('\n', 1)[0] ?? '';
    await reader.run(apply, { part: first });
    const rest = (script: string): string => script.slice(first(script).length);
    await onTmpfs(() => reader.run(apply, { part: rest, mayFail: /^kubectl diff/ }));
    await untilReady(cluster, namespaces);
  });

  /** Meanwhile the guard in the local manifests takes the stand-in for the NAS. */
  async function onTmpfs<T>(body: () => Promise<T>): Promise<T> {
    const file = join(clone(), 'local', 'kustomization.yaml');
    const written = readFileSync(file, 'utf8');
    const { patches = [], ...rest } = parse(written);
    writeFileSync(file, stringify({ ...rest, patches: [...patches, ...patchesForStandIn] }));
    try {
      return await body();
    } finally {
      writeFileSync(file, written);
    }
  }

  test('the name at home, the first administrator, and the proof', { timeout: 240_000 }, async () => {
    await reader.sees(quickstart(/^17\. /).blocks[0], [new RegExp(`^${nodeAddress}\n$`)]);
    await reader.sees(quickstart(/^17\. /).commands.at(-1), [new RegExp(`^${nodeAddress}\n$`)]);
    const wayB = quickstart(/^18\. /);
    const [log = ''] = quotedIn(wayB.labelled('Check'));
    await reader.sees(wayB.blocks[0], [log, owner]);
    const proof = quickstart(/^20\. /);
    const [status = '', login = '', pong = '', refused = ''] = quotedIn(proof.labelled('Check'));
    await reader.sees(proof.blocks[0], [status, login], { at: 'internet' });
    await reader.sees(proof.blocks[1], [pong]);
    await reader.sees(proof.blocks[2], [refused], { seconds: 120 });
    await reader.sees(quickstart(/^21\. /).blocks[0], ['401', '401']);
    const check = quickstart(/^22\. /);
    expect((await reader.run(check.blocks[0])).screen).toMatch(/ proved, 0 refuted, 0 unknown/);
  });

  const home = (window: string, directory = clone()): DocumentedHome => {
    operator.goTo(directory, window);
    return {
      ...{ cluster, onTmpfs, reader: reader.at(window) },
      operator: { ...operator, type: (script, typing) => operator.type(script, { window, ...typing }) },
      cloudflare: () => cloudflare as Cloudflare,
      withoutCloudflare: async (body) => {
        await cloudflare?.[Symbol.asyncDispose]();
        await body();
        cloudflare = await startCloudflareFor(cluster, application);
      },
    };
  };
  const timeout = 600_000;
  const timed = async (what: string, body: () => Promise<void>): Promise<void> => {
    const began = performance.now();
    await body();
    process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1)} s: ${what}\n`);
  };

  test('the paths of the troubleshooting, and who is refused', { timeout }, async () => {
    const ways = waysOf(home('ways'));
    await ways.outside();
    await ways.inside();
    await ways.refusals();
    await ways.tooLarge();
    await ways.withoutApplication();
  });

  test('what does not work, and its remedies, side by side', { timeout }, async () => {
    const ways = waysOf(home('networking'));
    const pods = podsOfHome(home('media'));
    const betweenCloudflareAndTheProxy = async (): Promise<void> => {
      await timed('withoutKeys', ways.withoutKeys);
      await timed('tunnelWithoutCredentials', ways.tunnelWithoutCredentials);
    };
    const ofImmich = async (): Promise<void> => {
      await timed('databaseWithoutDirectory', pods.databaseWithoutDirectory);
      await timed('withoutPassword', pods.withoutPassword);
      await timed('withoutNas', pods.withoutNas);
      await timed('withoutAdministrator', pods.withoutAdministrator);
    };
    const copy = join(operator.home, 'copy');
    // With Flux there are no local manifests.
    const remote = join(operator.home, '..', 'remote.git');
    await operator.type(`cp -r ${clone()} ${copy}; cp -r ${remote} ${copy}.git; rm -r ${copy}/local
git -C ${copy} remote set-url origin ${copy}.git`);
    const later = laterIn(home('copy', copy), copy);
    const inTheRepository = async (): Promise<void> => {
      await timed('keysAndSecrets', later.keysAndSecrets);
      await timed('decisions', later.decisions);
      await timed('ownApp', later.ownApp);
      await timed('upgrade', later.upgrade);
    };
    const written = await writtenServer();
    await Promise.all([
      betweenCloudflareAndTheProxy(),
      ofImmich(),
      inTheRepository(),
      timed('guardSaysAll', async () => void (await pods.guardSaysAll(written))),
    ]);
  });

  test('what comes later', { timeout }, async () => {
    const later = laterIn(home('later'), clone());
    await timed('rest', later.rest);
    await timed('withoutFlux', later.withoutFlux);
    await timed('closed', later.closed);
    await timed('removed', later.removed);
  });

  test('each command has its place', () => {
    expect(reader.unplaced(notHere)).toEqual({ commands: [], lines: [] });
  });
});
