// Crosses verify, its command and a real API server that has too much to do, and answers with 429.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitForResults } from '../../src/commands/context.ts';
import type { CheckResult } from '../../src/live/check.ts';
import { openCluster } from '../../src/live/openCluster.ts';
import { recordFile } from '../../src/operations/verify/record.ts';
import { prepareVerify, verify } from '../../src/operations/verify/verify.ts';
import { styleFor } from '../../src/report/style.ts';
import { renderVerified } from '../../src/report/verify.ts';
import { commit, git } from '../committedExample.ts';
import { kubeconfigFor } from '../live/apiServer.ts';
import { bundledProgram, child, gatehouse, type Ran } from '../program.ts';
import { exampleDirectory, type TestDirectory } from '../testDirectory.ts';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { definitionsDirectory, installDefinitions } from './fixtures/definitions.ts';
import type { Endpoint } from './fixtures/kubernetesClient.ts';
import { type OwnControlPlane, ownControlPlane } from './fixtures/ownControlPlane.ts';
import { fillLargeList, listing, occupied, stormFlags } from './fixtures/storm.ts';
import { realSuite } from './fixtures/suite.ts';

const applied = new Set(['Namespace', 'NetworkPolicy', 'Service', 'Deployment', 'StatefulSet', 'ConfigMap']);

realSuite('verify of an API server that has too much to do', controlPlaneParts, (parts) => {
  let own: OwnControlPlane;
  let directory: TestDirectory;
  let program: string;
  /** Whoever may do everything by his group is never refused: this user may do it by a binding. */
  let user: Endpoint;

  beforeAll(async () => {
    own = await ownControlPlane(parts, stormFlags);
    user = { ...own.endpoint, token: own.guest };
    await installDefinitions(own.admin, definitionsDirectory);
    await own.admin.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'guest' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'guest' }],
    });
    await fillLargeList(own.admin);
    program = await bundledProgram();
    directory = exampleDirectory();
    const system = await own.admin.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
    directory.edit('cluster.yaml', (value) => {
      value.cluster.uid = system?.metadata['uid'];
    });
    git(directory, 'init', '-q', '-b', 'main');
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
    commit(directory);
    const { server, authority } = own.endpoint;
    const cluster = { url: server, authority: { certificate: authority, key: '' } };
    directory.write('.git/kubeconfig', kubeconfigFor(cluster, { user: { token: own.guest } }));
    for (const { object } of (await prepared()).tree.repository.objects)
      if (applied.has(object.kind)) await own.admin.create(object);
  });
  afterAll(async () => {
    await own?.[Symbol.asyncDispose]();
    directory?.[Symbol.dispose]();
    rmSync(program, { force: true });
  });

  async function prepared() {
    const read = await prepareVerify(directory.path, directory.environment);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.value;
  }

  /** Runs the command as its user does. `onWait` is called when it says that it waits. */
  async function run(
    onWait = () => {},
  ): Promise<Omit<Ran, 'code'> & { code: number | null; seconds: number }> {
    const began = performance.now();
    const ran = await child(program, ['verify', '--kubeconfig', '.git/kubeconfig'], {
      cwd: directory.path,
      environment: directory.environment,
      started: ({ stderr }) => {
        stderr?.on('data', (text) => {
          if (String(text).includes('waiting for it')) onWait();
        });
      },
    });
    return { ...ran, seconds: (performance.now() - began) / 1_000 };
  }

  /** What the last run found, by the record that it left. */
  function takeRecord(): string[] {
    const { results } = JSON.parse(directory.read(recordFile));
    rmSync(join(directory.path, recordFile));
    return results.map(({ id, verdict }: CheckResult) => `${id}: ${verdict}`);
  }

  const shown = (what: string, { code, seconds, stderr, stdout }: Awaited<ReturnType<typeof run>>): void =>
    void process.stdout.write(
      `--- ${what} (${seconds.toFixed(1)} s, exit code ${code})\n${stderr}${stdout}\n`,
    );

  test('asks everything through a storm', async () => {
    const quiet = await run();
    const expected = takeRecord();
    expect(expected.filter((each) => each.endsWith(': kept')).length).toBeGreaterThan(20);
    // Every place is taken until it waits. Then it has to find one among many others, who go away while it still asks.
    const crowd = await occupied(user);
    const others = listing(user);
    let hasWaited = false;
    const stormy = await run(() => {
      hasWaited = true;
      crowd[Symbol.dispose]();
      setTimeout(() => others[Symbol.dispose](), 3_000);
    });
    shown(`verify in a storm, in which ${others.refused()} requests of others were refused`, stormy);
    expect(takeRecord()).toEqual(expected);
    expect([stormy.code, hasWaited]).toEqual([quiet.code, true]);
    expect(others.refused()).toBeGreaterThan(0);
  });

  test('says that it cannot ask, where the storm does not end', async () => {
    using _ = await occupied(user);
    const ran = await run();
    shown('verify in a storm that does not end', ran);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toContain('429');
  });

  test('checks nothing in a storm that begins later and does not end', async () => {
    const environment = { ...directory.environment, now: () => new Date() };
    const verifiable = await prepared();
    const { uid } = verifiable.configuration.loaded.cluster.cluster;
    const kubeconfig = join(directory.path, '.git/kubeconfig');
    const cluster = await openCluster({ uid, kubeconfig, environment, patience: { later: 2_000 } });
    if (!cluster.ok) throw new Error(JSON.stringify(cluster.problems));
    await cluster.value.kinds();
    using _ = await occupied(user);
    const began = performance.now();
    const verified = await verify(verifiable, { cluster: cluster.value, now: environment.now }, {});
    cluster.value.close();
    if (!verified.ok) throw new Error(JSON.stringify(verified.problems));
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    process.stdout.write(
      `--- a storm later (${seconds} s)\n${renderVerified(verified.value, {}, styleFor(false))}\n`,
    );
    const { results } = verified.value;
    // Nobody has to be asked whether all of Git could be read.
    expect(results.filter(({ verdict }) => verdict !== 'not checked').map(({ id }) => id)).toEqual([
      'git-readable',
    ]);
    expect(exitForResults(results)).toBe(4);
  });
});
