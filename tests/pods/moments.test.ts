// Crosses configure, Flux and a real cluster in the moments between two states: who asks all the time sees no gate open, and nothing
// closed for longer than what is printed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from '../../src/operations/configure/configure.ts';
import { noProgress } from '../../src/operations/progress.ts';
import { announcedIn } from '../upgrades/announcedRestarts.ts';
import { treesNamed } from '../upgrades/keptTrees.ts';
import { lookAt } from '../upgrades/upgradedTree.ts';
import { daemons } from './cluster/daemons.ts';
import { dnsObjects } from './cluster/dns.ts';
import { dnsImage } from './cluster/images.ts';
import { podSuite } from './cluster/suite.ts';
import { places } from './cluster/world.ts';
import { claimsOf, named } from './fixtures/claims.ts';
import { fluxNamespace, type InstalledFlux, installFlux } from './fixtures/flux.ts';
import { entry, owner, values } from './fixtures/fluxHome.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { reportOf } from './fixtures/homePromises.ts';
import { type KeptHome, keptHome } from './fixtures/keptHome.ts';
import { eventually } from './fixtures/podState.ts';
import { untilReady } from './fixtures/ready.ts';
import { pausePodObject, startedPod } from './fixtures/settled.ts';
import { printTable } from './fixtures/upgrade.ts';
import {
  connectionsOf,
  destinations,
  leadsTo,
  leadsToApi,
  listenersOf,
  requestsOf,
} from './moments/homeWatches.ts';
import {
  hardlyAsked,
  type Judgement,
  judge,
  type Known,
  lasting,
  type Passed,
  silent,
  titleOf,
  type Window,
} from './moments/judgement.ts';
import { keySeen } from './moments/keysSeen.ts';
import { enough, type FirstMoments, firstMomentsOf } from './moments/newPods.ts';
import { type Seen, startWatching, type Watch, type Watching } from './moments/watch.ts';
import { type AccessKeys, createAccessKeys } from './standIns/accessTokens.ts';

const timeout = 900_000;
/** How long a key of Access may take to be known, with a margin for a busy machine: what is printed is 35 s. */
const accessWindow = 60_000;
/** How long a Service may be closed where the kubelet and the runtime start again: until the next probe, as the documents say. */
const readinessWindow = 20_000;
/** A namespace without policies. */
const elsewhere = 'elsewhere';
const tree = treesNamed('home-on-the-bench').at(0);
if (tree === undefined) throw new Error('no state of the home is kept');

podSuite('the moments between two states', (cluster) => {
  let flux: InstalledFlux;
  let host: GitHost;
  let home: KeptHome;
  let watching: Watching;
  let connections: readonly Watch[];
  let leftOut: readonly string[];
  const known: Known = { isolated: new Map(), passed: new Set() };
  const rows: string[][] = [];
  const newPods: FirstMoments[] = [];
  const keyRows: [what: string, milliseconds: number][] = [];

  beforeAll(async () => {
    [host, flux] = await Promise.all([startGitHost(cluster), installFlux(cluster)]);
    home = await keptHome(cluster, flux, host, tree);
    connections = await connectionsOfHome();
    const parties = connections.flatMap(({ from, to }) =>
      [from, to].flatMap((end) => (end.kind === 'party' ? [end.party] : [])),
    );
    watching = await startWatching(cluster, [...new Map(parties.map((each) => [each.name, each])).values()], {
      internet: [{ protocol: 'TCP', port: 443 }],
    });
    watching.ask([...connections, ...(await requests())]);
  }, timeout);
  afterAll(async () => {
    printTable(
      ['moments', 'must not pass', 'passed', 'before isolation', 'until', 'must pass', 'longest window'],
      rows,
    );
    printTable(
      ['a new pod', 'passed', 'until', 'then refused'],
      newPods.map(({ name, passed, until, refused }) => [name, `${passed}`, `${until} ms`, `${refused}`]),
    );
    printTable(
      ['keys of Access', 'after'],
      keyRows.map(([what, after]) => [what, `${after} ms`]),
    );
    await watching?.[Symbol.asyncDispose]();
    cluster.giveUp();
    await home?.[Symbol.asyncDispose]();
    await flux?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
  }, timeout);

  /** The objects of then and of today, with pods of nobody. */
  async function connectionsOfHome(): Promise<readonly Watch[]> {
    const { directory } = home.clone.repository;
    const prepared = await prepare(directory.path, directory.environment, noProgress);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
    const after = reportOf({ prepared: prepared.value });
    const then = [...(await lookAt(directory)).objects.values()];
    const others = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } },
      ...dnsObjects(dnsImage),
      pausePodObject(elsewhere, 'visitor', {}),
      pausePodObject('media', 'visitor', {}),
    ];
    const asked = {
      sources: [places.lan, places.internet],
      destinations: destinations(cluster.node.address),
      node: cluster.node.address,
    };
    const claims = claimsOf(after, others, asked).filter(
      ({ from }) => from.kind !== 'party' || from.party.namespace !== 'kube-system',
    );
    const found = connectionsOf(claimsOf({ ...after, objects: then }, others, asked), claims);
    const names = new Set(found.map(titleOf));
    leftOut = claims
      .map(({ protocol, port, ...claim }) => titleOf({ ...claim, name: '', asked: { protocol, port } }))
      .filter((title) => !names.has(title));
    return [...found, ...listenersOf(found)];
  }

  const requests = (keys?: AccessKeys) =>
    requestsOf(home.cloudflare, {
      owner,
      authority: cluster.facts.worldAuthority.certificate,
      ...(keys === undefined ? {} : { keys }),
    });

  /** Asks until everybody passes with a key, and nobody with another one any more, or it has taken too long. */
  async function untilKeys(passes: readonly Watch[], ends?: readonly Watch[]) {
    const began = Date.now();
    const seen: Seen[] = [];
    for (;;) {
      await wait(2_000);
      seen.push(...(await watching.report()));
      const begins = keySeen(passes, seen).begins - began;
      const last = ends === undefined ? 0 : Math.max(0, keySeen(ends, seen).ends - began);
      const now = Date.now() - began;
      if (now > accessWindow || (Number.isFinite(begins) && now > last + 4_000))
        return { begins, last, ...judge(seen, known) };
    }
  }

  /** Judges what was seen since the last time, once nothing has happened for a moment. */
  async function judged(what: string, tail = 2_000): Promise<Judgement> {
    await wait(tail);
    const seen = [...(await watching.report())];
    // On a busy machine the youngest pods are asked later, and the last question of a report may be refused by itself.
    const isOpen = (): boolean =>
      judge(seen, { isolated: new Map(known.isolated), passed: new Set(known.passed) }).windows.some(
        (window) => window.isOpen,
      );
    for (
      let turn = 0;
      turn < 60 && (hardlyAsked(watching.asked(), seen).length > 0 || (turn < 20 && isOpen()));
      turn += 1
    ) {
      await wait(1_000);
      seen.push(...(await watching.report()));
    }
    const judgement = judge(seen, known);
    const { asked, wrong, early, windows } = judgement;
    const [longest] = windows;
    const times = (all: readonly Passed[]): number => all.reduce((sum, each) => sum + each.times, 0);
    const oldest = Math.max(0, ...early.map(({ age = 0 }) => Math.round(age)));
    rows.push([
      what,
      ...[asked.blocked, times(wrong), times(early)].map(String),
      early.length === 0 ? '' : `${oldest} ms`,
      `${asked.allowed}`,
      longest === undefined ? 'none' : `${longest.length} ms: ${titleOf(longest.watch)}`,
    ]);
    expect(hardlyAsked(watching.asked(), seen), 'hardly asked').toEqual([]);
    expect(silent(watching.asked(), seen), 'nobody listens there').toEqual([]);
    expect(Math.min(asked.blocked, asked.allowed)).toBeGreaterThan(100);
    return judgement;
  }
  const untilApplied = async (revision: string): Promise<void> => {
    await flux.untilReady(values, revision);
    await flux.untilReady(entry, revision);
    await untilReady(cluster, home.namespaces);
  };
  const titles = (all: readonly { watch: Watch }[]): string[] => all.map(({ watch }) => titleOf(watch));
  const passes = (all: readonly Passed[]): string[] =>
    all.map(({ watch, times, age }) => `${titleOf(watch)}: ${times} times, last at an age of ${age} ms`);
  const gaps = (all: readonly Window[]): string[] =>
    all.map(({ watch, length, since, ages, answers }) => {
      const old = ages.length === 0 ? '' : `, pods ${ages.join(' and ')} ms old`;
      return `${titleOf(watch)}: ${length} ms from ${new Date(since).toISOString()}${old}, ${answers.join(', ')}`;
    });

  test('the first apply', { timeout }, async () => {
    process.stdout.write(
      `${connections.length} connections are asked; left out: ${leftOut.join(', ') || 'none'}\n`,
    );
    // What an upgrade opens or closes, or Gatehouse cannot say.
    expect(leftOut.length).toBeLessThan(5);
    await cluster.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } },
      pausePodObject(elsewhere, 'visitor', {}),
    ]);
    await untilApplied(await home.push());
    await cluster.apply([pausePodObject('media', 'visitor', {})]);
    await Promise.all([elsewhere, 'media'].map((name) => startedPod(cluster, name, 'visitor')));
    expect(passes((await judged('the first apply')).wrong)).toEqual([]);
  });

  test('an upgrade closes what was said, until the new pod is ready', { timeout }, async () => {
    const announced = announcedIn((await home.clone.gatehouse('configure', '--check', '--json')).stdout);
    expect((await home.clone.gatehouse('configure')).stderr).toBe('');
    home.clone.commit();
    const [, ...among] = await Promise.all([
      home.push().then(untilApplied),
      ...['one', 'two', 'three'].map((name) => firstMomentsOf(cluster, 'media', name)),
    ]);
    newPods.push(...among);
    const { wrong, windows } = await judged('an upgrade');
    expect(passes(wrong)).toEqual([]);
    const withGap = [...announced].filter(
      ([, { why }]) => !why.endsWith('a new pod is ready before an old one stops'),
    );
    const names = withGap.map(([workload]) => workload.replace(/^\S+ /, ''));
    expect(
      gaps(
        lasting(windows).filter(({ watch, isOpen }) => isOpen || !names.some((name) => leadsTo(watch, name))),
      ),
    ).toEqual([]);
  });

  test('a new pod is isolated a moment after its start', { timeout }, async () => {
    newPods.push(await firstMomentsOf(cluster, 'media', 'alone'));
    for (const { name, refused } of newPods) expect(refused, name).toBe(enough);
    // The same pod where no policy is: what refuses it is a policy.
    expect(await firstMomentsOf(cluster, elsewhere, 'free', 20)).toMatchObject({ passed: 20, refused: 0 });
  });

  test('other names of all policies open and close nothing, also where Flux is killed meanwhile', {
    timeout,
  }, async () => {
    const { path } = home.clone.repository.directory;
    const files = readdirSync(join(path, 'apps'), { recursive: true, encoding: 'utf8' });
    for (const file of files
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => join(path, 'apps', name))) {
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replaceAll(/(kind: NetworkPolicy\nmetadata:\n {2}name: \S+)/g, '$1-renamed'));
    }
    home.clone.commit();
    const revision = await home.push();
    await eventually('the first new name is there', 120, async () => {
      const policies = await cluster.client.list('networking.k8s.io/v1', 'NetworkPolicy');
      return policies.some(({ metadata }) => metadata.name.endsWith('-renamed')) || undefined;
    });
    // Half of it may be applied.
    const killed = ['delete', 'pod', '-l', 'app=kustomize-controller', '--grace-period=0', '--force'];
    expect((await cluster.kubectl('-n', fluxNamespace, ...killed)).output).toContain('deleted');
    await untilApplied(revision);
    const { output } = await cluster.kubectl('get', 'networkpolicies', '-A', '-o', 'name');
    // Flux never prunes what denies by default.
    const names = output
      .trim()
      .replaceAll(/^.*\//gm, '')
      .split('\n')
      .filter((name) => name !== 'default-deny');
    expect(names).toEqual(Array.from({ length: 9 }, () => expect.stringMatching(/-renamed$/)));
    const { wrong, windows } = await judged('other names of all policies');
    expect([passes(wrong), gaps(lasting(windows))]).toEqual([[], []]);
  });

  test('a policy that lets everybody in is seen', { timeout }, async () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'open', namespace: 'media' },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/component': 'redis' } },
        policyTypes: ['Ingress'],
        ingress: [{}],
      },
    };
    await cluster.apply([policy]);
    await wait(3_000);
    await cluster.client.remove({ ...policy, ...policy.metadata });
    await wait(3_000);
    const { wrong } = await judged('a policy that lets everybody in');
    expect(titles(wrong)).toContain('elsewhere/Pod/visitor → media/Deployment/immich-redis TCP 6379');
    expect(titles(wrong).filter((title) => !title.includes('immich-redis'))).toEqual([]);
  });

  test('a new key of Access passes soon, and one that is withdrawn no longer', { timeout }, async () => {
    const { cloudflare } = home;
    const [second, third] = await Promise.all(['second', 'third'].map(createAccessKeys));
    if (second === undefined || third === undefined) throw new Error('there are no keys');
    const withKeys = async (keys: AccessKeys): Promise<readonly Watch[]> =>
      (await requests(keys)).filter(({ name, verdict }) => verdict === 'allowed' && !name.endsWith('LAN'));
    const ofKey = (watches: readonly Watch[], which: string): Watch[] =>
      watches.map((watch) => ({ ...watch, name: `${watch.name}, ${which} key` }));
    const [first, next, last] = [
      ofKey(await withKeys(cloudflare.firstKey), 'first'),
      ofKey(await withKeys(second), 'second'),
      ofKey(await withKeys(third), 'third'),
    ];
    const others = (await requests()).filter(({ verdict }) => verdict === 'blocked');
    cloudflare.publish(second, cloudflare.firstKey);
    watching.ask([...connections, ...others, ...first, ...next]);
    const both = await untilKeys(next);
    cloudflare.publish(third);
    watching.ask([...connections, ...others, ...first, ...last]);
    const withdrawn = await untilKeys(last, first);
    watching.ask([...connections, ...(await requests(third))]);
    keyRows.push(
      ['a second key passes', both.begins],
      ['a third key passes', withdrawn.begins],
      ['the first key, withdrawn, is refused', withdrawn.last],
    );
    const then = await judged('then');
    // What has not ended goes on in the next of them.
    const ended = both.windows.filter(({ isOpen }) => !isOpen);
    expect([passes(both.wrong), gaps(lasting(ended))]).toEqual([[], []]);
    // The last answers to the first key may be among them.
    const rest = [...withdrawn.windows.filter(({ isOpen }) => !isOpen), ...then.windows].filter(
      ({ watch }) => !first.includes(watch),
    );
    expect([passes([...withdrawn.wrong, ...then.wrong]), gaps(lasting(rest))]).toEqual([[], []]);
    for (const [what, after] of keyRows) expect(after, what).toBeLessThan(accessWindow);
  });

  /** A pod that starts now is isolated: what started again does its work. */
  async function isolatesAgain(name: string): Promise<void> {
    const moments = await firstMomentsOf(cluster, 'media', name.toLowerCase());
    newPods.push(moments);
    expect(moments.refused).toBe(enough);
  }

  const controllers = Object.keys(daemons)
    .filter(isDaemon)
    .filter((name) => name !== 'etcd' && name !== 'apiServer');
  test.each(controllers)('%s starts again', { timeout }, async (name) => {
    await cluster.restartDaemons(name);
    await isolatesAgain(name);
    const { wrong, windows } = await judged(`${name} starts again`, 3_000);
    expect([passes(wrong), gaps(lasting(windows))]).toEqual([[], []]);
  });

  test('every daemon starts again at the same time', { timeout }, async () => {
    await cluster.restartDaemons(...Object.keys(daemons).filter(isDaemon));
    await isolatesAgain('everything');
    const { wrong, windows } = await judged('every daemon starts again', 5_000);
    const unexpected = windows.filter(
      (window) => window.isOpen || !(leadsToApi(window) || window.length < readinessWindow),
    );
    expect([passes(wrong), gaps(lasting(unexpected))]).toEqual([[], []]);
  });

  test('Flux and the DNS of the cluster start again', { timeout }, async () => {
    const namespaces = [fluxNamespace, 'kube-system'];
    for (const namespace of namespaces) {
      const restarted = await cluster.kubectl('-n', namespace, 'rollout', 'restart', 'deployment');
      expect(restarted).toMatchObject({ code: 0 });
    }
    await untilReady(cluster, namespaces);
    const { wrong, windows } = await judged('Flux and the DNS start again');
    // The DNS is that of the cluster, and has one pod here.
    const unexpected = windows.filter(
      ({ watch: { to }, isOpen }) => isOpen || !named(to).endsWith('/kube-dns'),
    );
    expect([passes(wrong), gaps(lasting(unexpected))]).toEqual([[], []]);
  });
});

function isDaemon(name: string): name is keyof typeof daemons {
  return Object.hasOwn(daemons, name);
}
