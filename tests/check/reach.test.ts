// Crosses the command line, the manifest loader and the queries of the prover.
import { describe, expect, it } from 'vitest';
import { answersOf, questionRoom } from './questions.ts';

const { run, write } = questionRoom();

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
    expect(await verdict('10.0.0.2/31')).toBe('blocked');
  });

  it('answers a range with an open part as a file of questions does', async () => {
    write('small.yaml', small);
    write('range.jsonl', '{"from":"10.0.0.0/24","to":"x/b","port":80}\n');
    const asked = ['--objects', 'small.yaml', '--from', '10.0.0.0/24', '--to', 'x/pod/b:80'];
    const asMany = await run('--objects', 'small.yaml', '--queries', 'range.jsonl', '--json');
    const [many] = answersOf(asMany.stdout);
    expect(JSON.parse(asMany.stdout).parts).toHaveLength(2);
    const { verdict, ways } = JSON.parse((await run(...asked, '--json')).stdout);
    expect(verdict).toBe('unknown');
    expect(many?.verdict).toBe('unknown');
    expect(ways[0].parts).toContainEqual(
      expect.objectContaining({ addresses: ['10.0.0.1/32'], verdict: 'allowed' }),
    );
    expect((await run(...asked)).stdout).toMatch(/10\.0\.0\.1\S* {2}allowed/);
  });

  it('is unknown where nothing enforces the policy that would block', async () => {
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

describe('a question that ends at the name of a Pod and of a Service', () => {
  const service = (port: string, selector = 'b') =>
    `${small}- {apiVersion: v1, kind: Service, metadata: {name: b, namespace: x}, spec: {selector: {app: ${selector}}, ports: [${port}]}}\n`;

  it.each<[port: string, selector: string, to: string, code: number, says: string]>([
    ['{port: 8080, targetPort: web}', 'b', 'x/b:8080', 2, 'say x/pod/b or x/service/b'],
    ['{port: 80, targetPort: 81}', 'b', 'x/b:80', 2, 'say x/pod/b or x/service/b'],
    ['{port: 80}', 'none', 'x/b:80', 2, 'say x/pod/b or x/service/b'],
    ['{name: web, port: 8080, targetPort: 81}', 'b', 'x/b:web', 2, 'say x/pod/b or x/service/b'],
    ['{port: 80}', 'b', 'x/b:80', 0, 'allowed'],
    ['{name: web, port: 8080, targetPort: web}', 'b', 'x/b:web', 0, 'allowed'],
    ['{port: 8080, targetPort: web}', 'b', 'x/b:80', 0, 'allowed'],
    ['{port: 8080, targetPort: web}', 'b', 'x/service/b:8080', 0, 'allowed'],
    ['{port: 8080, targetPort: web}', 'b', 'x/pod/b:8080', 0, 'blocked'],
  ])('%s to %s: %s', async (port, selector, to, code, says) => {
    write('named.yaml', service(port, selector));
    const found = await run('--objects', 'named.yaml', '--from', 'x/a', '--to', to);
    expect(found.code).toBe(code);
    expect(found.stdout + found.stderr).toContain(says);
  });
});

describe('a file of questions', () => {
  it('is rejected with the number of every line that cannot be read', async () => {
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

  it('gets the answer unknown with the reason for a workload that does not exist', async () => {
    write('small.yaml', small);
    write('ask.jsonl', '{"from":"x/a","to":"x/q","port":80}\r\n{"from":"x/a","to":"x/b","port":80}\r\n');
    const { code, stdout } = await run('--objects', 'small.yaml', '--queries', 'ask.jsonl', '--json');
    const [missing, found] = answersOf(stdout);
    expect(code).toBe(4);
    expect(missing?.verdict).toBe('unknown');
    expect(missing?.because[0]?.rule).toContain('not among the objects');
    expect(found?.verdict).toBe('allowed');
  });

  it.each([
    ['is not there', 'none.yaml', undefined],
    ['is no YAML', 'broken.yaml', 'a: [\n'],
    ['holds no object', 'empty.yaml', '[]\n'],
  ])('is rejected if the file of objects %s', async (_name, file, content) => {
    if (content !== undefined) write(file, content);
    write('ask.jsonl', '{"from":"x/a","to":"x/b","port":80}\n');
    const { code, stderr } = await run('--objects', file, '--queries', 'ask.jsonl', '--json');
    expect(code).toBe(2);
    expect(stderr).toBe('');
    const { stderr: told } = await run('--objects', file, '--queries', 'ask.jsonl');
    expect(told).toMatch(/\n1 problem\.\n$/);
  });
});
