import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { suspend } from '../../src/components/shared/reconciliation.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { FluxKustomization } from '../../src/kubernetes/types.ts';
import { chartsAndVolumesBecomeReady } from './fixtures/controllers.ts';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { type Reference, referenceTo } from './fixtures/kubernetesClient.ts';
import {
  fluxObjects,
  type Pushed,
  type RepositoryBench,
  repositoryBench,
} from './fixtures/repositoryBench.ts';
import { runShell } from './fixtures/shell.ts';
import { realSuite } from './fixtures/suite.ts';
import { finishedObjects } from './fixtures/writtenRepository.ts';
import { nameOf, notHeld } from './serverCheck.ts';

const { source, values, entry } = fluxObjects('platform');
/** The namespace of an app that Gatehouse does not install, with a volume that is backed up. */
const foreign = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'home-automation' } };

realSuite(
  'Flux applies the platform that configure writes (a fake controller reports charts as installed)',
  [...controlPlaneParts, ...fluxParts, 'kubectl', 'sops'],
  (parts) => {
    let bench: RepositoryBench;
    let pushed: Pushed;
    let charts: AsyncDisposable;
    /**
     * The releases that are not installed yet. Each blocks one of the four workers of kustomize-controller, and the
     * entry blocks another. The test shows that the others continue.
     */
    const held = new Set(['rustfs', 'tuppr']);

    beforeAll(async () => {
      bench = await repositoryBench(parts, 'platform');
      // Another test of the run may have created it.
      await bench.cluster.remove(referenceTo(foreign));
      charts = chartsAndVolumesBecomeReady(bench.cluster, (release) => !held.has(release));
      pushed = await bench.push();
    });
    afterAll(async () => {
      await charts[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
      await bench.cluster.remove(referenceTo(foreign));
    });

    const written = (): KubernetesObject[] => finishedObjects(pushed.prepared);
    const isPlanned = ({ kind, apiVersion, metadata }: KubernetesObject): boolean =>
      kind === 'Kustomization' &&
      apiVersion.startsWith('kustomize.toolkit') &&
      ![values.name, entry.name].some((name) => name === metadata.name);
    const kustomizations = (): FluxKustomization[] =>
      written().filter(isPlanned) as unknown as FluxKustomization[];

    const kustomizationOf = (name: string): Reference => ({ ...entry, name });
    /** What lets the routes of the app use a policy of ours is in its namespace, too. */
    const routes = kustomizationOf('labelled-routes-home-automation');

    /** The objects of a Flux Kustomization, by the files of its directory. */
    function appliedBy({ spec: { path } }: FluxKustomization): KubernetesObject[] {
      const { plan } = pushed.prepared;
      const directory = `${path?.slice(2)}/`;
      return [
        ...plan.objects.filter(({ file }) => file.startsWith(directory)).map(({ object }) => object),
        ...plan.encrypted.filter((file) => file.path.startsWith(directory)).map(({ object }) => object),
      ];
    }

    /** Expects these words in a document of the repository. */
    async function documented(...words: readonly string[]): Promise<void> {
      const text = await bench.read('docs/troubleshooting.md');
      for (const word of words) expect(text).toContain(word);
    }

    test('waits for each chart that is not installed, and names it', async () => {
      await bench.flux.untilReady(values, true, pushed.revision);
      const waiting = ['rustfs-buckets', 'tuppr-upgrades', 'volsync-media', 'volsync-home-automation'];
      const others = kustomizations().filter(
        ({ metadata: { name } }) => ![...waiting, ...held, routes.name].includes(name),
      );
      expect(others.map(({ metadata }) => metadata.name)).toContain('cert-manager-issuers');
      for (const { metadata } of others) await bench.flux.untilReady(kustomizationOf(metadata.name), true);
      for (const kustomization of kustomizations().filter(({ metadata: { name } }) =>
        waiting.includes(name),
      )) {
        const { reason, message } = await bench.flux.untilReady(
          kustomizationOf(kustomization.metadata.name),
          false,
        );
        expect([kustomization.metadata.name, reason]).toEqual([
          kustomization.metadata.name,
          'DependencyNotReady',
        ]);
        await documented(reason, "dependency 'flux-system/…' is not ready");
        expect(kustomization.spec.dependsOn?.map(({ name }) => `flux-system/${name}`)).toContain(
          /dependency '([^']+)' is not ready/.exec(message)?.[1],
        );
        const early = await Promise.all(
          appliedBy(kustomization).map(async (object) => bench.cluster.get(referenceTo(object))),
        );
        expect(early.length).toBeGreaterThan(1);
        expect(early.filter((live) => live !== undefined)).toEqual([]);
      }
    });

    test('backs up the other volumes if the app of one is missing, and documents that', async () => {
      const volumes = kustomizationOf('volsync-home-automation');
      held.clear();
      const { reason, message } = await bench.flux.untilReady(volumes, false, pushed.revision);
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toContain('namespaces "home-automation" not found');
      await documented(`Kustomization \`${volumes.name}\``, reason, 'namespaces "…" not found');
      await bench.flux.untilReady(kustomizationOf('volsync-media'), true, pushed.revision);
      expect(await bench.flux.untilReady(routes, false, pushed.revision)).toMatchObject({
        reason,
        message: expect.stringContaining('namespaces "home-automation" not found'),
      });
      await bench.cluster.apply(foreign);
      for (const each of [volumes, routes]) {
        await bench.flux.reconcile(each);
        await bench.flux.untilReady(each, true, pushed.revision);
      }
    });

    test('then applies everything in order, decrypted and substituted', async () => {
      for (const { metadata } of kustomizations())
        await bench.flux.untilReady(kustomizationOf(metadata.name), true, pushed.revision);
      await bench.flux.untilReady(entry, true, pushed.revision);
      const meant = written().filter((object) => !isDeepStrictEqual(referenceTo(object), source));
      expect(meant.length).toBeGreaterThan(90);
      expect(await notHeld(bench.cluster, meant)).toEqual([]);
      const live = await Promise.all(meant.map((object) => bench.cluster.get(referenceTo(object))));
      const open = live.filter(
        (object) =>
          object?.metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'] !== 'disabled' &&
          JSON.stringify(object).includes('${'),
      );
      expect(open).toEqual([]);
    });

    test('keeps suspended what a restore list suspends', async () => {
      const volumes = kustomizationOf('volsync-home-automation');
      const run = (command: string) =>
        runShell(command, {
          directory: inject('realScratch'),
          environment: { PATH: '/usr/bin:/bin', KUBECONFIG: bench.cluster.kubeconfig },
        });
      const kubectl = (paused: boolean): string =>
        suspend(volumes.name, paused).replace(/^kubectl/, parts.kubectl.path);
      const suspended = async (): Promise<unknown> =>
        (await bench.cluster.list(volumes.apiVersion, volumes.kind))
          .filter(({ spec }) => (spec as FluxKustomization['spec']).suspend)
          .map(({ metadata }) => metadata.name);
      expect((await run(kubectl(true))).errors).toBe('');
      const next = await bench.push({ cluster: (value) => (value.volsync.schedule = '0 5 * * *') });
      await bench.flux.untilReady(entry, true, next.revision);
      expect(await suspended()).toEqual([volumes.name]);
      const backup = next.prepared.plan.objects.find(
        ({ object: { kind, metadata } }) =>
          kind === 'ReplicationSource' && metadata.namespace === foreign.metadata.name,
      );
      if (backup === undefined) throw new Error('no backup');
      expect(await notHeld(bench.cluster, [backup.object])).toEqual([nameOf(backup.object)]);
      expect((await run(kubectl(false))).errors).toBe('');
      await bench.flux.untilReady(volumes, true, next.revision);
      expect(await notHeld(bench.cluster, [backup.object])).toEqual([]);
    });
  },
);
