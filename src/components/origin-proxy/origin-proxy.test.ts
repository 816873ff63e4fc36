import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { preparedHome, threeTalosNodes } from '../../../tests/home.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import type {
  ConfigMap,
  Deployment,
  NetworkPolicy,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  Service,
} from '../../kubernetes/types.ts';
import type { Prepared } from '../../operations/configure/configure.ts';

interface Kinds {
  Deployment: Deployment;
  Service: Service;
  ConfigMap: ConfigMap;
  NetworkPolicy: NetworkPolicy;
  PodDisruptionBudget: PodDisruptionBudget;
  PodMonitor: PodMonitor;
  PrometheusRule: PrometheusRule;
}

/** The objects of a kind in the namespace of the origin proxy and the tunnel. */
function all<Kind extends keyof Kinds>({ plan }: Prepared, kind: Kind): Kinds[Kind][] {
  return plan.objects
    .map(({ object }) => object)
    .filter((object) => object.kind === kind && object.metadata.namespace === 'networking') as Kinds[Kind][];
}

function one<Kind extends keyof Kinds>(prepared: Prepared, kind: Kind, name: string): Kinds[Kind] {
  const found = all(prepared, kind).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

const proxy = 'immich-origin-proxy';

test('one node has one origin proxy and one tunnel; more nodes have two of each, and one stays while nodes are drained', async () => {
  const single = await preparedHome();
  const several = await preparedHome(threeTalosNodes);
  for (const name of [proxy, 'cloudflared']) {
    expect(one(single, 'Deployment', name).spec?.replicas).toBe(1);
    const { replicas, selector, template } = one(several, 'Deployment', name).spec ?? {};
    expect(replicas).toBe(2);
    const budget = one(several, 'PodDisruptionBudget', name).spec;
    expect(budget).toEqual({ minAvailable: 1, selector: { matchLabels: selector?.matchLabels } });
    expect(template?.metadata?.labels).toMatchObject(selector?.matchLabels ?? {});
    expect(template?.spec?.topologySpreadConstraints).toHaveLength(1);
  }
  expect(all(single, 'PodDisruptionBudget')).toEqual([]);
});

test('the origin proxy is stopped with the configuration that it was started with', async () => {
  const { containers = [] } = one(await preparedHome(), 'Deployment', proxy).spec?.template.spec ?? {};
  const [{ command, lifecycle } = {}] = containers;
  expect(command).toEqual(['nginx', '-c', '/etc/gatehouse/nginx/nginx.conf']);
  expect(lifecycle?.preStop?.exec?.command?.at(-1)).toContain(`; ${command?.join(' ')} -s quit;`);
});

test('an origin proxy that hangs is ended at once, one that is replaced finishes its requests', async () => {
  const spec = one(await preparedHome(), 'Deployment', proxy).spec?.template.spec;
  const [{ livenessProbe } = {}] = spec?.containers ?? [];
  expect(livenessProbe?.terminationGracePeriodSeconds).toBe(10);
  expect(spec?.terminationGracePeriodSeconds).toBe(150);
});

test('an origin proxy is ready soon after it has reached the app, and may fail for a moment', async () => {
  const [{ readinessProbe } = {}] =
    one(await preparedHome(), 'Deployment', proxy).spec?.template.spec?.containers ?? [];
  expect(readinessProbe?.periodSeconds).toBeLessThanOrEqual(2);
  // It asks the app while it is asked, for up to 4 s.
  expect(readinessProbe?.timeoutSeconds).toBeGreaterThan(4);
  const { periodSeconds = 0, failureThreshold = 0 } = readinessProbe ?? {};
  expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(8);
});

test('any change of the configuration of the origin proxy rolls its pods, a private value as well as a public one', async () => {
  const hash = async (change?: Parameters<typeof preparedHome>[0]) =>
    one(await preparedHome(change), 'Deployment', proxy).spec?.template.metadata?.annotations?.[
      'checksum/config'
    ];
  const privateValues = (edit: (value: ConfigData) => void) => hash({ privateFile: edit });
  const before = await hash();
  expect(before).toMatch(/^[\w-]{16,}$/);
  expect(await hash()).toBe(before);
  const changed = [
    await privateValues((value) => {
      value.originProxy.team = 'another-team';
    }),
    await privateValues((value) => {
      value.immich.access.audience = 'e'.repeat(64);
    }),
    await hash({
      cluster: (value) => {
        value.originProxy = { ...value.originProxy, uploads: 3 };
      },
    }),
  ];
  expect(new Set([before, ...changed]).size).toBe(4);
});

test('the probes and the figures are on a port that no Service offers and no policy opens', async () => {
  const prepared = await preparedHome();
  const ports = one(prepared, 'Deployment', proxy).spec?.template.spec?.containers[0]?.ports;
  expect(ports?.map(({ name, containerPort }) => [name, containerPort])).toEqual([
    ['gate', 8080],
    ['status', 8081],
  ]);
  expect(one(prepared, 'Service', proxy).spec?.ports).toEqual([
    { name: 'http', port: 8080, targetPort: 'gate' },
  ]);
  const labels = one(prepared, 'Deployment', proxy).spec?.template.metadata?.labels ?? {};
  const opened = all(prepared, 'NetworkPolicy')
    .filter(({ spec }) =>
      Object.entries(spec?.podSelector?.matchLabels ?? {}).every(([name, value]) => labels[name] === value),
    )
    .flatMap(({ spec }) => spec?.ingress ?? []);
  expect(opened.flatMap((rule) => rule.ports?.map(({ port }) => port) ?? ['all'])).toEqual([8080]);
});

test('cloudflared asks for the token on each rule that leads somewhere, and nowhere above', async () => {
  const { data } = one(await preparedHome(), 'ConfigMap', 'cloudflared');
  const text = Object.values(data ?? {}).find((value) => value.includes('ingress:')) ?? '';
  const { ingress, originRequest } = parse(text);
  expect(originRequest).toBeUndefined();
  expect(ingress.length).toBeGreaterThan(1);
  for (const rule of ingress.slice(0, -1)) {
    expect(rule.originRequest.access).toEqual({
      required: true,
      teamName: '${ACCESS_TEAM}',
      audTag: ['${IMMICH_ACCESS_AUDIENCE}'],
    });
  }
  expect(ingress.at(-1)).toEqual({ service: 'http_status:404' });
});

test('with monitoring, Prometheus finds the metrics of the origin proxy and may read them; without it nobody may', async () => {
  const watched = await preparedHome({
    cluster(value) {
      value.monitoring = { enabled: true, namespace: 'observability' };
    },
  });
  const template = one(watched, 'Deployment', proxy).spec?.template;
  const { selector, podMetricsEndpoints = [] } = one(watched, 'PodMonitor', proxy).spec ?? {};
  expect(template?.metadata?.labels).toMatchObject(selector?.matchLabels ?? { none: 'none' });
  expect(podMetricsEndpoints).toEqual([{ port: 'status', path: '/metrics' }]);
  const port = template?.spec?.containers[0]?.ports?.find(({ name }) => name === 'status')?.containerPort;
  expect(one(watched, 'NetworkPolicy', proxy).spec?.ingress).toContainEqual({
    from: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
      },
    ],
    ports: [{ port, protocol: 'TCP' }],
  });
  const rules = one(watched, 'PrometheusRule', proxy).spec?.groups?.flatMap(({ rules = [] }) => rules) ?? [];
  expect(rules.map(({ alert }) => alert)).toEqual(['GateWithoutKeys', 'GateKeysOld', 'GateNotWatched']);
  const program = Object.values(one(watched, 'ConfigMap', `${proxy}-verifier`).data ?? {}).join();
  const metrics = rules.flatMap(({ expr }) => String(expr).match(/gatehouse_\w+/g) ?? []);
  expect(new Set(metrics).size).toBe(2);
  for (const metric of metrics) expect(program).toContain(`# TYPE ${metric} gauge`);
  expect(watched.analysis.proofs.filter(({ verdict }) => verdict !== 'proved')).toEqual([]);

  const unwatched = await preparedHome();
  expect([...all(unwatched, 'PodMonitor'), ...all(unwatched, 'PrometheusRule')]).toEqual([]);
  expect(JSON.stringify(one(unwatched, 'NetworkPolicy', proxy).spec?.ingress)).not.toContain(String(port));
});
