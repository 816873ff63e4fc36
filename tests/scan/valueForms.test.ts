// Crosses privacy and system (Git).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/privacy/finding.ts';
import { scanHistory } from '../../src/privacy/history.ts';
import type { ScanResult } from '../../src/privacy/options.ts';
import { scanStaged } from '../../src/privacy/staged.ts';
import { scanTree } from '../../src/privacy/tree.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

const host = 'photos.kettle-row.org';
const idn = 'bücher-hof.example.net';
const values = [
  { name: 'HOST', value: host },
  { name: 'IDN', value: idn },
];
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const secret = (data: string): string => `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${data}\n`;

/** Every form that the scanner supports: the text in a file, and the expected finding. */
const planted = [
  ['literal.md', `see ${host} for it`, 'HOST literal'],
  ['other-case.md', 'see PHOTOS.Kettle-Row.ORG for it', 'HOST other-case'],
  ['subdomain.md', `see nas.${host} for it`, 'HOST subdomain'],
  ['url-encoded.md', 'u=https%3A%2F%2Fphotos%2ekettle-row%2eorg%2F', 'HOST url-encoded'],
  ['escaped.json', '{"u": "photos\\u002ekettle-row.org"}', 'HOST escaped'],
  ['base64-0.txt', base64(`${host} is it`), 'HOST base64'],
  ['base64-1.txt', base64(`x${host} is it`), 'HOST base64'],
  ['base64-2.txt', base64(`xy${host} is it`), 'HOST base64'],
  ['hex.txt', Buffer.from(host).toString('hex'), 'HOST hex'],
  ['punycode.md', 'see xn--bcher-hof-q9a.example.net for it', 'IDN punycode'],
  ['reversed.md', 'rule: org.kettle-row.photos', 'HOST reversed'],
  ['dashed.yaml', 'tls: photos-kettle-row-org', 'HOST dashed'],
  ['secret-data.yaml', secret(`data: {url: ${base64(base64(`to ${host}`))}}`), 'HOST base64'],
  ['secret-string.yaml', secret(`stringData: {url: "${host}"}`), 'HOST literal'],
] as const;

let here: Sandbox;
const results = new Map<string, ScanResult>();
beforeAll(async () => {
  here = sandbox();
  const scan = { directory: here.directory, env: here.env, values, key: new Uint8Array(32) };
  here.write('clean.md', 'nothing to see\n');
  here.commit('begin');
  for (const [file, text] of planted) here.write(file, `one line\n${text}\n`);
  here.git('add', '--all');
  results.set('the work tree', await scanTree(scan));
  results.set('the index', await scanStaged(scan));
  here.commit('more');
  here.git('rm', '--quiet', ...planted.map(([file]) => file));
  here.commit('gone again');
  results.set('the history', await scanHistory(scan));
});
afterAll(() => here.remove());

const found = (source: string, file: string): Finding[] =>
  (results.get(source)?.report?.findings ?? []).filter(
    ({ place }) => place.kind === 'file' && place.path === file,
  );

describe.each(['the work tree', 'the index', 'the history'])('%s', (source) => {
  test.each(planted)('%s', (file, _text, expected) => {
    const summaries = found(source, file)
      .filter(({ rule }) => rule === 'private-value')
      .map(({ field, form }) => `${field} ${form}`);
    expect(summaries).toEqual([expected]);
  });

  test('reports nothing else, and never a value', () => {
    const { report } = results.get(source) ?? {};
    const files = new Set(
      report?.findings.map(({ place }) => (place.kind === 'file' ? place.path : place.kind)),
    );
    expect([...files].toSorted()).toEqual(planted.map(([file]) => file).toSorted());
    const text = JSON.stringify(report).toLowerCase();
    for (const { value } of values) expect(text).not.toContain(value);
  });
});
