// From nothing to "verified" with a real cluster, as a user does it; then what somebody does by hand is found and named.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckResult } from '../../src/live/check.ts';
import { bundledProgram } from '../program.ts';
import { podSuite } from './cluster/suite.ts';
import { type ClonedHome, clonedHome } from './fixtures/clonedHome.ts';
import { type InstalledFlux, installFlux } from './fixtures/flux.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { eventually } from './fixtures/podState.ts';

const timeout = 600_000;

podSuite('verify', (cluster) => {
  let flux: InstalledFlux;
  let host: GitHost;
  let home: ClonedHome;
  let program: string;

  beforeAll(async () => {
    program = await bundledProgram();
    [host, flux] = await Promise.all([startGitHost(cluster), installFlux(cluster)]);
    home = await clonedHome(cluster, flux, host, program);
  }, timeout);

  afterAll(async () => {
    cluster.giveUp();
    await home?.[Symbol.asyncDispose]();
    await flux?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    rmSync(program, { force: true });
  }, timeout);

  /** Runs a command, and shows what a user sees. */
  async function shown(...parameters: string[]): Promise<number> {
    const { code, stdout, stderr } = await home.gatehouse(...parameters);
    process.stdout.write(`--- gatehouse ${parameters.join(' ')} (exit code ${code})\n${stderr}${stdout}\n`);
    return code;
  }

  async function openResults(): Promise<CheckResult[]> {
    const { stdout, stderr } = await home.gatehouse('verify', '--json');
    // A busy machine is told to be waited for.
    expect(stderr.replace(/^The API server of the kubeconfig has not answered yet; .*\n/, '')).toBe('');
    const { results }: { results: CheckResult[] } = JSON.parse(stdout);
    return results.filter(({ verdict }) => verdict !== 'kept');
  }

  /** What has to be asked from outside, or by a probe, says so. */
  const isOfThisComputer = ({ verdict, remedy }: CheckResult): boolean =>
    verdict === 'not checked' && /gatehouse verify .*--(?:from|probe)/.test(remedy);

  const brokenNow = async () =>
    (await openResults())
      .filter((result) => !isOfThisComputer(result))
      .map(({ id, verdict, evidence }) => ({ id, verdict, evidence }));

  const kubectl = async (...words: string[]): Promise<void> => {
    const { code, errors } = await cluster.kubectl(...words);
    if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${errors}`);
  };

  test('from nothing to verified', { timeout }, async () => {
    // What is not there yet is broken, and a cluster that nobody confirmed is asked for nothing.
    expect(await shown('verify')).toBe(2);
    await confirm();
    home.commit();
    home.push();
    await home.tellFlux();
    expect(await shown('reconcile')).toBe(0);
    await shown('verify');
    expect(await brokenNow()).toEqual([]);
    await shown('status');
  });

  async function confirm(): Promise<void> {
    const system = await cluster.client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
    expect(await shown('doctor', '--confirm', String(system?.metadata['uid']))).toBeLessThan(5);
  }

  /** What somebody does by hand, and what names it. */
  const byHand: [what: string, act: () => Promise<unknown>, RegExp][] = [
    [
      'a node port',
      () =>
        kubectl(
          '-n',
          'media',
          'expose',
          'deployment',
          'immich-postgres',
          '--name=back-door',
          '--type=NodePort',
          '--port=5432',
        ),
      /Service media\/back-door is in the cluster and not in Git: kubectl-expose made it at /,
    ],
    [
      'a load balancer',
      () =>
        kubectl(
          '-n',
          'networking',
          'expose',
          'deployment',
          'cloudflared',
          '--name=balancer',
          '--type=LoadBalancer',
          '--port=2000',
        ),
      /Service networking\/balancer is in the cluster/,
    ],
    [
      'a deleted policy',
      () => kubectl('-n', 'media', 'delete', 'networkpolicy', 'immich-redis'),
      /NetworkPolicy media\/immich-redis is not in the cluster/,
    ],
    [
      'a policy that lets everybody in',
      () =>
        cluster.apply([
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'open', namespace: 'media' },
            spec: {
              podSelector: { matchLabels: { 'app.kubernetes.io/name': 'immich-postgres' } },
              ingress: [{}],
            },
          },
        ]),
      /NetworkPolicy media\/open is in the cluster/,
    ],
    [
      'a label of a pod',
      () =>
        kubectl(
          '-n',
          'media',
          'label',
          'pod',
          '-l',
          'app.kubernetes.io/component=machine-learning',
          'by=hand',
        ),
      /Pod media\/immich-machine-learning-\S+: its labels, programs or ports are not those of its workload/,
    ],
    [
      'another image',
      () => kubectl('-n', 'media', 'set', 'image', 'deployment/immich-redis', 'redis=example.org/evil:1'),
      /Deployment media\/immich-redis: spec\.template\.spec\.containers\[redis\]\.image is example\.org\/evil:1/,
    ],
    [
      'a workload without pods',
      () => kubectl('-n', 'networking', 'scale', 'deployment/cloudflared', '--replicas=0'),
      /Deployment networking\/cloudflared: spec\.replicas is 0/,
    ],
    [
      'a weaker namespace',
      () =>
        kubectl(
          'label',
          'namespace',
          'networking',
          '--overwrite',
          'pod-security.kubernetes.io/enforce=privileged',
        ),
      /Namespace networking: metadata\.labels\["pod-security\.kubernetes\.io\/enforce"\] is not what Git says/,
    ],
    [
      'another configuration of the proxy',
      () =>
        kubectl(
          '-n',
          'networking',
          'patch',
          'configmap',
          'immich-origin-proxy',
          '--type=merge',
          '-p',
          '{"data":{"more.conf":"x"}}',
        ),
      /ConfigMap networking\/immich-origin-proxy: kubectl-patch set data\.more\.conf at /,
    ],
    [
      'a Service that leads elsewhere',
      () =>
        kubectl(
          '-n',
          'media',
          'patch',
          'service',
          'immich-postgres',
          '--type=merge',
          '-p',
          '{"spec":{"selector":{"x":"y"}}}',
        ),
      /Service media\/immich-postgres: .*selector/,
    ],
    [
      'a pod on the network of its node',
      () =>
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'shell', namespace: 'media' },
            spec: { hostNetwork: true, containers: [{ name: 'a', image: 'example.org/shell:1' }] },
          },
        ]),
      /Pod media\/shell/,
    ],
    [
      'a suspended Kustomization',
      () =>
        kubectl(
          '-n',
          'flux-system',
          'patch',
          'kustomization',
          'home',
          '--type=merge',
          '-p',
          '{"spec":{"suspend":true}}',
        ),
      /Kustomization flux-system\/home is suspended/,
    ],
    [
      'another source of Flux',
      () =>
        cluster.apply([
          {
            apiVersion: 'source.toolkit.fluxcd.io/v1',
            kind: 'GitRepository',
            metadata: { name: 'other', namespace: 'flux-system' },
            spec: { url: 'https://git.example.org/other', interval: '1h' },
          },
        ]),
      /GitRepository flux-system\/other is in the cluster and not in Git/,
    ],
    [
      'rights of the API for the pods of an app',
      () =>
        kubectl(
          'create',
          'clusterrolebinding',
          'by-hand',
          '--clusterrole=edit',
          '--serviceaccount=media:default',
        ),
      /ClusterRoleBinding by-hand is in the cluster and not in Git: kubectl-create made it at /,
    ],
    [
      'a deleted account',
      () => kubectl('-n', 'networking', 'delete', 'serviceaccount', 'cloudflared'),
      /ServiceAccount networking\/cloudflared is not in the cluster/,
    ],
  ];
  const madeByHand = ['service/back-door', 'networkpolicy/open', 'pod/shell'];

  test('what somebody does by hand is found and named', { timeout }, async () => {
    // Flux would undo the first of them while the last are made.
    const [last] = byHand.filter(([what]) => what === 'a suspended Kustomization');
    await last?.[1]();
    for (const [what, act] of byHand) if (what !== 'a suspended Kustomization') await act();
    expect(await shown('verify')).toBe(1);
    const found = (await openResults()).flatMap(({ evidence }) => evidence).join('\n');
    for (const [what, , expected] of byHand) expect(found, what).toMatch(expected);
    for (const promise of [
      'node-ports',
      'load-balancers',
      'host-ports',
      'internal-clients-media-immich-postgres',
    ])
      expect((await openResults()).find(({ id }) => id === promise)?.verdict, promise).toBe('broken');
  });

  test('what Flux undoes is kept again, and what it does not know is removed by hand', {
    timeout,
  }, async () => {
    await kubectl('-n', 'media', 'delete', ...madeByHand, '--grace-period=0', '--force');
    await kubectl('-n', 'networking', 'delete', 'service/balancer');
    await kubectl('-n', 'flux-system', 'delete', 'gitrepository/other');
    await kubectl('delete', 'clusterrolebinding/by-hand');
    await kubectl(
      '-n',
      'flux-system',
      'patch',
      'kustomization',
      'home',
      '--type=merge',
      '-p',
      '{"spec":{"suspend":null}}',
    );
    await kubectl(
      '-n',
      'networking',
      'patch',
      'configmap',
      'immich-origin-proxy',
      '--type=merge',
      '-p',
      '{"data":{"more.conf":null}}',
    );
    await kubectl('-n', 'media', 'delete', 'pod', '-l', 'by=hand', '--grace-period=1');
    expect(await shown('reconcile')).toBe(0);
    await eventually(
      'every promise is kept',
      120,
      async () => ((await brokenNow()).length === 0 ? true : undefined),
      brokenNow,
    );
  });
});
