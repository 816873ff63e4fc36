import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldsAt, mapsAt } from '../src/kubernetes/fields.ts';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import type { Asking, CheckResult } from '../src/live/check.ts';
import { LiveError } from '../src/live/cluster.ts';
import { prepareVerify, type Verifiable, verify } from '../src/operations/verify/verify.ts';
import { invariants } from '../src/reachability/invariants/registry.ts';
import { commit as commitAll, git } from './committedExample.ts';
import { type FakeOptions, fakeCluster } from './live/fakeCluster.ts';
import { runningObjects, servedKinds } from './live/runningCluster.ts';
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

const of = (kind: string, name: string) => (object: KubernetesObject) =>
  object.kind === kind && object.metadata.name === name;

/** Changes one object, which must be there. */
const changed =
  (kind: string, name: string, change: (object: KubernetesObject) => object) =>
  (objects: KubernetesObject[]) => {
    expect(objects.some(of(kind, name)), `${kind} ${name}`).toBe(true);
    return objects.map((object) =>
      of(kind, name)(object) ? ({ ...object, ...change(object) } as KubernetesObject) : object,
    );
  };

const without = (kind: string, name: string) => (objects: KubernetesObject[]) => {
  expect(objects.some(of(kind, name)), `${kind} ${name}`).toBe(true);
  return objects.filter((object) => !of(kind, name)(object));
};

const made = (object: KubernetesObject) => (objects: KubernetesObject[]) => [...objects, object];
const handMade = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'media', uid: `by-hand-${name}` },
  spec,
});
const specOf = (object: KubernetesObject): Record<string, unknown> => ({ ...fieldsAt(object, 'spec') });
const server = { selector: { app: 'immich-server' }, ports: [{ port: 2283, nodePort: 31999 }] };
const managed = (manager: string, fieldsV1: object) => ({
  managedFields: [{ manager, operation: 'Update', time: '2026-11-30T11:00:00Z', fieldsV1 }],
});

/** What somebody does by hand in the cluster, and what names it. */
const sabotagesOf = (
  example: string,
): [string, (objects: KubernetesObject[]) => KubernetesObject[], RegExp][] => [
  [
    'a node port',
    made(handMade('v1', 'Service', 'back-door', { ...server, type: 'NodePort' })),
    /Service media\/back-door/,
  ],
  [
    'a load balancer',
    made(handMade('v1', 'Service', 'balancer', { ...server, type: 'LoadBalancer' })),
    /Service media\/balancer/,
  ],
  [
    'a deleted policy',
    without('NetworkPolicy', 'immich-postgres'),
    /NetworkPolicy media\/immich-postgres is not in the cluster/,
  ],
  [
    'a deleted default deny',
    without('NetworkPolicy', 'default-deny'),
    /NetworkPolicy \S+\/default-deny is not in the cluster/,
  ],
  [
    'a policy that lets everybody in',
    made(
      handMade('networking.k8s.io/v1', 'NetworkPolicy', 'open', {
        podSelector: {},
        ingress: [{}],
        policyTypes: ['Ingress'],
      }),
    ),
    /NetworkPolicy media\/open/,
  ],
  [
    'a label of a pod that policies and Services know',
    changed('Pod', 'immich-postgres-12345-abcde', ({ metadata }) => ({
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, 'app.kubernetes.io/name': 'immich-origin-proxy' },
      },
    })),
    /Pod media\/immich-postgres-12345-abcde/,
  ],
  [
    'another image',
    changed('Deployment', 'cloudflared', (object) => ({
      spec: { ...specOf(object), template: imageOf(object, 'example.org/evil:1') },
    })),
    /Deployment networking\/cloudflared: spec\.template\.spec\.containers\[cloudflared\]\.image is example\.org\/evil:1/,
  ],
  [
    'rights of the API for everybody',
    made({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'everybody', uid: 'everybody' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'system:anonymous' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    }),
    /ClusterRoleBinding everybody/,
  ],
  [
    'an Ingress',
    made(handMade('networking.k8s.io/v1', 'Ingress', 'way', { rules: [] })),
    /Ingress media\/way/,
  ],
  [
    'a pod on the network of its node',
    made(
      handMade('v1', 'Pod', 'shell', {
        hostNetwork: true,
        containers: [{ name: 'a', image: 'a', ports: [{ containerPort: 8080, hostPort: 8080 }] }],
      }),
    ),
    /Pod media\/shell/,
  ],
  [
    'a container for debugging',
    changed('Pod', 'immich-redis-12345-abcde', (object) => ({
      spec: { ...specOf(object), ephemeralContainers: [{ name: 'debugger', image: 'busybox' }] },
    })),
    /immich-redis-12345-abcde/,
  ],
  [
    'a Service that leads to other pods',
    changed('Service', 'immich-origin-proxy', (object) => ({
      spec: { ...specOf(object), selector: { app: 'x' } },
    })),
    /Service networking\/immich-origin-proxy: spec\.selector/,
  ],
  [
    'a workload with no pods',
    changed('Deployment', 'immich-server', (object) => ({
      spec: { ...specOf(object), replicas: 0 },
      status: { observedGeneration: 1 },
    })),
    /Deployment media\/immich-server: spec\.replicas is 0/,
  ],
  [
    'a pod that starts again and again',
    (objects) => crashing(objects),
    /Pod networking\/cloudflared-12345-abcde: container cloudflared waits: CrashLoopBackOff, its program ended with 1/,
  ],
  [
    'an annotation by hand',
    changed('Service', 'immich-server', ({ metadata }) => ({
      metadata: {
        ...metadata,
        ...managed('kubectl-annotate', {
          'f:metadata': { 'f:annotations': { 'f:metallb.io/loadBalancerIPs': {} } },
        }),
      },
    })),
    /Service media\/immich-server: kubectl-annotate set metadata\.annotations\.metallb\.io\/loadBalancerIPs at 2026-11-30T11:00:00Z/,
  ],
  [
    'labels of a namespace',
    changed('Namespace', 'media', ({ metadata }) => ({ metadata: { ...metadata, labels: {} } })),
    /Namespace media: metadata\.labels/,
  ],
  [
    'a suspended Kustomization',
    changed('Kustomization', `${example}-flux`, (object) => ({ spec: { ...specOf(object), suspend: true } })),
    /Kustomization flux-system\/\w+-flux is suspended/,
  ],
  [
    'an older commit',
    changed('GitRepository', example, () => ({
      status: {
        observedGeneration: 1,
        artifact: { revision: 'main@sha1:0000' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })),
    /GitRepository flux-system\/\w+ is at main@sha1:0000, and [0-9a-f]{40} was pushed/,
  ],
];

/** What happens to backups, certificates and upgrades, which the platform has. */
const sabotagesOfPlatform: ReturnType<typeof sabotagesOf> = [
  [
    'a backup that somebody paused',
    changed('ReplicationSource', 'home-assistant-s3', (object) => ({
      spec: { ...specOf(object), paused: true },
    })),
    /ReplicationSource home-automation\/home-assistant-s3: spec\.paused is true/,
  ],
  [
    'a backup that never ran',
    changed('ReplicationSource', 'immich-postgres-rustfs', () => ({ status: {} })),
    /ReplicationSource media\/immich-postgres-rustfs: it never happened/,
  ],
  [
    'a backup that ended a week ago',
    changed('ReplicationSource', 'immich-postgres-rustfs', () => ({
      status: { lastSyncTime: '2026-11-23T03:17:00Z' },
    })),
    /status\.lastSyncTime is 7 days old/,
  ],
  [
    'a suspended copy of etcd',
    changed('CronJob', 'talos-backup', (object) => ({ spec: { ...specOf(object), suspend: true } })),
    /CronJob kube-system\/talos-backup: spec\.suspend is true/,
  ],
  [
    'an expired certificate',
    made({
      ...handMade('cert-manager.io/v1', 'Certificate', 'web', {}),
      status: { notAfter: '2026-11-29T00:00:00Z', renewalTime: '2026-10-30T00:00:00Z' },
    }),
    /Certificate media\/web ended on 2026-11-29/,
  ],
  [
    'an upgrade that failed',
    changed('TalosUpgrade', 'talos', () => ({ status: { phase: 'Failed', message: 'node alpha' } })),
    /TalosUpgrade talos: status\.phase is Failed \(node alpha\)/,
  ],
  [
    'a health check that does not hold',
    changed('CephCluster', 'ceph', () => ({ status: { ceph: { health: 'HEALTH_WARN' } } })),
    /CephCluster rook-ceph\/ceph: .* is false/,
  ],
  [
    'a node with another Talos',
    changed('Node', 'alpha', ({ status }) => ({
      status: { ...Object(status), nodeInfo: { osImage: 'Talos (v1.12.0)' } },
    })),
    /Node alpha: Talos 1\.12\.0 runs Kubernetes 1\.30 to 1\.35, and not 1\.36\.0/,
  ],
];

function imageOf(object: KubernetesObject, image: string): object {
  const template = fieldsAt(object, 'spec', 'template');
  const spec = fieldsAt(template, 'spec');
  const containers = mapsAt(spec, 'containers').map((container) => ({ ...container, image }));
  return { ...template, spec: { ...spec, containers } };
}

function crashing(objects: KubernetesObject[]): KubernetesObject[] {
  const status = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [
      {
        name: 'cloudflared',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1 } },
      },
    ],
  };
  const pod = changed('Pod', 'cloudflared-12345-abcde', () => ({ status }));
  return changed('Deployment', 'cloudflared', () => ({
    status: { observedGeneration: 1, updatedReplicas: 1 },
  }))(pod(objects));
}

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
    change: (objects: KubernetesObject[]) => KubernetesObject[] = (objects) => objects,
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

  it.runIf(example === 'platform')('finds and names: a bucket in which nothing is new', async () => {
    const old = { ...listed, body: listing.replace('2026-11-30T03', '2026-11-28T03') };
    const found = openOf(await results(undefined, { service: () => old }));
    expect(found.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['volsync-newest-media-immich-postgres-rustfs', 'broken'],
      ['volsync-newest-home-automation-home-assistant-rustfs', 'broken'],
    ]);
    expect(found[0]?.evidence[0]).toMatch(/is 57 h old \(2026-11-28T03:17:30Z\)/);
  });

  it.runIf(example === 'platform')(
    'asks a store once that does not answer, and checks nothing of it',
    async () => {
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
    },
  );

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
    expect(found.find(({ id }) => id === 'strangers')?.verdict).toBe('not checked');
    expect(found.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  });

  it('checks nothing where a group of the API does not answer', async () => {
    const found = await results(undefined, { missing: ['example.org/v1'] });
    const promises = found.filter(isPromise);
    expect(promises.length).toBeGreaterThan(10);
    expect(promises.filter(({ verdict }) => verdict !== 'not checked')).toEqual([]);
  });
});
