import { mkdtemp } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { Service } from '../../../src/kubernetes/types.ts';
import { type Cluster, controlPlane } from '../fixtures/controlPlane.ts';
import {
  type EnvoyGateway,
  type EnvoyParts,
  envoyGateway,
  insidePorts,
  serviceTo,
} from '../fixtures/envoyGateway.ts';
import type { ControlPlaneParts } from '../fixtures/startControlPlane.ts';
import type { TlsServer } from '../fixtures/tls.ts';
import { type Issuer, makeKey, type SigningKey, startIssuer } from '../origin-proxy/issuer.ts';
import { removeObjects } from '../serverCheck.ts';
import { marker } from './objects.ts';

/** Addresses of clients: in a range of the home network of the example, and in none. */
export const clients = { home: '192.0.2.50', elsewhere: '203.0.113.9' } as const;
/** The host of the keys of Access in the example. */
export const accessHost = 'example-team.cloudflareaccess.com';

type GatewayName = 'envoy-external' | 'envoy-internal' | 'envoy-tunnel';

/**
 * Each Gateway has ports of its own here, since all Envoys are at one address: those at which Envoy listens in its pod, and
 * as many thousands more.
 */
const shifts: Readonly<Record<GatewayName, number>> = {
  'envoy-external': 10_000,
  'envoy-internal': 20_000,
  'envoy-tunnel': 30_000,
};

/** The port at which a listener of a Gateway is here. */
export function portOf(gateway: GatewayName, port: number): number {
  return shifts[gateway] + port;
}

/** Compiled objects on a running Envoy Gateway, with two issuers of tokens. */
export interface CompiledBench extends AsyncDisposable {
  readonly gateway: EnvoyGateway;
  readonly cluster: Cluster;
  /** Cloudflare Access, whose keys Envoy fetches by their name over TLS. */
  readonly access: Issuer;
  /** The issuer that is a Service of the cluster. */
  readonly inside: InsideIssuer;
  /** Applies more compiled objects, and waits until they are in force. */
  readonly add: (objects: readonly KubernetesObject[]) => Promise<void>;
}

export interface InsideIssuer {
  /** The keys that it publishes, the first signs. */
  keys: SigningKey[];
}

/** Servers of other protocols than HTTP, each a port of loopback, by the name of the Service that leads there. */
export type Servers = Readonly<Record<string, number>>;

/** Issuers in place of the one that is a Service of the cluster, or beside it. */
export interface MoreIssuers {
  /** Publishes the keys of the issuer that is a Service of the cluster. */
  readonly inside?: RequestListener;
  /** Issuers whose keys Envoy fetches by their name over TLS. */
  readonly byName?: readonly TlsServer[];
}

/** Starts Envoy Gateway and applies compiled objects as they are, but for what no pod can be made of here. */
export async function compiledBench(
  parts: ControlPlaneParts & EnvoyParts,
  objects: readonly KubernetesObject[],
  servers: Servers = {},
  issuers: MoreIssuers = {},
): Promise<CompiledBench> {
  return serveCompiled(await controlPlane(parts), parts, objects, servers, issuers);
}

/** The same on a control plane that is there. */
export async function serveCompiled(
  cluster: Cluster,
  parts: EnvoyParts,
  objects: readonly KubernetesObject[],
  servers: Servers = {},
  issuers: MoreIssuers = {},
): Promise<CompiledBench> {
  const directory = await mkdtemp(join(cluster.scratch, 'access-'));
  const access = await startIssuer(directory, await makeKey('one'), accessHost);
  const inside: InsideIssuer = { keys: [await makeKey('one')] };
  const publish: RequestListener = (_, response) => {
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ keys: inside.keys.map(({ jwk }) => jwk) }));
  };
  const ports = new Map(Object.keys(servers).map((name, index) => [name, 7100 + index]));
  const gateway = await envoyGateway(cluster, parts, {
    servers: Object.fromEntries([...ports].map(([name, port]) => [port, servers[name] ?? 0])),
    issuer: issuers.inside ?? publish,
    addresses: Object.values(clients),
    tlsServers: [
      { host: accessHost, to: access.port, authority: access.authority },
      ...(issuers.byName ?? []),
    ],
  });
  const applied: KubernetesObject[] = [];
  const apply = async (now: readonly KubernetesObject[]): Promise<void> => {
    applied.push(...now);
    for (const isNow of [(kind: string) => kind === 'Namespace', (kind: string) => kind !== 'Namespace'])
      await Promise.all(now.filter(({ kind }) => isNow(kind)).map((object) => cluster.apply(object)));
    await gateway.settled(applied.filter(({ kind }) => kind === 'Gateway'));
  };
  await apply([...supportingObjects(gateway, objects, ports), ...objects.flatMap(onThisBench)]);
  return {
    gateway,
    cluster,
    access,
    inside,
    add: (more) => apply([...backends(gateway, more, ports), ...more.flatMap(onThisBench)]),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
      await removeObjects(cluster, applied);
    },
  };
}

/** The backends of all routes, the issuer in the cluster, and the certificates of the Gateways. */
function supportingObjects(
  gateway: EnvoyGateway,
  objects: readonly KubernetesObject[],
  ports: ReadonlyMap<string, number>,
): KubernetesObject[] {
  const namespaces = new Set(['network', 'identity']);
  for (const { metadata } of objects.flatMap(onThisBench))
    if (metadata.namespace !== undefined) namespaces.add(metadata.namespace);
  return [
    ...[...namespaces].map((name) => ({
      ...{ apiVersion: 'v1', kind: 'Namespace' },
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    })),
    ...backends(gateway, objects, ports),
    ...serviceTo(insidePorts.issuer, 'identity', 'issuer', 8080),
    ...['envoy-external-tls', 'envoy-internal-tls'].map((name) => gateway.certificate('network', name)),
  ];
}

/** The Services beside the routes of apps, as they are compiled, but that the bench has their servers. */
function backends(
  { service }: EnvoyGateway,
  objects: readonly KubernetesObject[],
  ports: ReadonlyMap<string, number>,
): KubernetesObject[] {
  const ofApps = new Set(
    objects
      .filter(({ kind, metadata }) => kind.endsWith('Route') && metadata.namespace !== 'network')
      .map(({ metadata }) => metadata.namespace),
  );
  return objects
    .filter(({ kind, metadata }) => kind === 'Service' && ofApps.has(metadata.namespace))
    .flatMap(({ metadata: { namespace = '', name }, ...object }) => {
      const port = (object as unknown as Service).spec?.ports?.[0]?.port;
      const server = ports.get(name);
      return server === undefined ? service(namespace, name, port) : serviceTo(server, namespace, name, port);
    });
}

const groups = /^gateway\.(networking\.k8s\.io|envoyproxy\.io)\//;

/** An object of the Gateways as it can be served here. Envoy runs on the host, so that an EnvoyProxy tells of no pods. */
function onThisBench(object: KubernetesObject): KubernetesObject[] {
  if (!groups.test(object.apiVersion)) return [];
  const { spec } = object as KubernetesObject & { spec: Record<string, unknown> };
  if (object.kind === 'EnvoyProxy') {
    const { provider: _, ...rest } = spec;
    return [{ ...object, spec: { ...rest, extraArgs: ['--use-dynamic-base-id'] } } as KubernetesObject];
  }
  if (object.kind !== 'Gateway') return [object];
  const name = object.metadata.name as GatewayName;
  const listeners = (spec['listeners'] as { port: number }[]).map((listener) => ({
    ...listener,
    port: portOf(name, listener.port),
  }));
  return [
    { ...object, spec: { ...spec, listeners: [...listeners, marker(portOf(name, 9))] } } as KubernetesObject,
  ];
}
