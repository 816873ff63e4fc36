/**
 * Stands for a registry of OCI artifacts, such as ghcr.io. As the real one (OCI Distribution Specification 1.1, "Pull"):
 * - it serves over TLS and answers `/v2/`; a manifest by its tag and by its digest, to GET and to HEAD, with its media type
 *   and digest; a blob by its digest; the list of the tags of a repository; and `MANIFEST_UNKNOWN` for what it has not;
 * - a chart is a manifest whose config has the media type `application/vnd.cncf.helm.config.v1+json` and whose one layer
 *   is the archive that `helm package` makes (helm.sh, "Use OCI-based registries");
 * - the same charts are a repository of Helm: `/index.yaml`, with the archives beside it (helm.sh, "The Chart Repository Guide").
 *
 * It does not: ask for a token or a login, take a push, or know images, referrers and signatures.
 *
 * One argument: a file with {@link RegistrySettings}. It ends with the process that started it, whose end closes its input.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';

export interface RegistrySettings {
  readonly address: string;
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  readonly charts: readonly Chart[];
}

/** A chart in a repository of the registry. */
export interface Chart {
  /** Such as `home-operations/charts/tuppr`. */
  readonly repository: string;
  readonly tag: string;
  /** What `Chart.yaml` holds, as JSON. */
  readonly metadata: { readonly name: string; readonly version: string };
  /** The archive, in base64. */
  readonly archive: string;
}

interface Stored {
  readonly type: string;
  readonly content: Buffer;
}

const settings: RegistrySettings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
/** By path. */
const stored = new Map<string, Stored>();
for (const chart of settings.charts) store(chart);
storeIndex(settings.charts);

const server = createServer({ cert: settings.certificate, key: settings.key }, answer);
server.listen(settings.port, settings.address, () => {
  const address = server.address();
  console.log(`ready ${typeof address === 'object' ? address?.port : address}`);
});
process.stdin.on('end', () => process.exit(0)).resume();

function store({ repository, tag, metadata, archive }: Chart): void {
  const blob = (mediaType: string, content: Buffer) => {
    const digest = digestOf(content);
    stored.set(`/v2/${repository}/blobs/${digest}`, { type: 'application/octet-stream', content });
    return { mediaType, digest, size: content.length };
  };
  const config = blob('application/vnd.cncf.helm.config.v1+json', Buffer.from(JSON.stringify(metadata)));
  const layer = blob('application/vnd.cncf.helm.chart.content.v1.tar+gzip', Buffer.from(archive, 'base64'));
  const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: [layer] };
  const content = Buffer.from(JSON.stringify(manifest));
  for (const reference of [tag, digestOf(content)])
    stored.set(`/v2/${repository}/manifests/${reference}`, { type: manifestType, content });
  const known = settings.charts.filter((chart) => chart.repository === repository);
  const tags = Buffer.from(JSON.stringify({ name: repository, tags: known.map((chart) => chart.tag) }));
  stored.set(`/v2/${repository}/tags/list`, { type: 'application/json', content: tags });
}

function storeIndex(charts: readonly Chart[]): void {
  const entries: Record<string, object[]> = {};
  for (const { metadata, archive } of charts) {
    const file = `${metadata.name}-${metadata.version}.tgz`;
    const content = Buffer.from(archive, 'base64');
    stored.set(`/${file}`, { type: 'application/gzip', content });
    const version = { ...metadata, urls: [file], digest: digestOf(content).replace('sha256:', '') };
    entries[metadata.name] = [...(entries[metadata.name] ?? []), version];
  }
  const index = { apiVersion: 'v1', entries };
  stored.set('/index.yaml', { type: 'application/yaml', content: Buffer.from(JSON.stringify(index)) });
}

function answer({ url = '', method }: IncomingMessage, response: ServerResponse): void {
  const [path = ''] = url.split('?');
  if (path === '/v2/') return void response.end('{}');
  const found = stored.get(path);
  if (found === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: path }] }));
  }
  response.writeHead(200, {
    'content-type': found.type,
    'content-length': found.content.length,
    'docker-content-digest': digestOf(found.content),
  });
  response.end(method === 'HEAD' ? undefined : found.content);
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
