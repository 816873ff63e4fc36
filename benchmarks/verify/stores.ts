import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import type { PlannedCheck } from '../../src/compile/plan.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { issuerOf, makeAuthority } from '../../tests/pods/cluster/certificates.ts';
import { type ObjectStore, startObjectStore } from '../../tests/real/fixtures/startObjectStore.ts';
import type { TestDirectory } from '../../tests/testDirectory.ts';
import { type FoundPart, realPart } from '../../tools/real-parts/lookup.ts';

/** The two stores of a configuration, with MinIO in the place of both. */
export interface Stores extends AsyncDisposable {
  /** The certificate that whoever asks the store outside has to trust. */
  readonly authority: string;
  /** The Service of the store in the cluster, and where it leads to. */
  readonly objects: readonly KubernetesObject[];
  /** Makes every bucket that is asked about, and in it what restic writes for each volume. */
  readonly fill: (checks: readonly PlannedCheck[]) => void;
}

/** What a volume has: restic needs few files for a small one. */
const perVolume = { data: 40, snapshots: 20 };

/** Starts both stores with the keys of the configuration, and names the one outside in it. */
export async function startStores(scratch: string, directory: TestDirectory): Promise<Stores> {
  const { minio, mc } = { minio: partOf('minio'), mc: partOf('mc') };
  const { certificate: authority, key } = makeAuthority('a benchmark');
  const tls = issuerOf({ certificate: authority, key })({
    ...{ commonName: 'localhost', usage: 'server', names: ['localhost'] },
  });
  const keys: Record<string, { accessKey: string; secretKey: string }> = {};
  directory.edit('cluster.private.yaml', ({ rustfs, s3 }) => {
    keys['rustfs'] = { accessKey: 'gatehouse_reader', secretKey: rustfs.readerKey };
    keys['s3'] = s3.reader;
  });
  const { rustfs, s3 } = keys;
  if (rustfs === undefined || s3 === undefined) throw new Error('the example has two stores');
  // The API server passes nothing on to loopback.
  const address = ownAddress();
  const inside = await startObjectStore(scratch, minio, { administrator: rustfs, address });
  const outside = await startObjectStore(scratch, minio, { administrator: s3, address: 'localhost', tls });
  directory.edit('cluster.private.yaml', (value) => {
    value.s3.endpoint = `https://${outside.host}`;
  });
  const urls: Record<string, URL> = {
    rustfs: withKey(`http://${inside.host}`, rustfs),
    s3: withKey(`https://${outside.host}`, s3),
  };
  return {
    authority,
    objects: serviceOf(address, inside),
    fill: (checks) => fill(checks, { mc, scratch, urls }),
    [Symbol.asyncDispose]: async () => {
      await inside[Symbol.asyncDispose]();
      await outside[Symbol.asyncDispose]();
    },
  };
}

function partOf(name: 'minio' | 'mc'): FoundPart {
  const found = realPart(name);
  if (!found.found) throw new Error(`${name}: ${found.message}; ${found.remedy}`);
  return found;
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const own = all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (own === undefined) throw new Error('this machine has no address but that of loopback');
  return own;
}

function withKey(address: string, { accessKey, secretKey }: { accessKey: string; secretKey: string }): URL {
  return Object.assign(new URL(address), { username: accessKey, password: secretKey });
}

/** The Service, its pod and its Endpoints: the API server passes requests on to nothing but a pod with the address. */
function serviceOf(address: string, { port }: ObjectStore): readonly KubernetesObject[] {
  const metadata = {
    ...{ name: 'rustfs-svc', namespace: 'storage' },
    annotations: { 'meta.helm.sh/release-name': 'rustfs', 'meta.helm.sh/release-namespace': 'storage' },
  };
  const targetRef = { kind: 'Pod', name: 'rustfs-svc', namespace: 'storage' };
  const labels = { 'app.kubernetes.io/name': 'rustfs', 'app.kubernetes.io/instance': 'rustfs' };
  const containers = [{ name: 'rustfs', image: 'example.org/rustfs:1' }];
  const conditions = [{ type: 'Ready', status: 'True' }];
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, labels }, spec: { containers } },
      status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'api', port: 9000 }] } },
    {
      ...{ apiVersion: 'v1', kind: 'Endpoints', metadata },
      subsets: [{ addresses: [{ ip: address, targetRef }], ports: [{ name: 'api', port }] }],
    },
  ];
}

interface Filling {
  mc: FoundPart;
  scratch: string;
  urls: Readonly<Record<string, URL>>;
}

function fill(checks: readonly PlannedCheck[], { mc, scratch, urls }: Filling): void {
  const buckets = new Set<string>();
  for (const { question } of checks) {
    if (question.kind !== 'newest-object') continue;
    const bucket = join(question.store.name, question.bucket);
    buckets.add(bucket);
    const snapshots = join(scratch, 'buckets', bucket, question.prefix);
    for (let index = 0; index < perVolume.snapshots; index++) write(join(snapshots, `${index}`));
    if (!question.prefix.endsWith('/snapshots/')) continue;
    write(join(dirname(snapshots), 'config'));
    for (let index = 0; index < perVolume.data; index++) write(join(dirname(snapshots), 'data', `${index}`));
  }
  const environment = Object.fromEntries(
    Object.entries(urls).map(([name, url]) => [`MC_HOST_${name}`, url.href.replace(/\/$/, '')]),
  );
  for (const bucket of buckets)
    for (const words of [
      ['mb', '--ignore-existing', bucket],
      ['mirror', '--quiet', join(scratch, 'buckets', bucket), bucket],
    ]) {
      const { status, stderr } = spawnSync(mc.path, ['--insecure', ...words], {
        encoding: 'utf8',
        env: { ...process.env, MC_CONFIG_DIR: join(scratch, 'mc'), ...environment },
      });
      if (status !== 0) throw new Error(stderr.slice(-2_000));
    }
}

function write(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, file);
}
