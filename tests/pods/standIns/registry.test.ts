import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issuerOf, makeAuthority } from '../cluster/certificates.ts';
import { bundledStandIn } from './programs.ts';
import type { RegistrySettings } from './registry.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-registry-'));
const chart = {
  repository: 'a/charts/hello',
  tag: '1.2.3',
  metadata: { name: 'hello', version: '1.2.3' },
  archive: 'aGVsbG8=',
};
/** The version before, of the same chart. */
const earlier = {
  ...chart,
  tag: '1.2.2',
  metadata: { name: 'hello', version: '1.2.2' },
  archive: 'Z29vZGJ5ZQ==',
};
const authority = makeAuthority('tests');
let port = 0;
let child: ChildProcess;

beforeAll(async () => {
  const identity = issuerOf(authority)({ commonName: 'localhost', usage: 'server', names: ['localhost'] });
  const settings: RegistrySettings = { address: '127.0.0.1', port: 0, ...identity, charts: [earlier, chart] };
  writeFileSync(join(scratch, 'registry.mjs'), await bundledStandIn('registry'));
  writeFileSync(join(scratch, 'settings.json'), JSON.stringify(settings));
  child = spawn(process.execPath, [join(scratch, 'registry.mjs'), join(scratch, 'settings.json')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = child.stdout === null ? [] : await once(child.stdout, 'data');
  port = Number(String(line).split(' ')[1]);
});
afterAll(async () => {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
  rmSync(scratch, { recursive: true, force: true });
});

async function ask(path: string, method = 'GET') {
  const sent = request({
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    path,
    method,
    ca: authority.certificate,
  });
  const [response] = await once(sent.end(), 'response');
  return { status: response.statusCode, headers: response.headers, content: await buffer(response) };
}

const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

test('a chart is found by its tag, and each further piece by its digest', async () => {
  expect((await ask('/v2/')).status).toBe(200);
  const manifest = await ask(`/v2/${chart.repository}/manifests/${chart.tag}`);
  const digest = digestOf(manifest.content);
  expect(manifest.headers).toMatchObject({
    'content-type': 'application/vnd.oci.image.manifest.v1+json',
    'docker-content-digest': digest,
  });
  expect((await ask(`/v2/${chart.repository}/manifests/${digest}`)).content).toEqual(manifest.content);
  const { config, layers } = JSON.parse(manifest.content.toString());
  const blobs = await Promise.all(
    [config, ...layers].map((each) => ask(`/v2/${chart.repository}/blobs/${each.digest}`)),
  );
  expect(blobs.map(({ content }) => content.toString())).toEqual([
    '{"name":"hello","version":"1.2.3"}',
    'hello',
  ]);
  expect(layers[0]).toMatchObject({
    mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    size: 5,
  });
  const tags = await ask(`/v2/${chart.repository}/tags/list?n=100`);
  expect(JSON.parse(tags.content.toString())).toEqual({ name: chart.repository, tags: ['1.2.2', '1.2.3'] });
});

test('every version of a chart is found in the index of a repository of Helm', async () => {
  const { entries } = JSON.parse((await ask('/index.yaml')).content.toString());
  const found = await Promise.all(
    entries.hello.map(
      async ({ version, urls, digest }: { version: string; urls: string[]; digest: string }) => {
        const { content } = await ask(`/${urls[0]}`);
        expect(`sha256:${digest}`).toBe(digestOf(content));
        return [version, content.toString()];
      },
    ),
  );
  expect(found).toEqual([
    ['1.2.2', 'goodbye'],
    ['1.2.3', 'hello'],
  ]);
});

test('HEAD says how large a manifest is, and sends none', async () => {
  const { status, headers, content } = await ask(`/v2/${chart.repository}/manifests/${chart.tag}`, 'HEAD');
  expect([status, content.length]).toEqual([200, 0]);
  expect(Number(headers['content-length'])).toBeGreaterThan(100);
});

test.each(['manifests/9.9.9', `blobs/sha256:${'0'.repeat(64)}`])(
  'what is not there is unknown: %s',
  async (path) => {
    const { status, content } = await ask(`/v2/${chart.repository}/${path}`);
    expect([status, JSON.parse(content.toString()).errors[0].code]).toEqual([404, 'MANIFEST_UNKNOWN']);
  },
);
