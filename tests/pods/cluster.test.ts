// Crosses tests/pods/cluster and the programs of tools/real-parts: what every other test of the bench builds on.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { processStart } from '../../tools/real-parts/machine.ts';
import type { Cluster } from './cluster/cluster.ts';
import { memoryOf } from './cluster/controlGroups.ts';
import { busyboxImage } from './cluster/images.ts';
import { differences, machineState, remainsOf } from './cluster/machineState.ts';
import { childrenOf, endStaleRuns, runOf } from './cluster/runDirectory.ts';
import { podSuite } from './cluster/suite.ts';
import { type Place, places } from './cluster/world.ts';
import { eventually } from './fixtures/podState.ts';

const namespace = 'traffic';
const nodePort = 30_100;

/** Answers with the address of whoever asks. */
const server = [
  'mkdir -p /tmp/web/cgi-bin',
  String.raw`printf '#!/bin/sh\necho; echo $REMOTE_ADDR\n' >/tmp/web/cgi-bin/who`,
  'chmod +x /tmp/web/cgi-bin/who',
  'echo serving',
  'exec httpd -f -p 0.0.0.0:8000 -h /tmp/web',
].join('; ');

function pod(name: string, command: readonly string[]): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: busyboxImage, command: [...command] }],
    },
  };
}

function inNamespace(other: string, { metadata, ...rest }: KubernetesObject): KubernetesObject {
  return { ...rest, metadata: { ...metadata, namespace: other } };
}

const objects: KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  pod('web', ['sh', '-c', server]),
  pod('friend', ['sleep', '100000']),
  pod('unknown', ['sleep', '100000']),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace },
    spec: {
      type: 'NodePort',
      // Otherwise the server sees the node's address.
      externalTrafficPolicy: 'Local',
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8000, nodePort }],
    },
  },
];

const policies: KubernetesObject[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace },
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { podSelector: { matchLabels: { app: 'friend' } } },
            { podSelector: { matchLabels: { app: 'unknown' } } },
            { ipBlock: { cidr: `${places.lan}/32` } },
          ],
          ports: [{ port: 8000, protocol: 'TCP' }],
        },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'friend', namespace },
    spec: {
      podSelector: { matchLabels: { app: 'friend' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 8000 }] }],
    },
  },
];

/** What the server says when a pod asks, or `no answer` with the reason. */
async function askFromPod(cluster: Cluster, name: string, url: string): Promise<string> {
  const command = ['exec', '-n', namespace, name, '--', 'timeout', '3', 'wget', '-qO-', '-T', '2', url];
  const { code, output, errors } = await cluster.kubectl(...command);
  return code === 0 ? output.trim() : `no answer: ${errors.trim()}`;
}

/** What the server says when a place asks, or `no answer` with the reason. */
async function askFromPlace(cluster: Cluster, place: Place, url: string): Promise<string> {
  const script = `fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(2000) }).then((a) => a.text()).then(
    (text) => process.stdout.write(text),
    (error) => process.stdout.write(\`no answer: \${error.message} \${error.cause?.code ?? ''}\`),
  )`;
  const { code, output, errors } = await cluster.execInWorld(place, [process.execPath, '-e', script]);
  return code === 0 ? output.trim() : `not asked: ${errors.trim()}`;
}

/** What a policy makes of a question: wget of busybox and Node say that it is refused, or that nothing comes. */
const refused =
  /^no answer: (?:wget: (?:can't connect to remote host|download timed out)|command terminated with exit code 143|fetch failed ECONN|The operation was aborted due to timeout)/;
/** Without DNS, the name is not even known. */
const unanswered =
  /^no answer: (?:wget: (?:bad address|download timed out)|command terminated with exit code 143)/;

async function untilAllReady(cluster: Cluster, inThis: string): Promise<void> {
  const waited = await cluster.kubectlWith(
    { timeout: 100_000 },
    ...['wait', '-n', inThis, '--for=condition=Ready', 'pod', '--all', '--timeout=90s'],
  );
  expect(waited).toMatchObject({ code: 0 });
}

const podStatus = z.looseObject({ podIP: z.string() });

async function addressOf(cluster: Cluster, name: string): Promise<string> {
  const object = await cluster.client.get({ apiVersion: 'v1', kind: 'Pod', name, namespace });
  return podStatus.parse(object?.['status']).podIP;
}

/** Asks until the answer is the expected one: rules are written some time after a Service or a policy is. */
async function until(what: string, ask: () => Promise<string>, expected: string | RegExp): Promise<void> {
  const isExpected = (answer: string): boolean =>
    typeof expected === 'string' ? answer === expected : expected.test(answer);
  let last = '';
  const look = async (): Promise<true | undefined> => {
    last = await ask();
    return isExpected(last) ? true : undefined;
  };
  await eventually(`${what}: ${expected}`, 90, look, async () => last);
}

podSuite('the cluster', (cluster) => {
  test('has one node, which is Ready and has the address of the documents', async () => {
    const { output } = await cluster.kubectl('get', 'nodes', '-o', 'wide', '--no-headers');
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toMatch(/^alpha\s+Ready\s.*192\.0\.2\.10/);
  });

  describe('with a server and two clients', () => {
    test('runs them, and shows their logs', async () => {
      await cluster.apply(objects);
      await untilAllReady(cluster, namespace);
      await until(
        'the log',
        async () => (await cluster.kubectl('logs', '-n', namespace, 'web')).output,
        'serving\n',
      );
    });

    test('leads from pod to pod, by address, by Service and by name', async () => {
      const [web, friend] = [await addressOf(cluster, 'web'), await addressOf(cluster, 'friend')];
      const service = await cluster.kubectl(
        ...['get', 'service', '-n', namespace, 'web', '-o', 'jsonpath={.spec.clusterIP}'],
      );
      const hosts = [`${web}:8000`, service.output, 'web', `web.${namespace}.svc.cluster.local`];
      // kube-proxy writes the rules of a Service some time after its pods are Ready.
      for (const host of hosts) {
        const ask = () => askFromPod(cluster, 'friend', `http://${host}/cgi-bin/who`);
        await until(`the friend at ${host}`, ask, friend);
      }
    });

    test.each(Object.entries(places))(
      'shows a server behind a NodePort the address of %s',
      async (place, address) => {
        const url = `http://${cluster.node.address}:${nodePort}/cgi-bin/who`;
        await until(`${place} at the NodePort`, () => askFromPlace(cluster, place as Place, url), address);
      },
    );

    test('enforces a default deny in both directions, and what is allowed', async () => {
      const [web, friend] = [await addressOf(cluster, 'web'), await addressOf(cluster, 'friend')];
      const url = `http://${web}:8000/cgi-bin/who`;
      const nodeUrl = `http://${cluster.node.address}:${nodePort}/cgi-bin/who`;
      const atNode = (place: Place) => () => askFromPlace(cluster, place, nodeUrl);
      const atPod = (place: Place) => () => askFromPlace(cluster, place, url);
      await until('the VPN at the NodePort, before', atNode('vpn'), places.vpn);
      await cluster.apply(policies);
      await until('the VPN at the NodePort, after', atNode('vpn'), refused);
      // Egress of the one is allowed, of the other only ingress at the server is.
      await until('the unknown pod', () => askFromPod(cluster, 'unknown', url), refused);
      await until('the friend', () => askFromPod(cluster, 'friend', url), friend);
      // Nobody may answer the friend by name: its egress has no DNS.
      expect(await askFromPod(cluster, 'friend', 'http://web/cgi-bin/who')).toMatch(unanswered);
      await until('the LAN at the NodePort', atNode('lan'), places.lan);
      await until('the LAN at the pod', atPod('lan'), places.lan);
      expect(await atPod('internet')()).toMatch(refused);
      const removed = await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
      expect(removed.code).toBe(0);
    });
  });

  test('refuses by Pod Security what restricted does not admit, and says why', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await cluster.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } });
    const refused = cluster.client.apply(inNamespace('strict', pod('plain', ['true']))).then(
      () => 'admitted',
      (error: Error) => error.message,
    );
    expect(await refused).toMatch(
      /violates PodSecurity "restricted.*allowPrivilegeEscalation.*runAsNonRoot/s,
    );
    await cluster.client.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'strict' });
  });

  test('has no way out of the machine', async () => {
    const routes = async (command: Promise<{ output: string }>) => (await command).output;
    const script = 'ip -o route get 8.8.8.8';
    expect(await routes(cluster.execInNode(['sh', '-c', script]))).toContain('via 192.0.2.254');
    // The router knows the places and nothing else.
    const router = await routes(
      cluster.execInWorld('internet', ['nsenter', '-t', '1', '-n', '--', 'ip', 'route']),
    );
    expect(router).not.toContain('default');
  });

  test('ends what was started in the node and in the world with the process that started it', async () => {
    const inNode = cluster.spawnInNode(['sleep', '98765']);
    const inWorld = cluster.spawnInWorld('lan', ['sleep', '98765']);
    // Each asks in the process namespace of its own side.
    const search = ['sh', '-c', 'grep -lzx 9876[5] /proc/[0-9]*/cmdline 2>/dev/null | wc -l'];
    const count = async (): Promise<string> => {
      const ran = [await cluster.execInNode(search), await cluster.execInWorld('vpn', search)];
      return ran.map(({ output }) => output.trim()).join(' ');
    };
    await until('in the node and in the world', count, '1 1');
    for (const child of [inNode, inWorld]) child.kill();
    await until('in the node and in the world, later', count, '0 0');
  });

  test('takes less than 2 GB of memory', () => {
    const bytes = memoryOf(cluster.facts.node.members);
    process.stderr.write(`Memory of the node: ${(bytes / 1e6).toFixed(0)} MB\n`);
    expect(bytes).toBeGreaterThan(100e6);
    expect(bytes).toBeLessThan(2e9);
  });

  test('comes back from a power cut with its objects, and runs its pods again', async () => {
    await cluster.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } });
    await cluster.apply([inNamespace('kept', pod('web', ['sh', '-c', server]))]);
    await untilAllReady(cluster, 'kept');
    const before = cluster.facts.node.pid;
    const hardware = ['cat', '/sys/class/net/lan/address'];
    const { output: address } = await cluster.execInNode(hardware);
    // Nobody listens there, which only somebody who was reached can say.
    const throughRouter = ['timeout', '10', 'bash', '-c', `exec 3<>/dev/tcp/${places.internet}/1`];
    expect((await cluster.execInWorld('lan', throughRouter)).errors).toContain('Connection refused');
    await cluster.restartNode();
    expect(cluster.facts.node.pid).not.toBe(before);
    // Who has asked before the power cut asks the same address after it.
    expect((await cluster.execInNode(hardware)).output).toBe(address);
    expect((await cluster.execInWorld('lan', throughRouter)).errors).toContain('Connection refused');
    const restarts = async () =>
      (
        await cluster.kubectl(
          ...[
            'get',
            'pod',
            '-n',
            'kept',
            'web',
            '-o',
            'jsonpath={.status.containerStatuses[0].restartCount}',
          ],
        )
      ).output;
    await until('restarts of the pod', restarts, '1');
    await until(
      'the log',
      async () => (await cluster.kubectl('logs', '-n', 'kept', 'web')).output,
      'serving\n',
    );
    await cluster.kubectl('delete', 'namespace', 'kept', '--wait=false');
  });
});

/** A second run, up to its runtime, as `npm run pods` starts it. */
async function secondRun(): Promise<{ child: ChildProcess; name: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/pods/main.ts'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (child.pid === undefined || child.stderr === null) throw new Error('the second run cannot be started');
  const name = runOf(child.pid, processStart(child.pid) ?? '');
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('containerd answers')) break;
  }
  child.stderr.resume();
  return { child, name };
}

async function gone(name: string, patience = 60_000): Promise<string[]> {
  const deadline = performance.now() + patience;
  while (remainsOf(name).length > 0 && performance.now() < deadline) await wait(50);
  return remainsOf(name);
}

podSuite('a run that ends before its time', () => {
  test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('by %s leaves nothing', async (signal) => {
    const before = await machineState();
    const { child, name } = await secondRun();
    expect(remainsOf(name)).not.toEqual([]);
    child.kill(signal);
    expect(await gone(name)).toEqual([]);
    expect(differences(before, await machineState())).toEqual([]);
  });

  test('without its guardian is ended by the next run', async () => {
    const { child, name } = await secondRun();
    const pid = child.pid ?? 0;
    for (const guardian of childrenOf(pid)) process.kill(guardian, 'SIGKILL');
    child.kill('SIGKILL');
    await wait(300);
    expect(remainsOf(name).length).toBeGreaterThan(0);
    expect(await endStaleRuns()).toContain(name);
    expect(remainsOf(name)).toEqual([]);
  });
});
