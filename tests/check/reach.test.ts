import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { gatehouse } from '../program.ts';

const path = mkdtempSync(join(tmpdir(), 'gatehouse-reach-'));
afterAll(() => rmSync(path, { recursive: true, force: true }));
const surroundings = {
  env: {},
  home: `${path}/home`,
  platform: process.platform,
  now: () => new Date('2026-11-24T00:00:00Z'),
};
const run = (...args: string[]) => gatehouse({ path, surroundings }, 'reach', ...args);
const write = (name: string, content: string): void => writeFileSync(join(path, name), content);

const cases = new URL('../../../shared/cases/netpol/cases.json.gz', import.meta.url);
const reason = existsSync(cases) ? '' : ' (skipped: the acceptance cases are not on this machine)';
const reach = z.enum(['allowed', 'blocked']);
const step = z.object({
  namespaces: z.record(z.string(), z.record(z.string(), z.string())),
  pods: z.array(
    z.object({
      Namespace: z.string(),
      Name: z.string(),
      IP: z.string(),
      Labels: z.record(z.string(), z.string()).nullable(),
      Ports: z.array(z.object({ name: z.string(), port: z.number(), protocol: z.string() })).nullable(),
    }),
  ),
  policies: z.array(z.record(z.string(), z.unknown())).nullable(),
  flows: z.array(z.tuple([z.string(), z.string(), z.string(), z.number(), z.string(), reach, reach, reach])),
});
const answer = z.object({
  verdict: z.string(),
  ingress: z.string(),
  egress: z.string(),
  because: z.array(z.object({ object: z.looseObject({ kind: z.string() }), rule: z.string() })).min(1),
});

function listOf({ namespaces, pods, policies }: z.infer<typeof step>): unknown {
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      ...Object.entries(namespaces).map(([name, labels]) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
      })),
      ...pods.map(({ Namespace: namespace, Name: name, IP: podIP, Labels: labels, Ports: ports }) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace, name, labels },
        spec: {
          containers: [
            {
              name: 'c',
              ports: ports?.map((each) => ({
                name: each.name,
                containerPort: each.port,
                protocol: each.protocol,
              })),
            },
          ],
        },
        status: { podIP },
      })),
      ...(policies ?? []),
    ],
  };
}

describe(`the cases of cyclonus, asked of the command${reason}`, () => {
  const read = (): { steps: z.infer<typeof step>[] }[] =>
    z
      .array(z.object({ steps: z.array(step) }))
      .parse(JSON.parse(gunzipSync(readFileSync(cases)).toString('utf8')));

  it.skipIf(reason !== '')(
    'are answered as the simulator does, by number and by name of the port',
    async () => {
      const all = read();
      expect(all).toHaveLength(70);
      for (const [position, each] of all.entries()) {
        for (const { flows, ...rest } of each.steps) {
          const list = listOf({ flows, ...rest });
          write('objects', position % 5 === 0 ? stringify(list) : JSON.stringify(list));
          const questions = flows.flatMap(([from, to, protocol, port, name]) => [
            { from, to, protocol, port },
            { from, to, protocol, port: name },
          ]);
          write('queries', questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
          const { code, stdout, stderr } = await run(
            '--objects',
            'objects',
            '--queries',
            'queries',
            '--json',
          );
          expect(stderr).toBe('');
          expect(code).toBe(0);
          const answers = stdout
            .trimEnd()
            .split('\n')
            .map((line) => answer.parse(JSON.parse(line)));
          expect(answers.map(({ ingress, egress, verdict }) => [ingress, egress, verdict])).toEqual(
            flows.flatMap(([, , , , , ...verdicts]) => [verdicts, verdicts]),
          );
        }
      }
    },
    120_000,
  );
});

const small = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Namespace
  metadata: {name: x}
- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x, labels: {app: a}}, status: {podIP: 10.0.0.1}}
- apiVersion: v1
  kind: Pod
  metadata: {name: b, namespace: x, labels: {app: b}}
  spec: {containers: [{name: c, ports: [{name: web, containerPort: 80}]}]}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: b, namespace: x}
  spec:
    podSelector: {matchLabels: {app: b}}
    ingress:
    - from: [{podSelector: {matchLabels: {app: none}}}]
    - from: [{podSelector: {matchLabels: {app: a}}}]
      ports: [{port: web}]
`;

describe('one question', () => {
  it('is answered with the policy and the line of the rule that decides', async () => {
    write('small.yaml', small);
    const { code, stdout } = await run('--objects', 'small.yaml', '--from', 'x/a', '--to', 'x/b:web');
    expect(code).toBe(0);
    expect(stdout).toContain('x/a → x/b:web  allowed');
    expect(stdout).toContain('NetworkPolicy x/b (small.yaml:19)  ingress[1]');
  });

  it('names the line of a denial of Cilium', async () => {
    const denial = `- apiVersion: cilium.io/v2
  kind: CiliumNetworkPolicy
  metadata: {name: c, namespace: x}
  spec:
    endpointSelector: {matchLabels: {app: b}}
    ingressDeny:
    - fromEntities: [world]
    - fromEndpoints: [{matchLabels: {app: a}}]
`;
    write('denied.yaml', small + denial);
    const { stdout } = await run('--objects', 'denied.yaml', '--from', 'x/a', '--to', 'x/b:web');
    const lines = (small + denial).split('\n');
    const line = 1 + lines.findIndex((each) => each.includes('fromEndpoints'));
    expect(stdout).toContain('x/a → x/b:web  blocked');
    expect(stdout).toContain(`CiliumNetworkPolicy x/c (denied.yaml:${line})  ingressDeny[1]`);
  });

  it('finds the pod by its address, and blocks other addresses', async () => {
    write('small.yaml', small);
    const verdict = async (from: string): Promise<unknown> =>
      JSON.parse(
        (await run('--objects', 'small.yaml', '--from', from, '--to', 'x/pod/b:80', '--json')).stdout,
      ).verdict;
    expect(await verdict('10.0.0.1')).toBe('allowed');
    expect(await verdict('10.0.0.2')).toBe('blocked');
    expect(await verdict('10.0.0.0/24')).toBe('blocked');
  });

  it('is unknown where nobody enforces the policy that would block', async () => {
    write('small.yaml', small);
    const { code, stdout } = await run(
      ...['--objects', 'small.yaml', '--from', '10.0.0.2', '--to', 'x/b:80', '--enforcer', 'none'],
    );
    expect(stdout).toContain('unknown');
    expect(code).toBe(4);
  });

  it('names an end that is not there', async () => {
    write('small.yaml', small);
    const { code, stderr } = await run('--objects', 'small.yaml', '--from', 'x/q', '--to', 'x/b:99999');
    expect(code).toBe(2);
    expect(stderr).toContain('--from x/q');
    expect(stderr).toContain('--to x/b:99999');
  });
});

describe('a question that ends at a Service', () => {
  const services = `${small}- {apiVersion: v1, kind: Service, metadata: {name: web, namespace: x}, spec: {selector: {app: b}, ports: [{name: http, port: 8080, targetPort: web}]}}
- {apiVersion: v1, kind: Service, metadata: {name: bare, namespace: x}, spec: {clusterIP: None, selector: {app: b}, ports: [{name: http, port: 8080, targetPort: web}]}}
- {apiVersion: v1, kind: Service, metadata: {name: other, namespace: x}, spec: {type: ExternalName, externalName: web.x.svc.cluster.local}}
- {apiVersion: v1, kind: Service, metadata: {name: out, namespace: x}, spec: {type: ExternalName, externalName: example.org}}
- {apiVersion: v1, kind: Service, metadata: {name: nobody, namespace: x}, spec: {selector: {app: none}, ports: [{port: 80}]}}
- {apiVersion: v1, kind: Service, metadata: {name: theirs, namespace: x}, spec: {ports: [{port: 80}]}}
`;
  const ask = async (to: string) => {
    write('services.yaml', services);
    const { code, stdout, stderr } = await run('--objects', 'services.yaml', '--from', 'x/a', '--to', to);
    return { code, said: stdout + stderr };
  };

  it.each([
    ['x/web:8080', 0, 'allowed', 'Pod x/b  TCP 80'],
    ['x/web:http', 0, 'allowed', 'Pod x/b  TCP 80'],
    ['x/bare:80', 0, 'allowed', 'Pod x/b  TCP 80'],
    ['x/bare:8080', 0, 'blocked', 'Pod x/b  TCP 8080'],
    ['x/other:8080', 0, 'allowed', 'Service x/web'],
    ['x/out:443', 4, 'unknown', 'example.org is outside of the cluster'],
    ['x/nobody:80', 0, 'blocked', 'no workload among the objects is behind Service x/nobody'],
    ['x/theirs:80', 4, 'unknown', 'no selector'],
    ['x/web:80', 2, '--to x/web:80', 'names a port that it does not have'],
  ])('%s', async (to, code, verdict, why) => {
    const found = await ask(to);
    expect(found.code).toBe(code);
    expect(found.said).toContain(verdict);
    expect(found.said).toContain(why);
  });
});

describe('many questions', () => {
  it('name the file and every line that cannot be read', async () => {
    write('small.yaml', small);
    write(
      'bad.jsonl',
      '{"from":"x/a","to":"x/b","port":80}\nnot json\n\n{"from":"x/a","to":"x/b","protocol":"ICMP","port":80}\n{"from":"x/a","to":"x/b","port":0}\n',
    );
    const { code, stderr, stdout } = await run('--objects', 'small.yaml', '--queries', 'bad.jsonl');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.match(/bad\.jsonl:\d+/g)).toEqual(['bad.jsonl:2', 'bad.jsonl:4', 'bad.jsonl:5']);
  });

  it('are unknown, with the reason, where one asks for what is not there', async () => {
    write('small.yaml', small);
    write('ask.jsonl', '{"from":"x/a","to":"x/q","port":80}\r\n{"from":"x/a","to":"x/b","port":80}\r\n');
    const { code, stdout } = await run('--objects', 'small.yaml', '--queries', 'ask.jsonl', '--json');
    const [missing, found] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => answer.parse(JSON.parse(line)));
    expect(code).toBe(4);
    expect(missing?.verdict).toBe('unknown');
    expect(missing?.because[0]?.rule).toContain('not among the objects');
    expect(found?.verdict).toBe('allowed');
  });

  it.each([
    ['is not there', 'none.yaml', undefined],
    ['is no YAML', 'broken.yaml', 'a: [\n'],
    ['holds no object', 'empty.yaml', '[]\n'],
  ])('are refused where the file of objects %s', async (_name, file, content) => {
    if (content !== undefined) write(file, content);
    write('ask.jsonl', '{"from":"x/a","to":"x/b","port":80}\n');
    const { code, stderr } = await run('--objects', file, '--queries', 'ask.jsonl', '--json');
    expect(code).toBe(2);
    expect(stderr).toBe('');
    const { stderr: told } = await run('--objects', file, '--queries', 'ask.jsonl');
    expect(told).toMatch(/\n1 problem\.\n$/);
  });
});

describe('questions that the simulator does not ask', () => {
  const pod = (name: string, more: Record<string, unknown> = {}): unknown => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'x', name, labels: { app: name } },
    spec: { containers: [{ name: 'c', ports: [{ name: 'web', containerPort: 80 }] }] },
    ...more,
  });
  const policy = (spec: Record<string, unknown>): unknown => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'x', name: 'p' },
    spec: { podSelector: { matchLabels: { app: 'b' } }, ...spec },
  });
  const at = (...addresses: string[]) => ({
    status: { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) },
  });
  const asked = async (items: unknown, ...questions: Record<string, unknown>[]) => {
    write('list', JSON.stringify(items));
    write(
      'asked',
      questions.map((each) => `${JSON.stringify({ from: 'x/a', to: 'x/b', port: 80, ...each })}\n`).join(''),
    );
    const { stdout, code } = await run('--objects', 'list', '--queries', 'asked', '--json');
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => answer.parse(JSON.parse(line)));
    return { code, said: answers.map(({ ingress, egress, verdict }) => `${ingress}/${egress}/${verdict}`) };
  };
  const open = 'allowed/allowed/allowed';
  const shut = 'blocked/allowed/blocked';
  const from = (...peers: unknown[]) => policy({ ingress: [{ from: peers }] });

  it.each<[name: string, items: unknown[], said: string]>([
    ['IPv6 in a block', [pod('a', at('fd00::1')), pod('b'), from({ ipBlock: { cidr: 'fd00::/64' } })], open],
    [
      'IPv6 in an exception',
      [pod('a', at('fd00::1')), pod('b'), from({ ipBlock: { cidr: 'fd00::/64', except: ['fd00::/120'] } })],
      shut,
    ],
    [
      'one address of two',
      [pod('a', at('10.0.0.1', 'fd00::1')), pod('b'), from({ ipBlock: { cidr: 'fd00::/64' } })],
      open,
    ],
    ['another family', [pod('a', at('10.0.0.1')), pod('b'), from({ ipBlock: { cidr: '::/0' } })], shut],
    [
      'a block that begins in its middle',
      [pod('a', at('10.0.0.1')), pod('b'), from({ ipBlock: { cidr: '10.0.0.77/24' } })],
      open,
    ],
    [
      'pods without labels',
      [pod('a', { metadata: { namespace: 'x', name: 'a' } }), pod('b'), from({ podSelector: {} })],
      open,
    ],
    [
      'pods whose labels are null',
      [
        pod('a', { metadata: { namespace: 'x', name: 'a', labels: null } }),
        pod('b'),
        from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } }),
      ],
      open,
    ],
    ['a namespace without an object', [pod('a'), pod('b'), from({ namespaceSelector: {} })], open],
    [
      'a policy without a selector of pods',
      [
        pod('a'),
        pod('b'),
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { ingress: [] },
        },
      ],
      shut,
    ],
    [
      'selectors that are null',
      [
        pod('a'),
        pod('b'),
        from({ podSelector: { matchLabels: null, matchExpressions: null }, namespaceSelector: null }),
      ],
      open,
    ],
    ['lists that are null', [pod('a'), pod('b'), policy({ ingress: [{ from: null, ports: null }] })], open],
    ['no rules at all', [pod('a'), pod('b'), policy({ ingress: null })], shut],
    [
      'a policy of another namespace',
      [
        pod('a'),
        pod('b'),
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { namespace: 'y', name: 'p' },
          spec: { podSelector: {} },
        },
      ],
      open,
    ],
    [
      'a range of ports',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 79, endPort: 81 }] }] })],
      open,
    ],
    [
      'a range that has just ended',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 70, endPort: 79 }] }] })],
      shut,
    ],
    [
      'ports without a protocol',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 80 }] }] })],
      open,
    ],
    [
      'a protocol without a port',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ protocol: 'UDP' }] }] })],
      shut,
    ],
    [
      'a port that no API accepts',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: '80' }] }] })],
      'unknown/allowed/unknown',
    ],
    [
      'a protocol that no API accepts',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 80, protocol: 'ICMP' }] }] })],
      'unknown/allowed/unknown',
    ],
    [
      'egress in the types only',
      [pod('a'), pod('b'), policy({ policyTypes: ['Egress'], ingress: [] })],
      open,
    ],
    [
      'a pod on the network of its node',
      [pod('a', { spec: { hostNetwork: true, containers: [] } }), pod('b'), policy({ ingress: [] })],
      open,
    ],
  ])('%s', async (_name, items, said) => {
    expect(await asked(items, {})).toEqual({ code: said.startsWith('unknown') ? 4 : 0, said: [said] });
  });

  it('resolves a name on each pod, in every container', async () => {
    const two = pod('b', {
      spec: {
        containers: [
          { name: 'c' },
          {
            name: 'd',
            ports: [
              { name: 'web', containerPort: 8080 },
              { name: 'web-u', containerPort: 53, protocol: 'UDP' },
            ],
          },
        ],
        initContainers: [
          { name: 'sidecar', restartPolicy: 'Always', ports: [{ name: 'metrics', containerPort: 9090 }] },
        ],
      },
    });
    const items = [pod('a'), two, policy({ ingress: [{ ports: [{ port: 'web' }, { port: 'metrics' }] }] })];
    const { said } = await asked(
      items,
      { port: 'web' },
      { port: 8080 },
      { port: 80 },
      { port: 'metrics' },
      { port: 'web-u', protocol: 'UDP' },
      { port: '8080' },
    );
    expect(said).toEqual([open, open, shut, open, shut, open]);
  });

  it('reads lists of every form', async () => {
    const items = [pod('a'), pod('b'), from({ podSelector: { matchLabels: { app: 'none' } } })];
    expect((await asked({ apiVersion: 'v1', kind: 'List', items }, {})).said).toEqual([shut]);
    expect(
      (
        await asked(
          {
            apiVersion: 'v1',
            kind: 'List',
            metadata: {},
            items: [
              {
                kind: 'PodList',
                items: items
                  .slice(0, 2)
                  .map((each) => ({ ...(each as object), kind: undefined, apiVersion: undefined })),
              },
              { kind: 'NetworkPolicyList', items: items.slice(2) },
            ],
          },
          {},
        )
      ).said,
    ).toEqual([shut]);
  });

  it('does not know pods and ports that are not there', async () => {
    const items = [pod('a'), pod('b')];
    const { code, said } = await asked(
      items,
      { to: 'x/gone' },
      { from: 'y/a' },
      { port: 'gone' },
      { port: 'web', protocol: 'UDP' },
    );
    expect(said).toEqual(Array(4).fill('unknown/unknown/unknown'));
    expect(code).toBe(4);
  });
});
