import { expect, it } from 'vitest';
import { documentsOf } from '../tree.ts';
import { clusterOf } from './cluster.ts';
import { hostsOf, openRequests } from './tunnel.ts';

const access = '{access: {required: true, teamName: t, audTag: [a]}}';

/** Requests that a configuration hands on without a token. */
function open(configuration: string): readonly string[] {
  const object = {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 't', namespace: 'x' } },
    data: { 'config.yaml': configuration },
  };
  const files = new Map([['a.yaml', JSON.stringify(object)]]);
  const cluster = clusterOf({
    ...{
      name: 'a',
      title: 'a',
      files,
      values: new Map(),
      own: false,
      every: 1,
      documents: documentsOf(files, new Map()),
    },
    assumptions: { lan: [], vpn: [] },
  });
  return [...openRequests(cluster, hostsOf(cluster))].filter((request) => request.includes(' / '));
}

const first = (rule: string): string => `ingress:\n  - ${rule}\n  - service: http_status:404\n`;

it.each([
  ['Access with an audience', `{hostname: a.test, service: "http://x", originRequest: ${access}}`, []],
  ['no Access', '{hostname: a.test, service: "http://x"}', ['a.test / http://x']],
  [
    'Access that is not required',
    '{hostname: a.test, service: "http://x", originRequest: {access: {teamName: t, audTag: [a]}}}',
    ['a.test / http://x'],
  ],
  [
    'Access without an audience',
    '{hostname: a.test, service: "http://x", originRequest: {access: {required: true, teamName: t}}}',
    [],
  ],
])('reads a rule with %s', (_name, rule, expected) => {
  expect(open(first(rule))).toEqual(expected);
});

it('lets the first rule that matches answer', () => {
  const gated = `{hostname: a.test, service: "http://x", originRequest: ${access}}`;
  expect(
    open(
      `ingress:\n  - {hostname: "*.test", service: "http://y"}\n  - ${gated}\n  - service: http_status:404\n`,
    ),
  ).toContain('a.test / http://y');
  expect(
    open(
      `ingress:\n  - ${gated}\n  - {hostname: "*.test", service: "http://y"}\n  - service: http_status:404\n`,
    ),
  ).not.toContain('a.test / http://y');
});
