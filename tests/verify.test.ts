import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import type { Asking, CheckResult } from '../src/live/check.ts';
import { type LiveCluster, LiveError } from '../src/live/cluster.ts';
import { assumptionsOf } from '../src/operations/assumptions.ts';
import { prepareVerify, type Verifiable, verify } from '../src/operations/verify/verify.ts';
import { analyse } from '../src/reachability/analyse.ts';
import { invariants } from '../src/reachability/invariants/registry.ts';
import { commit as commitAll, git } from './committedExample.ts';
import { type FakeOptions, fakeCluster } from './live/fakeCluster.ts';
import { runningObjects, servedKinds } from './live/runningCluster.ts';
import { sabotagesOf, sabotagesOfPlatform } from './live/sabotages.ts';
import { makeAuthority } from './pods/cluster/certificates.ts';
import { gatehouse } from './program.ts';
import { exampleDirectory, type TestDirectory } from './testDirectory.ts';

/** A listing of a bucket whose one object was written that night. */
const listing = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key>
<LastModified>2026-11-30T03:17:30.000Z</LastModified><Size>12</Size></Contents></ListBucketResult>`;
const listed = { status: 200, body: listing, date: undefined };

/** What a run asks beside the cluster. */
const beside: Omit<Asking, 'cluster' | 'now'> = {
  sendToStore: async () => listed,
  talos: {
    access: async () => ({
      document: undefined,
      feature: { roles: ['os:admin', 'os:etcd:backup'], namespaces: ['kube-system', 'system-upgrade'] },
    }),
  },
  ends: () => ({ server: new Date('2027-11-30'), certificate: new Date('2027-11-30') }),
};

const now = () => new Date('2026-11-30T12:00:00Z');

const isPromise = ({ id }: CheckResult): boolean =>
  invariants.some((invariant) => id === invariant.id || id.startsWith(`${invariant.id}-`));

const openOf = (all: readonly CheckResult[]) =>
  all
    .filter(({ verdict }) => verdict !== 'kept')
    .map(({ id, verdict, evidence }) => ({ id, verdict, evidence }));

describe.each(['home', 'platform'])('verify of the %s example', (example) => {
  let verifiable: Verifiable;
  let commit: string;
  let directory: TestDirectory;
  beforeAll(async () => {
    directory = exampleDirectory(example);
    git(directory, 'init', '-q', '-b', 'main');
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
    commitAll(directory);
    commit = git(directory, 'rev-parse', 'HEAD').trim();
    const prepared = await prepareVerify(directory.path, directory.environment);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
    const { certificate } = makeAuthority('talos');
    const crt = Buffer.from(certificate).toString('base64');
    const talosconfig = join(directory.path, '.git', 'talosconfig');
    writeFileSync(talosconfig, JSON.stringify({ context: 'home', contexts: { home: { crt } } }));
    const { environment } = directory;
    const env = { ...environment.env, TALOSCONFIG: talosconfig };
    verifiable = { ...prepared.value, environment: { ...environment, env } };
  });

  afterAll(() => directory[Symbol.dispose]());

  const running = () =>
    runningObjects(
      [...verifiable.tree.repository.objects, ...verifiable.tree.repository.outside].map(
        ({ object }) => object,
      ),
      commit,
    );

  async function results(
    change: (objects: readonly KubernetesObject[]) => readonly KubernetesObject[] = (objects) => objects,
    options: FakeOptions = {},
    asking: Partial<Asking> = {},
  ): Promise<readonly CheckResult[]> {
    const objects = change(running());
    const { cluster } = fakeCluster(objects, {
      served: servedKinds(objects),
      service: () => listed,
      ...options,
    });
    const verified = await verify(verifiable, { ...beside, cluster, now, ...asking }, {});
    if (!verified.ok) throw new Error(JSON.stringify(verified.problems));
    return verified.value.results;
  }

  it('keeps every promise where the cluster runs what Git says', async () => {
    expect(openOf(await results())).toEqual([]);
  });

  it.each([...sabotagesOf(example), ...(example === 'platform' ? sabotagesOfPlatform : [])])(
    'finds and names: %s',
    async (_, change, expected) => {
      const found = openOf(await results((objects) => change(objects))).flatMap(({ evidence }) => evidence);
      expect(found.join('\n')).toMatch(expected);
    },
  );

  // The home example keeps no backups in a bucket.
  const ofPlatform = example === 'platform' ? [example] : [];
  it.each(ofPlatform)('finds and names in %s: a bucket in which nothing is new', async () => {
    const old = { ...listed, body: listing.replace('2026-11-30T03', '2026-11-28T03') };
    const found = openOf(await results(undefined, { service: () => old }));
    expect(found.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['volsync-newest-media-immich-postgres-rustfs', 'broken'],
      ['volsync-newest-home-automation-home-assistant-rustfs', 'broken'],
    ]);
    expect(found[0]?.evidence[0]).toMatch(/is 57 h old \(2026-11-28T03:17:30Z\)/);
  });

  it.each(ofPlatform)('asks a store of %s once that does not answer, and checks nothing of it', async () => {
    let asked = 0;
    const sendToStore = async () => {
      asked++;
      return { failure: 'its name cannot be looked up (ENOTFOUND)' };
    };
    const found = openOf(await results(undefined, {}, { sendToStore }));
    expect(asked).toBe(1);
    expect(found.map(({ id, verdict }) => [id, verdict]).toSorted()).toEqual([
      ['talos-backup-newest', 'not checked'],
      ['volsync-newest-home-automation-home-assistant-s3', 'not checked'],
      ['volsync-newest-media-immich-postgres-s3', 'not checked'],
    ]);
    for (const { evidence } of found) expect(evidence.join()).toContain('ENOTFOUND');
  });

  it.each(ofPlatform)('looks in %s for what a chart made, and not for the chart', async () => {
    // In Git the chart of the controller may make other pods; in the cluster it made those of its Gateways.
    const inGit = verifiable.tree.repository.objects;
    const before = analyse(inGit, assumptionsOf(verifiable.configuration)).proofs;
    expect(before.map(({ claim }) => claim)).toContainEqual(expect.stringContaining('HelmRelease'));
    const open: KubernetesObject = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'open', namespace: 'network' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    };
    const promise = expect.stringMatching(/reaches Gateway network\/envoy-tunnel$/);
    for (const [verdict, more] of [
      ['kept', []],
      ['broken', [open]],
    ] as const) {
      const found = await results((objects) => [...objects, ...more]);
      expect(found.filter((each) => isPromise(each) && each.promise.includes('HelmRelease'))).toEqual([]);
      expect(found).toContainEqual(expect.objectContaining({ promise, verdict }));
    }
  });

  it('lists each kind once, and asks for no object that was listed', async () => {
    const asked: string[] = [];
    await results(undefined, { refuse: (what, kind) => void asked.push(`${what} ${kind}`) });
    const lists = asked.filter((each) => each.startsWith('list '));
    expect(lists.length).toBeGreaterThan(10);
    expect(lists).toEqual([...new Set(lists)]);
    expect(asked.filter((each) => each.startsWith('get '))).toEqual([]);
  });

  it('does not judge the ports of the cluster itself, and says so', async () => {
    const spec = {
      hostNetwork: true,
      containers: [{ name: 'a', image: 'a', ports: [{ containerPort: 6443 }] }],
    };
    const system = (kind: string, name: string, annotations = {}): KubernetesObject => ({
      apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
      kind,
      metadata: { name, namespace: 'kube-system', uid: name, annotations },
      spec: kind === 'Pod' ? spec : { template: { metadata: { labels: { app: name } }, spec } },
    });
    const own = [
      system('Pod', 'kube-apiserver-alpha', { 'kubernetes.io/config.mirror': 'x' }),
      system('DaemonSet', 'cilium'),
    ];
    expect(openOf(await results((objects) => [...objects, ...own]))).toEqual([]);
    const others = [system('DaemonSet', 'svclb-traefik'), system('Pod', 'kube-apiserver-beta')];
    const open = openOf(await results((objects) => [...objects, ...others]));
    expect(open.map(({ evidence }) => evidence.join()).join()).toMatch(/svclb-traefik/);
    expect(open.map(({ evidence }) => evidence.join()).join()).toMatch(/kube-apiserver-beta/);
  });

  it('names no private value, in no form', async () => {
    const found = await results();
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    for (const value of verifiable.configuration.loaded.private.values())
      for (const form of [value, value.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')])
        if (form.length > 5) expect(JSON.stringify(found)).not.toContain(form);
  });

  it('says of a promise that it was not checked where the objects cannot be read', async () => {
    const refuse: FakeOptions['refuse'] = (what, kind) => {
      if (what === 'list' && kind === 'NetworkPolicy')
        throw new LiveError('forbidden', 'GET networkpolicies: forbidden', 403);
    };
    const found = await results(undefined, { refuse });
    const promises = found.filter(isPromise);
    expect(promises.length).toBeGreaterThan(10);
    for (const { verdict, evidence } of promises)
      expect([verdict, evidence.join()]).toEqual(['not checked', expect.stringContaining('forbidden')]);
    expect(found.find(({ id }) => id === 'not-in-git')?.verdict).toBe('not checked');
    expect(found.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  });

  it('takes nothing for gone that cannot be read, and keeps no promise then', async () => {
    const kinds = ['GitRepository', 'Kustomization', 'Deployment', 'Job', 'HelmRelease', 'OCIRepository'];
    for (const wanted of kinds) {
      const refuse: FakeOptions['refuse'] = (what, kind) => {
        if (what === 'list' && kind === wanted) throw new LiveError('overloaded', `GET ${kind}: 500`, 500);
      };
      const found = await results(undefined, { refuse });
      const broken = found.filter(({ verdict }) => verdict === 'broken').map(({ id }) => id);
      expect([wanted, broken]).toEqual([wanted, []]);
    }
  });

  it('keeps no promise where the API server does not say that it has Ingresses', async () => {
    const objects = running();
    const served = servedKinds(objects).filter(({ kind }) => kind !== 'Ingress');
    const found = (await results(undefined, { served })).filter(isPromise);
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter(({ verdict }) => verdict !== 'not checked')).toEqual([]);
  });

  it('takes no kind for empty that the API server does not find', async () => {
    const objects = running();
    const fake = fakeCluster(objects, { served: servedKinds(objects), service: () => listed });
    const cluster: LiveCluster = {
      ...fake.cluster,
      list: async (selection) => (selection.kind === 'Service' ? undefined : fake.cluster.list(selection)),
    };
    const verified = await verify(verifiable, { ...beside, cluster, now }, {});
    const found = verified.ok ? verified.value.results : [];
    const promises = found.filter(isPromise);
    expect(promises.length).toBeGreaterThan(10);
    expect(promises.filter(({ verdict }) => verdict !== 'not checked')).toEqual([]);
  });

  it('prints no name and no message that is longer than anybody reads', async () => {
    const name = 'n'.repeat(3_000_000);
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 31999 }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'media' }, spec };
    const found = await results((objects) => [...objects, service]);
    expect(openOf(found).length).toBeGreaterThan(1);
    expect(JSON.stringify(openOf(found)).length).toBeLessThan(100_000);
    for (const { id } of found) expect(id.length).toBeLessThan(500);
  });

  it('does not keep what Git says where not all of it could be read', async () => {
    const unseen = [{ sentence: 'apps/a.yaml needs the remote resource x', remedy: 'Copy it' }];
    const { cluster } = fakeCluster(running(), { served: servedKinds(running()), service: () => listed });
    const tree = { ...verifiable.tree, repository: { ...verifiable.tree.repository, unseen } };
    const verified = await verify({ ...verifiable, tree }, { ...beside, cluster, now }, {});
    if (!verified.ok) throw new Error(JSON.stringify(verified.problems));
    expect(openOf(verified.value.results)).toEqual([
      { id: 'git-readable', verdict: 'not checked', evidence: [unseen[0]?.sentence] },
    ]);
  });

  it('checks nothing where a group of the API does not answer', async () => {
    const found = await results(undefined, { missing: ['example.org/v1'] });
    const promises = found.filter(isPromise);
    expect(promises.length).toBeGreaterThan(10);
    expect(promises.filter(({ verdict }) => verdict !== 'not checked')).toEqual([]);
  });
});
