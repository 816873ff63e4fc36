import { beforeAll, describe, expect, it } from 'vitest';
import { preparedHome } from '../../../../tests/home.ts';
import { type FakeCluster, fakeCluster } from '../../../../tests/live/fakeCluster.ts';
import { runningObjects } from '../../../../tests/live/runningCluster.ts';
import { textAt, textsAt } from '../../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { CheckResult } from '../../../live/check.ts';
import { LiveError, type LiveWriter } from '../../../live/cluster.ts';
import { runChecks } from '../../../live/runChecks.ts';
import { assumptionsOf } from '../../assumptions.ts';
import type { Prepared } from '../../configure/configure.ts';
import { notInGit } from '../drift/notInGit.ts';
import { type Dump, indexed } from '../dump.ts';
import { deniedConnections } from './denials.ts';
import { probeChecks } from './probeChecks.ts';
import { probeLabels, probeNamespace } from './probeObjects.ts';

const now = () => new Date('2026-11-30T12:00:00Z');
const times = { look: 1, whole: 2_000, empty: 20 };
const image = { image: 'example.org/bash:1', connects: 'bash' } as const;

/** What every cluster has. */
const system: KubernetesObject[] = [
  ['default', 'kubernetes', '10.43.0.1', 443] as const,
  ['kube-system', 'kube-dns', '10.43.0.10', 53] as const,
].map(([namespace, name, clusterIP, port]) => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } },
  spec: { clusterIP, ports: [{ port, protocol: 'TCP' }] },
}));

describe('probes of the home', () => {
  let prepared: Prepared;
  let running: KubernetesObject[];
  beforeAll(async () => {
    prepared = await preparedHome();
    const made = runningObjects(
      prepared.repository.objects.map(({ object }) => object),
      'a'.repeat(40),
    );
    let next = 20;
    running = [
      ...system,
      ...made.map((object): KubernetesObject => {
        if (object.kind === 'Pod')
          return { ...object, status: { ...(object['status'] as object), podIP: `10.42.0.${next++}` } };
        if (object.kind !== 'Service' || textAt(object, 'spec', 'clusterIP') === 'None') return object;
        return { ...object, spec: { ...(object['spec'] as object), clusterIP: `10.43.0.${next++}` } };
      }),
    ];
  });

  const dumpOf = (objects: readonly KubernetesObject[]): Dump =>
    indexed({ objects, listed: [], complete: [], missing: [], unread: [] });
  const inputs = (objects: readonly KubernetesObject[] = running) => ({
    inGit: prepared.repository.objects,
    dump: dumpOf(objects),
    assumptions: assumptionsOf(prepared.configuration),
    images: [image],
    names: [],
    times,
  });

  describe('what is denied', () => {
    it('is every port of every workload to a pod of another namespace, and by the Services', () => {
      const [own] = deniedConnections(inputs());
      expect(own?.namespace).toBe(probeNamespace);
      expect(own?.unasked).toEqual([]);
      const said = own?.denials.map(({ to }) => to.replace(/ \(.*:(\d+)\)$/, ' $1')).toSorted();
      expect(said).toEqual([
        'Deployment media/immich-machine-learning 3003',
        'Deployment media/immich-postgres 5432',
        'Deployment media/immich-redis 6379',
        'Deployment media/immich-server 2283',
        'Deployment networking/cloudflared 2000',
        'Deployment networking/immich-origin-proxy 8080',
        'Deployment networking/immich-origin-proxy 8081',
        'Service media/immich-machine-learning 3003',
        'Service media/immich-postgres 5432',
        'Service media/immich-redis 6379',
        'Service media/immich-server 2283',
        'Service networking/immich-origin-proxy 8080',
      ]);
    });

    it('is the API server and the DNS too to a pod of nobody in a namespace of Git', () => {
      const places = deniedConnections(inputs());
      expect(places.map(({ namespace }) => namespace)).toEqual([probeNamespace, 'media', 'networking']);
      for (const { denials } of places.slice(1))
        expect(denials.map(({ to }) => to)).toEqual(
          expect.arrayContaining([
            'Service default/kubernetes (10.43.0.1:443)',
            'Service kube-system/kube-dns (10.43.0.10:53)',
          ]),
        );
    });

    it('is not asked of a pod that is not ready, and says so', () => {
      const objects = running.map((object) =>
        object.kind === 'Pod' && object.metadata.name.startsWith('immich-redis')
          ? { ...object, status: { ...(object['status'] as object), conditions: [] } }
          : object,
      );
      const [own] = deniedConnections(inputs(objects));
      expect(own?.unasked.join()).toMatch(
        /immich-redis-12345-abcde is not ready.*no ready pod is behind it/s,
      );
      expect(own?.denials.map(({ to }) => to).join()).not.toContain('redis');
    });

    it('is what Git says: a policy by hand takes nothing away', () => {
      const open: KubernetesObject = {
        ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
        metadata: { name: 'open', namespace: 'media' },
        spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
      };
      expect(deniedConnections(inputs([...running, open]))).toEqual(deniedConnections(inputs()));
    });

    it('is nothing where nobody enforces policies', () => {
      const assumptions = { ...assumptionsOf(prepared.configuration), enforcer: 'none' };
      expect(deniedConnections({ ...inputs(), assumptions }).flatMap(({ denials }) => denials)).toEqual([]);
    });
  });

  /** What becomes of a Job, as its controller and kubelet would do it. */
  type Fate = (job: KubernetesObject, targets: readonly string[], fake: FakeCluster) => void;

  /** The script ran, and these addresses let it connect. */
  const answering =
    (open: (target: string, namespace: string) => boolean): Fate =>
    (job, targets, fake) => {
      const namespace = job.metadata.namespace ?? '';
      const letters = targets.map((target) => (open(target, namespace) ? 'o' : 'r')).join('');
      fake.put(
        podOf(job, { state: { terminated: { exitCode: 0, message: `gatehouse-probe ${letters}\n` } } }),
      );
    };
  const isControl = (target: string, namespace: string): boolean =>
    namespace === probeNamespace && /^10\.43\.0\.(1\/443|10\/53)$/.test(target);

  function podOf(job: KubernetesObject, container: object, status: object = {}): KubernetesObject {
    const labels = { ...probeLabels, 'batch.kubernetes.io/job-name': job.metadata.name };
    return {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: `${job.metadata.name}-abcde`, namespace: job.metadata.namespace ?? '', labels },
      status: { containerStatuses: [{ name: 'probe', ...container }], ...status },
    };
  }

  async function probed(
    fate: Fate,
    {
      before = [],
      signal,
      images,
      writer: own,
    }: { before?: KubernetesObject[]; signal?: AbortSignal; images?: []; writer?: Partial<LiveWriter> } = {},
  ): Promise<{ results: Record<string, CheckResult>; created: KubernetesObject[]; left: string[] }> {
    const fake = fakeCluster([...running, ...before]);
    const created: KubernetesObject[] = [];
    const writer: LiveWriter = {
      ...fake.writer,
      create: async (object) => {
        created.push(object);
        fake.put(object);
        const [container] = [object['spec'] as { template: { spec: { containers: object[] } } }].flatMap(
          (spec) => spec?.template?.spec.containers ?? [],
        );
        if (object.kind === 'Job') fate(object, textsAt(container, 'command').slice(8), fake);
        return object;
      },
      ...own,
    };
    const checks = probeChecks({ ...inputs(), ...(images && { images }) });
    const results = await runChecks(checks, { cluster: fake.cluster, writer, signal, now });
    const left = fake
      .objects()
      .filter(({ kind, metadata }) => kind === 'Job' || metadata.name === probeNamespace)
      .filter(({ metadata }) => metadata.name.startsWith('gatehouse-probe'))
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    return { results: Object.fromEntries(results.map((result) => [result.id, result])), created, left };
  }
  const verdicts = ({ results }: { results: Record<string, CheckResult> }) =>
    Object.fromEntries(Object.entries(results).map(([id, { verdict }]) => [id, verdict]));
  const every = (verdict: string) => ({
    'probe-gatehouse-probe': verdict,
    'probe-media': verdict,
    'probe-networking': verdict,
  });

  it('keep every promise where everything is refused but the controls', async () => {
    const done = await probed(answering(isControl));
    expect(verdicts(done)).toEqual(every('kept'));
    expect(done.left).toEqual([]);
    expect(done.results['probe-media']?.evidence).toContain(
      'A pod without policies connected to Service default/kubernetes (10.43.0.1:443)',
    );
    const made = done.created.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`).toSorted();
    expect(made).toEqual(['Job gatehouse-probe', 'Job media', 'Job networking', 'Namespace ']);
  });

  it('find what is open, and name both ends', async () => {
    const done = await probed(
      answering(
        (target, namespace) =>
          isControl(target, namespace) || (namespace === 'media' && target.endsWith('/5432')),
      ),
    );
    expect(verdicts(done)).toEqual({ ...every('kept'), 'probe-media': 'broken' });
    expect(done.results['probe-media']?.evidence[0]).toMatch(
      /^A pod in media connected to Deployment media\/immich-postgres \(immich-postgres-12345-abcde at 10\.42\.0\.\d+:5432\), and Git says that it is refused$/,
    );
  });

  it('prove nothing where a pod without policies cannot connect either', async () => {
    const done = await probed(answering(() => false));
    expect(verdicts(done)).toEqual(every('not checked'));
    expect(done.results['probe-media']?.evidence.join()).toContain('says nothing');
  });

  const waiting =
    (reason: string, message: string): Fate =>
    (job, _, fake) =>
      fake.put(podOf(job, { state: { waiting: { reason, message } } }));
  const refusedByQuota: Fate = (job, _, fake) =>
    fake.put({
      ...{ apiVersion: 'v1', kind: 'Event', reason: 'FailedCreate', message: 'exceeded quota: full' },
      metadata: { name: `${job.metadata.name}.1`, namespace: job.metadata.namespace ?? '' },
      involvedObject: { name: job.metadata.name },
    });
  const unscheduled: Fate = (job, _, fake) =>
    fake.put(
      podOf(
        job,
        {},
        {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }],
        },
      ),
    );
  it.each<[string, Fate, string]>([
    [
      'an image that cannot be pulled',
      waiting('ImagePullBackOff', 'no such image'),
      'ImagePullBackOff: no such image',
    ],
    ['a quota', refusedByQuota, 'exceeded quota: full'],
    ['no node that takes it', unscheduled, '0/1 nodes are available'],
    ['a Job that somebody removed', (job, _, fake) => fake.remove(job), 'somebody removed it'],
    [
      'a program that ends without a result',
      (job, _, fake) =>
        fake.put(podOf(job, { state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } })),
      'ended with 137 and no result (OOMKilled)',
    ],
    [
      'a result of something else',
      (job, _, fake) =>
        fake.put(podOf(job, { state: { terminated: { exitCode: 0, message: 'gatehouse-probe r' } } })),
      'no result',
    ],
    [
      'an evicted pod',
      (job, _, fake) => fake.put(podOf(job, {}, { phase: 'Failed', reason: 'Evicted' })),
      'Evicted',
    ],
  ])('are not checked because of %s', async (_, fate, why) => {
    const done = await probed(fate);
    expect(verdicts(done)).toEqual(every('not checked'));
    for (const { evidence } of Object.values(done.results)) expect(evidence.join()).toContain(why);
    expect(done.left).toEqual([]);
  });

  it('are not checked without an image that can connect', async () => {
    expect(verdicts(await probed(answering(isControl), { images: [] }))).toEqual(every('not checked'));
  });

  it('are not checked where nobody may make a Job, and leave no namespace', async () => {
    const create: LiveWriter['create'] = async () => {
      throw new LiveError('forbidden', 'POST jobs: forbidden', 403);
    };
    const done = await probed(answering(isControl), { writer: { create } });
    expect(verdicts(done)).toEqual(every('not checked'));
    expect(done.results['probe-media']?.evidence.join()).toContain('forbidden');
  });

  it('are removed when the run is interrupted', async () => {
    const stopping = new AbortController();
    const done = await probed(() => stopping.abort(), { signal: stopping.signal });
    expect(verdicts(done)).toEqual(every('not checked'));
    expect(done.left).toEqual([]);
  });

  it('say what could not be removed', async () => {
    const remove: LiveWriter['remove'] = async () => {
      throw new LiveError('forbidden', 'DELETE jobs: forbidden', 403);
    };
    const done = await probed(answering(isControl), { writer: { remove } });
    expect(verdicts(done)).toEqual(every('kept'));
    expect(done.results['probe-media']?.evidence.at(-1)).toMatch(
      /^Job gatehouse-probe-\w+ could not be removed: DELETE jobs: forbidden; kubectl delete job gatehouse-probe-\w+ -n media$/,
    );
  });

  const earlier = (namespace: string): KubernetesObject => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: { name: 'gatehouse-probe-earlier', namespace, labels: probeLabels },
  });
  const namespaceWith = (labels: Record<string, string>, more: object = {}): KubernetesObject => ({
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: probeNamespace, labels, ...more } },
  });

  it('remove what an earlier run left behind', async () => {
    const before = [namespaceWith(probeLabels), earlier(probeNamespace), earlier('media')];
    const done = await probed(answering(isControl), { before });
    expect(verdicts(done)).toEqual(every('kept'));
    expect(done.left).toEqual([]);
  });

  it('leave a namespace of somebody else alone', async () => {
    const done = await probed(answering(isControl), { before: [namespaceWith({ own: 'yes' })] });
    expect(verdicts(done)).toEqual(every('not checked'));
    expect(done.results['probe-gatehouse-probe']?.evidence.join()).toContain("not one of Gatehouse's");
    expect(done.left).toEqual(['Namespace /gatehouse-probe']);
  });

  it('prove nothing where somebody puts policies into each new namespace, and still find what is open', async () => {
    for (const apiVersion of ['networking.k8s.io/v1', 'cilium.io/v2']) {
      const kind = apiVersion === 'cilium.io/v2' ? 'CiliumNetworkPolicy' : 'NetworkPolicy';
      const policy = { apiVersion, kind, metadata: { name: 'only-dns', namespace: probeNamespace } };
      const done = await probed(answering(isControl), { before: [policy] });
      expect(verdicts(done)).toEqual(every('not checked'));
      expect(done.results['probe-media']?.evidence.join()).toContain(
        `${kind} gatehouse-probe/only-dns is there, so that`,
      );
      const open = await probed(
        answering((target, namespace) => isControl(target, namespace) || target.endsWith('/5432')),
        { before: [policy] },
      );
      expect(verdicts(open)).toEqual(every('broken'));
    }
  });

  it('leave no namespace of which nobody said that it was made', async () => {
    let isMade = false;
    const fake = fakeCluster([...running]);
    const create: LiveWriter['create'] = async (object) => {
      if (object.kind !== 'Namespace') throw new LiveError('forbidden', 'POST jobs: forbidden', 403);
      isMade = true;
      fake.put(object);
      throw new LiveError('unreachable', 'POST namespaces failed: the connection broke (ECONNRESET)');
    };
    const writer = { ...fake.writer, create };
    await runChecks(probeChecks(inputs()), { cluster: fake.cluster, writer, now });
    expect(isMade).toBe(true);
    expect(fake.objects().filter(({ metadata }) => metadata.name === probeNamespace)).toEqual([]);
  });

  it('leave a namespace alone that another run made at the same moment', async () => {
    const fake = fakeCluster([...running]);
    const create: LiveWriter['create'] = async (object) => {
      fake.put(object);
      throw new LiveError('refused', 'POST namespaces was answered with 409', 409);
    };
    const writer = { ...fake.writer, create };
    await runChecks(probeChecks(inputs()), { cluster: fake.cluster, writer, now });
    expect(fake.objects().filter(({ metadata }) => metadata.name === probeNamespace)).toHaveLength(1);
  });

  it('wait for the namespace of an earlier run, and not for ever', async () => {
    const going = namespaceWith(probeLabels, { deletionTimestamp: '2026-11-30T11:59:00Z' });
    const done = await probed(answering(isControl), { before: [going] });
    expect(done.results['probe-gatehouse-probe']?.evidence.join()).toContain('still being removed');
  });

  it('are not taken for what somebody made, and nothing else is hidden by their labels', () => {
    const labelled = (apiVersion: string, kind: string): KubernetesObject => ({
      ...{
        apiVersion,
        kind,
        metadata: { name: 'gatehouse-probe-1', namespace: 'media', labels: probeLabels },
      },
    });
    const objects = [labelled('batch/v1', 'Job'), labelled('apps/v1', 'Deployment'), labelled('v1', 'Pod')];
    const inGit = prepared.repository.objects.map(({ object }) => object);
    expect(notInGit(dumpOf(objects), inGit).map(({ kind }) => kind)).toEqual(['Deployment', 'Pod']);
  });
});
