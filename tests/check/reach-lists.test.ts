// Crosses the command line, the loader and the prover: what the API server adds to a list, and bad files of questions.
import { describe, expect, it } from 'vitest';
import { answersOf, questionRoom } from './questions.ts';

const { run, write } = questionRoom();

const list = (namespace: string): string => `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: x${namespace}}}
- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x, labels: {app: a}}, spec: {containers: [{name: c}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: x, labels: {app: b}}, spec: {containers: [{name: c}]}}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: b, namespace: x}
  spec:
    podSelector: {matchLabels: {app: b}}
    ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: x}}}]
`;

describe('the label with the name of a Namespace', () => {
  const verdict = async (namespace: string, ...flags: string[]): Promise<unknown> => {
    write('list.yaml', list(namespace));
    write('ask.jsonl', '{"from":"x/a","to":"x/b","port":80}\n');
    const many = await run('--objects', 'list.yaml', '--queries', 'ask.jsonl', '--json', ...flags);
    const one = await run(
      ...['--objects', 'list.yaml', '--from', 'x/a', '--to', 'x/b:80', '--json', ...flags],
    );
    expect(JSON.parse(one.stdout).verdict).toBe(answersOf(many.stdout)[0]?.verdict);
    return answersOf(many.stdout)[0]?.verdict;
  };

  it.each<[verdict: string, namespace: string, flags: string[]]>([
    ['allowed', '', []],
    ['allowed', ', labels: {team: a}', []],
    ['allowed', ', labels: {kubernetes.io/metadata.name: other}', []],
    ['allowed', ', creationTimestamp: null', []],
    ['blocked', '', ['--stored']],
    ['blocked', ', uid: 0b4cb0ce-7d17-4c2f-9d38-0d41e3b6d6a1', []],
    ['blocked', ', resourceVersion: "12"', []],
    ['blocked', ', creationTimestamp: "2026-01-01T00:00:00Z"', []],
    ['allowed', ', uid: 0b4cb0ce, labels: {kubernetes.io/metadata.name: x}', []],
  ])('%s: name: x%s %j', async (expected, namespace, flags) => {
    expect(await verdict(namespace, ...flags)).toBe(expected);
  });
});

describe('blocks in a file of questions', () => {
  it('are answered as sources and destinations, each line in its order', async () => {
    write('list.yaml', list(''));
    write(
      'ask.jsonl',
      '{"from":"10.0.0.0/8","to":"x/b","port":80}\n{"from":"x/b","to":"2001:db8::/32","port":443}\n{"from":"x/a","to":"x/b","port":80}\n',
    );
    const { stdout } = await run('--objects', 'list.yaml', '--queries', 'ask.jsonl', '--json');
    expect(answersOf(stdout).map(({ verdict }) => verdict)).toEqual(['blocked', 'allowed', 'allowed']);
  });

  it.each([
    ['10.0.0.0/33'],
    ['10.0.0/8'],
    ['300.0.0.1'],
    ['fd00::/129'],
    ['fd00:::1'],
    ['10.0.0.0/'],
    ['10.0.0.0/8/1'],
  ])('are no blocks: %s', async (from) => {
    write('list.yaml', list(''));
    write(
      'ask.jsonl',
      `{"from":"x/a","to":"x/b","port":80}\n${JSON.stringify({ from, to: 'x/b', port: 80 })}\n`,
    );
    const { code, stderr } = await run('--objects', 'list.yaml', '--queries', 'ask.jsonl');
    expect(code).toBe(2);
    expect(stderr).toContain('ask.jsonl:2');
    expect(stderr).toContain('from is not');
  });
});

it('names the first of many lines that cannot be read, and how many more there are', async () => {
  write('list.yaml', list(''));
  write('ask.jsonl', 'no\n'.repeat(5000));
  const { code, stdout } = await run('--objects', 'list.yaml', '--queries', 'ask.jsonl', '--json');
  const { problems } = JSON.parse(stdout) as { problems: { message: string }[] };
  expect(code).toBe(2);
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)?.message).toBe('4900 more lines cannot be read');
});

it('refuses a line that is far too long, and counts the lines after it', async () => {
  write('list.yaml', list(''));
  write('ask.jsonl', `${'x'.repeat(3_000_000)}\nno\n`);
  const { code, stderr } = await run('--objects', 'list.yaml', '--queries', 'ask.jsonl');
  expect(code).toBe(2);
  expect(stderr).toContain('ask.jsonl:1');
  expect(stderr).toContain('longer than');
  expect(stderr).toContain('ask.jsonl:2');
  expect(stderr.length).toBeLessThan(2000);
});
