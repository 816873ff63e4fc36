// Runs `gatehouse reconcile` as its user does, against Flux that follows a push, and against what goes wrong.
import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { bundledProgram, type Ran } from '../program.ts';
import { referenceTo } from '../real/fixtures/kubernetesClient.ts';
import { busyboxImage } from './cluster/images.ts';
import { podSuite } from './cluster/suite.ts';
import { type ClonedHome, clonedHome } from './fixtures/clonedHome.ts';
import { fluxNamespace, type InstalledFlux, installFlux } from './fixtures/flux.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { chartInGit, kustomize, own, releaseOfGit, server } from './fixtures/ownObjects.ts';
import { eventually } from './fixtures/podState.ts';

const timeout = 600_000;
const checkResult = z.looseObject({ id: z.string(), verdict: z.string(), evidence: z.array(z.string()) });
type CheckResult = z.infer<typeof checkResult>;

podSuite('reconcile', (cluster) => {
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

  /** Runs it, and shows what a user sees. */
  async function reconcile(...parameters: string[]): Promise<Ran> {
    const began = performance.now();
    const ran = await home.gatehouse('reconcile', ...parameters);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    process.stdout.write(
      `--- reconcile ${parameters.join(' ')} (${seconds} s, exit code ${ran.code})\n${ran.stderr}${ran.stdout}\n`,
    );
    return ran;
  }

  const remove = (name: string) =>
    flux.remove({ apiVersion: kustomize, kind: 'Kustomization', name, namespace: fluxNamespace });

  /** What `doctor` says of each check, by its id. */
  async function diagnosed(...parameters: string[]): Promise<Record<string, CheckResult>> {
    const { code, stdout, stderr } = await home.gatehouse('doctor', '--json', ...parameters);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const { checks } = z.looseObject({ checks: z.array(checkResult) }).parse(JSON.parse(stdout));
    return Object.fromEntries(checks.map((check) => [check.id, check]));
  }
  const verdicts = (checks: Record<string, CheckResult>, ...ids: string[]) =>
    Object.fromEntries(ids.map((id) => [id, checks[id]?.verdict]));

  describe('from the first push on', () => {
    test('no cluster is asked before it was confirmed', { timeout }, async () => {
      const system = await cluster.client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
      const uid = String(system?.metadata['uid']);
      expect(await reconcile()).toMatchObject({ code: 2, stderr: expect.stringContaining(uid) });
      const asked = await home.gatehouse('doctor', '--confirm');
      expect(asked).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(` doctor --confirm ${uid}`),
      });
      const wrong = await home.gatehouse('doctor', '--confirm', '6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58');
      expect(wrong).toMatchObject({
        code: 3,
        stderr: expect.stringContaining(`is the cluster ${uid}, and not`),
      });
      const { stderr } = await home.gatehouse('doctor', '--confirm', uid);
      process.stdout.write(`--- doctor --confirm\n${stderr}\n`);
      expect(stderr).toContain(`nodes    ${cluster.node.name}`);
      expect(home.repository.directory.read('cluster.yaml')).toContain(`uid: "${uid}"`);
    });

    test('doctor says what is missing before the first push', { timeout }, async () => {
      const { stdout } = await home.gatehouse('doctor');
      process.stdout.write(`--- doctor before\n${stdout}\n`);
      const checks = await diagnosed();
      expect(verdicts(checks, 'git-repository', 'git-remote', 'git-committed', 'git-pushed')).toEqual({
        'git-repository': 'kept',
        'git-remote': 'kept',
        'git-committed': 'broken',
        'git-pushed': 'broken',
      });
      expect(
        verdicts(
          checks,
          'cluster',
          'api-version',
          'kubelet-version',
          'nodes',
          'pod-range',
          'service-range',
          'clock',
          'flux',
          'k3s-extras',
          'pod-security',
        ),
      ).toEqual({
        ...{ cluster: 'kept', 'api-version': 'kept', 'kubelet-version': 'kept', nodes: 'kept', flux: 'kept' },
        ...{
          'pod-range': 'kept',
          'service-range': 'kept',
          clock: 'kept',
          'k3s-extras': 'kept',
          'pod-security': 'kept',
        },
      });
      // The bench is no k3s, and says nothing of who enforces policies.
      expect(verdicts(checks, 'distribution', 'policy-enforcer', 'secret-flux-system-sops-age')).toEqual({
        distribution: 'broken',
        'policy-enforcer': 'not checked',
        'secret-flux-system-sops-age': 'broken',
      });
      expect(checks['storage-class-local-path']).toMatchObject({ verdict: 'broken' });
      home.commit();
    });

    test('says that Flux does not know the repository', { timeout }, async () => {
      home.push();
      const { code, stderr } = await reconcile();
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          'no GitRepository in the cluster fetches https://git.example/home.git',
        ),
      });
      expect(stderr).toContain('kubectl apply -f clusters/home/flux/source.yaml');
    });

    test('waits until the home is there', { timeout }, async () => {
      await home.tellFlux();
      const { code, stdout } = await reconcile();
      expect(stdout).toContain('3 of 3 objects are done at main@sha1:');
      expect(code).toBe(0);
      const { output } = await cluster.kubectl('-n', 'media', 'get', 'deployments', '-o', 'name');
      expect(output).toContain('immich-server');
    });

    test('doctor finds everything that can be there', { timeout }, async () => {
      const checks = await diagnosed();
      const ids = ['git-committed', 'git-pushed', 'secret-flux-system-sops-age'];
      expect(verdicts(checks, ...ids)).toEqual(Object.fromEntries(ids.map((id) => [id, 'kept'])));
      expect(checks['secret-flux-system-sops-age']?.evidence).toEqual(['It has age.agekey']);
      expect(JSON.stringify(checks)).not.toContain('AGE-SECRET-KEY');
    });

    test('brings what is pushed at once, though Flux looks once in ten minutes', { timeout }, async () => {
      home.write('own/first/label.yaml', stringify(server('first', busyboxImage)));
      await cluster.apply([own('first')]);
      const commit = home.commit();
      home.push();
      const { code, stdout } = await reconcile('--json');
      const { revision, objects } = JSON.parse(stdout);
      expect({ code, revision }).toEqual({ code: 0, revision: `main@sha1:${commit}` });
      expect(objects).toContainEqual({
        ...{ kind: 'Kustomization', namespace: fluxNamespace, name: 'first', state: 'done' },
        revision: `main@sha1:${commit}`,
      });
      const status = await cluster.kubectl(
        'get',
        'deployment',
        'first',
        '-o',
        'jsonpath={.status.readyReplicas}',
      );
      expect(status.output).toBe('1');
    });

    test('says that a commit is not pushed, and what is not committed', { timeout }, async () => {
      home.write('own/first/note.md', 'a note');
      const commit = home.commit();
      home.write('own/first/other.md', 'another');
      const { code, stdout } = await reconcile();
      expect(code).toBe(4);
      expect(stdout).toContain(`HEAD (${commit.slice(0, 7)}) is not pushed`);
      expect(stdout).toContain('git push origin HEAD:main');
      expect(stdout).toContain('1 file of this directory is not committed');
      home.commit();
      home.push();
    });
  });

  describe('of a chart in the same repository', () => {
    /** Pushes a version of the chart, which says a text or asks for an image that nobody has. */
    const pushed = (version: string, values: object): void => {
      for (const [path, text] of Object.entries(chartInGit('hello', version)))
        home.write(`own/charts/hello/${path}`, text);
      home.write('own/release/release.yaml', stringify(releaseOfGit('hello', values)));
      home.commit();
      home.push();
    };
    const release = `HelmRelease ${fluxNamespace}/hello`;
    const podsOfRelease = async (): Promise<string> => {
      const jsonpath =
        '{range .items[*]}{.spec.containers[0].env[0].value} {.status.containerStatuses[0].ready}{"\\n"}{end}';
      const { output } = await cluster.kubectl(
        ...['-n', 'default', 'get', 'pods', '-l', 'app=hello', '-o', `jsonpath=${jsonpath}`],
      );
      return output;
    };

    test('asks source, Kustomization and release in this order, until the pods are ready', {
      timeout,
    }, async () => {
      pushed('0.1.0', { text: 'first' });
      await cluster.apply([own('release', { wait: false })]);
      expect(await reconcile()).toMatchObject({ code: 0 });
      expect(await podsOfRelease()).toBe('first true\n');
      pushed('0.2.0', { text: 'second' });
      const { code, stdout, stderr } = await reconcile();
      expect(code).toBe(0);
      const done = [...stderr.matchAll(/^done {2}(\S+ \S+)/gm)].map(([, key]) => key);
      const order = [
        `GitRepository ${fluxNamespace}/home`,
        `Kustomization ${fluxNamespace}/release`,
        release,
      ];
      expect(done.filter((key) => order.includes(key ?? ''))).toEqual(order);
      expect(done.indexOf(`HelmChart ${fluxNamespace}/${fluxNamespace}-hello`)).toBeLessThan(
        done.indexOf(release),
      );
      expect(stdout).toContain('objects are done at main@sha1:');
      // The pod of the first version may still be ending.
      expect(await podsOfRelease()).toContain('second true\n');
    });

    test('names the release that fails, with its condition, its events and its pods', {
      timeout,
    }, async () => {
      pushed('0.3.0', { text: 'third', image: 'registry.example/none:1' });
      const { code, stdout } = await reconcile();
      expect(code).toBe(1);
      expect(stdout).toContain(`${release} failed`);
      expect(stdout).toMatch(/UpgradeFailed: Helm upgrade failed for release default\/hello/);
      expect(stdout).toMatch(/Warning UpgradeFailed/);
      expect(stdout).toMatch(
        /Deployment default\/hello: 0 of 1 ready; pod hello-\S+, container web: \w*Image\w*/,
      );
      await remove('release');
    });
  });

  describe('of what goes wrong', () => {
    test('names the pod whose image cannot be fetched', { timeout }, async () => {
      const never = server('image', 'registry.example/none:1');
      // Flux, which waits for 30 seconds at least, ends when the Deployment says that it makes no progress.
      Object.assign(never.spec, { progressDeadlineSeconds: 10 });
      home.write('own/image/server.yaml', stringify(never));
      home.commit();
      home.push();
      await cluster.apply([own('image')]);
      const { code, stdout } = await reconcile();
      expect(code).toBe(1);
      expect(stdout).toContain(`Kustomization ${fluxNamespace}/image failed`);
      expect(stdout).toMatch(
        /Deployment default\/image: 0 of 1 ready; pod image-\S+, container main: (ErrImagePull|ImagePullBackOff)/,
      );
      expect(stdout).toContain('HealthCheckFailed');
      await remove('image');
    });

    test('names the namespace that is not there, and blocks what depends on it', { timeout }, async () => {
      home.write('own/nowhere/server.yaml', stringify(server('nowhere', busyboxImage, 'nowhere')));
      home.write('own/after/server.yaml', stringify(server('after', busyboxImage)));
      home.commit();
      home.push();
      await cluster.apply([own('nowhere'), own('after', { dependsOn: [{ name: 'nowhere' }] })]);
      const { code, stdout } = await reconcile();
      expect(code).toBe(1);
      expect(stdout).toContain(`Kustomization ${fluxNamespace}/nowhere failed`);
      expect(stdout).toContain('namespaces "nowhere" not found');
      expect(stdout).toContain(
        `Kustomization ${fluxNamespace}/after was not asked: Kustomization ${fluxNamespace}/nowhere is not ready`,
      );
      await remove('after');
      await remove('nowhere');
    });

    test('says what an admission policy denies', { timeout }, async () => {
      const named = (kind: string, spec: object) => ({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind,
        metadata: { name: 'no-denied' },
        spec,
      });
      const rule = {
        apiGroups: ['apps'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['deployments'],
      };
      const objects = [
        named('ValidatingAdmissionPolicy', {
          failurePolicy: 'Fail',
          matchConstraints: { resourceRules: [rule] },
          validations: [
            { expression: "object.metadata.name != 'denied'", message: 'nobody may be called denied' },
          ],
        }),
        named('ValidatingAdmissionPolicyBinding', { policyName: 'no-denied', validationActions: ['Deny'] }),
      ];
      await cluster.apply(objects);
      home.write('own/denied/server.yaml', stringify(server('denied', busyboxImage)));
      home.commit();
      home.push();
      // A policy counts some moments after it was made.
      await wait(3_000);
      await cluster.apply([own('denied')]);
      const { code, stdout } = await reconcile();
      for (const { kind } of objects) await cluster.kubectl('delete', kind, 'no-denied');
      expect(code).toBe(1);
      expect(stdout).toContain('nobody may be called denied');
      await remove('denied');
    });

    test('names what is suspended, and does not wait for it', { timeout }, async () => {
      await cluster.client.patch(
        { apiVersion: kustomize, kind: 'Kustomization', name: 'first', namespace: fluxNamespace },
        { spec: { suspend: true } },
      );
      const { code, stdout } = await reconcile();
      expect(code).toBe(4);
      expect(stdout).toContain(`Kustomization ${fluxNamespace}/first is suspended, and was not asked`);
      await remove('first');
    });

    test('ends when the time is over, with what it waits for', { timeout }, async () => {
      home.write('own/slow/server.yaml', stringify(server('slow', 'registry.example/none:1')));
      home.commit();
      home.push();
      await cluster.apply([own('slow', { timeout: '40s' })]);
      const { code, stdout, stderr } = await reconcile('--timeout=25s');
      expect(code).toBe(1);
      expect(stdout).toContain(`Kustomization ${fluxNamespace}/slow was not done in time`);
      expect(stdout).toMatch(/Deployment default\/slow: 0 of 1 ready; pod slow-\S+/);
      expect(stderr).toContain('Deployment default/slow: 0 of 1 ready');
    });

    test('Ctrl-C ends it, and Flux goes on', { timeout }, async () => {
      const run = home.start('reconcile');
      await wait(3_000);
      run.process.kill('SIGINT');
      const { code, stdout } = await run.ended;
      process.stdout.write(`--- Ctrl-C\n${stdout}\n`);
      expect(code).toBe(130);
      expect(stdout).toContain('Interrupted: Flux goes on by itself');
      // Flux removes nothing while it waits for a Deployment: one without pods is ready.
      const scaled = await cluster.kubectl('-n', 'default', 'scale', 'deployment', 'slow', '--replicas=0');
      expect(scaled.code).toBe(0);
      await remove('slow');
    });

    test('waits for an API server that starts again', { timeout }, async () => {
      const late = server('again', busyboxImage);
      const [container] = late.spec.template.spec.containers;
      Object.assign(container ?? {}, {
        readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 20 },
      });
      home.write('own/again/server.yaml', stringify(late));
      home.commit();
      home.push();
      await cluster.apply([own('again', { timeout: '2m' })]);
      const run = home.start('reconcile');
      await eventually(
        'Flux waits for the server',
        60,
        async () => ((await cluster.client.get(referenceTo(late))) === undefined ? undefined : true),
        async () => 'there is no Deployment',
      );
      await wait(2_000);
      await cluster.restartDaemons('apiServer');
      const { code, stdout, stderr } = await run.ended;
      process.stdout.write(`--- API server again\n${stderr}${stdout}\n`);
      expect(code).toBe(0);
      await remove('again');
    });

    test('refuses another cluster', { timeout }, async () => {
      home.repository.directory.edit('cluster.yaml', (value) => {
        value.cluster.uid = '6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58';
      });
      const { code, stderr } = await reconcile();
      expect(code).toBe(3);
      expect(stderr).toContain('and cluster.yaml is for 6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58');
    });
  });
});
