// Crosses configure with Flux in a real cluster: what is pushed runs, what changes is changed, and what goes away is pruned.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, type ExpectStatic, test } from 'vitest';
import { z } from 'zod';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { GitRepository } from '../real/fixtures/gitServer.ts';
import { type Reference, referenceTo } from '../real/fixtures/kubernetesClient.ts';
import { nameOf } from '../real/serverCheck.ts';
import { nodeAddress } from './cluster/node.ts';
import { podSuite } from './cluster/suite.ts';
import { volumeFor } from './fixtures/boundVolume.ts';
import { fluxNamespace, type InstalledFlux, installFlux } from './fixtures/flux.ts';
import {
  chartFollowers,
  chartFor,
  chartRepository,
  chartsNamespace,
  claimOf,
  definition,
  releaseOfPlatform,
} from './fixtures/fluxCharts.ts';
import {
  entry,
  type FollowedHome,
  followedHome,
  type PushedHome,
  passwords,
  values,
} from './fixtures/fluxHome.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { removeNamespaces } from './fixtures/home.ts';
import { startRegistry } from './fixtures/ociRegistry.ts';
import { eventually } from './fixtures/podState.ts';
import { askerAt, podsOf } from './fixtures/pods.ts';
import { runningPods } from './fixtures/runningPods.ts';

const timeout = 900_000;

/** The tests of a group follow each other: what one has brought into the cluster the next one changes. The groups run side by side. */
podSuite('Flux in the cluster', (cluster) => {
  const { client } = cluster;
  const pods = podsOf(cluster);
  /** What is brought in at the same time goes away at the same time. */
  const undo: (() => PromiseLike<unknown>)[] = [];
  let flux: InstalledFlux;
  let host: GitHost;
  let home: FollowedHome;
  let first: PushedHome;
  let charts: GitRepository;
  let release: KubernetesObject;
  let source: KubernetesObject;

  // Everything is pushed at once: each test waits for what is not there yet.
  beforeAll(async () => {
    host = await startGitHost(cluster);
    flux = await installFlux(cluster);
    said('the four controllers are ready', flux.readyAfter);
    await Promise.all([pushHome(), pushChart(), releaseFromRegistry()]);
  }, timeout);

  afterAll(async () => {
    cluster.giveUp();
    await Promise.all(undo.map((step) => step()));
    await flux?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
  }, timeout);

  async function pushHome(): Promise<void> {
    home = await followedHome(cluster, flux, host);
    undo.push(() => home[Symbol.asyncDispose]());
    first = await home.push();
  }

  async function pushChart(): Promise<void> {
    charts = await host.repository('charts');
    await charts.push(chartRepository('first'), 'A chart');
    undo.push(async () => {
      await flux.remove(follower('Kustomization'));
      await removeNamespaces(cluster, [chartsNamespace]);
    });
    await cluster.apply(followers());
  }

  async function releaseFromRegistry(): Promise<void> {
    ({ source, release } = await releaseOfPlatform('volsync'));
    const namespace = release.metadata.namespace ?? '';
    const registry = await startRegistry(cluster, [chartFor(source, release)]);
    const volume = await volumeFor(cluster, claimOf(release), 0);
    undo.push(async () => {
      await flux.remove(referenceTo(release));
      await removeNamespaces(cluster, [namespace]);
      await client.remove(referenceTo(definition));
      await volume[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    });
    await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await cluster.apply([source, release]);
  }

  const said = (what: string, milliseconds: number): void =>
    void process.stdout.write(`${(milliseconds / 1_000).toFixed(1)} s: ${what}\n`);
  const live = (object: KubernetesObject) => client.get(referenceTo(object));
  const isThere = async (object: KubernetesObject): Promise<boolean> => {
    const found = await live(object);
    return found !== undefined && found.metadata['deletionTimestamp'] === undefined;
  };
  const missing = async (objects: readonly KubernetesObject[]): Promise<string[]> => {
    const found = await Promise.all(objects.map(isThere));
    return namesOf(objects.filter((_, index) => found[index] !== true));
  };
  const untilGone = (objects: readonly KubernetesObject[]) =>
    eventually('what was pruned is gone', 300, async () =>
      (await missing(objects)).length === objects.length ? true : undefined,
    );

  describe.concurrent('follows a home', () => {
    const settled = async (expect: ExpectStatic, { revision }: PushedHome): Promise<void> => {
      const began = performance.now();
      await flux.untilReady(values, revision);
      const { message } = await flux.untilReady(entry, revision);
      expect(message).toBe(`Applied revision: ${revision}`);
      said('the home is as it was pushed', performance.now() - began);
    };
    const namespaces = ['Namespace /media', 'Namespace /networking'];
    const denials = ['NetworkPolicy media/default-deny', 'NetworkPolicy networking/default-deny'];
    const claim = 'PersistentVolumeClaim media/immich-postgres';
    let second: PushedHome;

    test.sequential('from a push to pods: decrypted, substituted, applied and ready', {
      timeout,
    }, async ({ expect }) => {
      await settled(expect, first);
      expect(await missing(first.objects)).toEqual([]);
      const secret = await live(find(first.objects, 'Secret media/immich-database'));
      expect(Buffer.from(textsIn(secret)['password'] ?? '', 'base64').toString()).toBe(passwords.database);
      const open = await Promise.all(
        first.objects.map(async (object) => [object, await live(object)] as const),
      );
      const unfilled = open.filter(
        ([object, found]) => !isLiteral(object) && JSON.stringify(found).includes('${'),
      );
      expect(namesOf(unfilled.map(([object]) => object))).toEqual([]);
      const url = 'http://photos.example.org:30082/api/server/config';
      const answer = await pods.from('lan').answer({ url, address: nodeAddress });
      expect(answer.body).toContain('"isInitialized":true');
    });

    test.sequential('a second commit changes what it changes, and what went away is pruned, but no claim', {
      timeout,
    }, async ({ expect }) => {
      second = await home.push({
        cluster(value) {
          value.originProxy.uploads = 5;
          value.immich.machineLearning = { enabled: false };
          value.immich.database.storage = { kind: 'hostPath', node: 'alpha' };
        },
      });
      await settled(expect, second);
      const now = new Set(namesOf(second.objects));
      const gone = first.objects.filter((object) => !now.has(nameOf(object)));
      expect(namesOf(gone.filter(isKept))).toEqual([claim]);
      const pruned = gone.filter((object) => !isKept(object));
      expect(namesOf(pruned)).toContain('Deployment media/immich-machine-learning');
      await untilGone(pruned);
      await eventually('the pod of machine learning ends', 120, async () => {
        const running = await runningPods(cluster, 'media');
        return running.some(({ name }) => name.startsWith('immich-machine-learning')) ? undefined : true;
      });
      const proxy = find(second.objects, 'ConfigMap networking/immich-origin-proxy');
      expect(textsIn(await live(proxy))).toEqual(textsIn(proxy));
      expect(textsIn(proxy)).not.toEqual(textsIn(find(first.objects, nameOf(proxy))));
      await claimIsKept(expect);
    });

    test.sequential('what somebody changed by hand is undone', { timeout }, async ({ expect }) => {
      const denied = find(second.objects, denials[0] ?? '');
      const opened = find(second.objects, 'NetworkPolicy media/immich-postgres');
      const before = (await live(opened))?.['spec'];
      await client.remove(referenceTo(denied));
      await client.patch(referenceTo(opened), { spec: { ingress: [{}] } });
      expect((await live(opened))?.['spec']).toMatchObject({ ingress: [{}] });
      expect((await live(opened))?.['spec']).not.toEqual(before);
      await flux.reconcile(entry);
      await eventually('both policies are as they were', 120, async () => {
        const spec = (await live(opened))?.['spec'];
        return (await isThere(denied)) && isDeepStrictEqual(spec, before) ? true : undefined;
      });
    });

    test.sequential('without its Kustomization it goes away, but for what is never pruned', {
      timeout,
    }, async ({ expect }) => {
      await flux.remove(entry);
      const applied = second.objects.filter(({ metadata }) => metadata.namespace !== fluxNamespace);
      await untilGone(applied.filter((object) => !isKept(object)));
      const kept = applied.filter(isKept);
      expect(namesOf(kept)).toEqual([...namespaces, ...denials].sort());
      expect(await missing(kept)).toEqual([]);
      await claimIsKept(expect);
    });

    /** With the data of the database that was in it. */
    async function claimIsKept(expect: ExpectStatic): Promise<void> {
      const status = (await live(find(first.objects, claim)))?.['status'];
      expect(status).toMatchObject({ phase: 'Bound' });
      const { output } = await cluster.execInNode(['find', home.volume.directory, '-name', 'PG_VERSION']);
      expect(output).not.toBe('');
    }
  });

  const followers = () => chartFollowers(charts.url, host.alerts.url);
  const follower = (kind: string): Reference =>
    referenceTo(find(followers(), `${kind} ${fluxNamespace}/charts`));

  describe.concurrent('releases a chart that is in Git', () => {
    test.sequential('from a push to pods', { timeout }, async () => {
      await flux.untilReady(follower('Kustomization'));
      await says('first');
    });

    test.sequential('a webhook brings a commit at once, and an alert tells of it', { timeout }, async ({
      expect,
    }) => {
      await charts.push(chartRepository('second'), 'The chart says something else');
      expect(await called(`${await webhook()}0`)).toBe(404);
      expect(await called(await webhook())).toBe(200);
      const began = performance.now();
      await says('second');
      said('a commit is in the pods after the webhook', performance.now() - began);
      await eventually(
        'the alert comes',
        120,
        async () => host.alerts.received().find((each) => each.includes('UpgradeSucceeded')),
        async () => host.alerts.received(),
      );
    });

    test.sequential('without its HelmRelease it goes away', { timeout }, async ({ expect }) => {
      const last = await charts.push(chartRepository('second', false), 'No release');
      expect(await called(await webhook())).toBe(200);
      await flux.untilReady(follower('Kustomization'), last);
      const named = (apiVersion: string, kind: string): KubernetesObject => ({
        apiVersion,
        kind,
        metadata: { name: 'hello', namespace: chartsNamespace },
      });
      await untilGone([named('helm.toolkit.fluxcd.io/v2', 'HelmRelease'), named('apps/v1', 'Deployment')]);
    });

    /** Waits until the web server of the release answers with a text. */
    async function says(text: string): Promise<void> {
      let last: string | undefined;
      const look = async (): Promise<true | undefined> => {
        last = await answerOfRelease();
        return last === text ? true : undefined;
      };
      await eventually(`the release says ${text}`, 300, look, async () => last);
    }

    async function answerOfRelease(): Promise<string> {
      const [pod] = await runningPods(cluster, chartsNamespace);
      if (pod === undefined) return 'no pod runs';
      const request = pods.from('lan').request({ url: 'http://hello:8080/', address: pod.address });
      return await request.then(({ body }) => body, String);
    }

    async function webhook(): Promise<string> {
      await flux.untilReady(follower('Receiver'));
      const status = (await client.get(follower('Receiver')))?.['status'];
      return z.looseObject({ webhookPath: z.string() }).parse(status).webhookPath;
    }

    /** The status with which the webhook receiver answers on a path. */
    async function called(path: string): Promise<number> {
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        name: 'webhook-receiver',
        namespace: fluxNamespace,
      };
      const spec = (await client.get(service))?.['spec'];
      const { clusterIP: address } = z.looseObject({ clusterIP: z.string() }).parse(spec);
      const node = askerAt(`/proc/${cluster.facts.node.pid}/ns/net`);
      const url = `http://webhook-receiver${path}`;
      return (await node.answer({ url, address, method: 'POST', body: '{}' })).status;
    }
  });

  describe.concurrent('releases a chart of a registry, as Gatehouse writes it for the platform', () => {
    const deployment = (): KubernetesObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: release.metadata.name, namespace: release.metadata.namespace ?? '' },
    });

    test.sequential('with the values that are written', { timeout }, async ({ expect }) => {
      await flux.untilReady(referenceTo(release));
      const { resources } = z
        .looseObject({ values: z.looseObject({ resources: z.looseObject({}) }) })
        .parse(release['spec']).values;
      expect(await live(deployment())).toMatchObject({
        spec: { template: { spec: { containers: [{ resources }] } } },
      });
    });

    test.sequential('without its HelmRelease it goes away, but for its claims and definitions', {
      timeout,
    }, async ({ expect }) => {
      await flux.remove(referenceTo(release));
      await untilGone([release, deployment()]);
      expect(await missing([claimOf(release), definition])).toEqual([]);
    });
  });
});

function namesOf(objects: readonly KubernetesObject[]): string[] {
  return objects.map(nameOf).sort();
}

/** The object with this name, as {@link nameOf} writes it. */
function find(objects: readonly KubernetesObject[], name: string): KubernetesObject {
  const found = objects.find((object) => nameOf(object) === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

function isKept({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'] === 'disabled';
}

function isLiteral({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'] === 'disabled';
}

function textsIn(object: KubernetesObject | undefined): Record<string, string> {
  return z.record(z.string(), z.string()).parse(object?.['data']);
}
