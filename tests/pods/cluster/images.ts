import { join } from 'node:path';
import { images as cloudflared } from '../../../src/components/cloudflared/versions.ts';
import { images as echo } from '../../../src/components/echo/versions.ts';
import { images as immich } from '../../../src/components/immich/versions.ts';
import { images as originProxy } from '../../../src/components/origin-proxy/versions.ts';
import { images as rustfs } from '../../../src/components/rustfs/versions.ts';
import { type PartName, table } from '../../../tools/real-parts/table.ts';
import { imagesOfTrees } from '../../upgrades/keptTrees.ts';
import type { StandIn } from '../standIns/programs.ts';
import type { Added, ImageToWrite } from './ociArchive.ts';

/** An image that the node holds. No registry is asked: what is not in this table cannot be pulled. */
export interface NodeImage extends Omit<ImageToWrite, 'root'> {
  /** `NAME:TAG`, as manifests name it, or several. */
  readonly references: readonly string[];
  /** Names with a digest that lead to the image: the runtime compares names, not contents. */
  readonly digests?: readonly string[];
  /** The part whose root file system the image has. */
  readonly root?: PartName;
  /** Single programs of parts, by their place in the image. */
  readonly programs?: Readonly<Record<string, PartName>>;
  /** Files that come with a part, by their place in the image: the part and the name of the file. */
  readonly partFiles?: Readonly<Record<string, readonly [part: PartName, file: string]>>;
  /** Small programs of ours, by their place in the image. */
  readonly standIns?: Readonly<Record<string, StandIn>>;
}

/** The image that holds the namespaces of a pod. */
export const pauseImage = 'registry.k8s.io/pause:3.10.1';
export const dnsImage = 'registry.k8s.io/coredns/coredns:v1.13.2';

/** A small image for probes: busybox with its links. */
export const busyboxImage = rustfs.init;

/** The image that Envoy Gateway of the table starts by itself (`DefaultEnvoyProxyImage` in its `api/v1alpha1/shared_types.go`). */
const envoyImage = `docker.io/envoyproxy/envoy:distroless-v${table.envoy.version}@sha256:eb2c01c13125d1629637cb4e4cce7207009fb7cc2c8027f9742758549d15b6f4`;

/** The controllers of Flux. */
export const fluxControllers = [
  'source-controller',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
] as const satisfies readonly PartName[];

/**
 * The images, under the names that the manifests give them. The programs are the real ones from Debian, or built as real parts.
 *
 * @param authority - the certificate that the images trust, as PEM: servers of the world have theirs from it
 */
export function nodeImages(authority: string): NodeImage[] {
  const localPrograms = {
    '/usr/local': { directory: true },
    '/usr/local/bin': { directory: true },
  } as const satisfies Record<string, Added>;
  const local = {
    ...localPrograms,
    '/usr/local/lib': { directory: true },
  } as const satisfies Record<string, Added>;
  const trust = {
    '/etc/ssl': { directory: true },
    '/etc/ssl/certs': { directory: true },
    '/etc/ssl/certs/ca-certificates.crt': { text: authority },
  } as const satisfies Record<string, Added>;
  const kept = imagesOfTrees();
  return [
    {
      references: [pauseImage],
      programs: { '/pause': 'pause' },
      entrypoint: ['/pause'],
      user: '65535:65535',
    },
    { references: [dnsImage], programs: { '/coredns': 'coredns' }, entrypoint: ['/coredns'] },
    { ...heldAs(ever(kept, busyboxImage)), root: 'busybox-root', command: ['sh'] },
    {
      ...heldAs(ever(kept, originProxy.nginx)),
      root: 'nginx-root',
      add: trust,
      user: '101',
      command: ['nginx', '-g', 'daemon off;'],
    },
    {
      ...heldAs(ever(kept, immich.redis)),
      root: 'valkey-root',
      command: ['valkey-server'],
      workingDirectory: '/data',
    },
    {
      ...heldAs(ever(kept, immich.postgres)),
      root: 'postgres-root',
      add: {
        ...local,
        '/usr/local/bin/docker-entrypoint.sh': {
          file: join(import.meta.dirname, 'postgresEntrypoint.sh'),
          mode: 0o755,
        },
      },
      environment: { PGDATA: '/var/lib/postgresql/data' },
      entrypoint: ['docker-entrypoint.sh'],
      command: ['postgres'],
    },
    {
      ...heldAs(ever(kept, immich.server)),
      root: 'nodejs-root',
      add: {
        ...local,
        ...trust,
        '/usr/local/bin/start.sh': {
          text: '#!/bin/bash\nexec node /usr/local/lib/immich.mjs\n',
          mode: 0o755,
        },
      },
      standIns: { '/usr/local/lib/immich.mjs': 'immich' },
      entrypoint: ['tini', '--', '/bin/bash', '-c'],
      command: ['start.sh'],
    },
    {
      ...heldAs(ever(kept, immich.machineLearning)),
      root: 'nodejs-root',
      add: { ...local, ...trust },
      standIns: { '/usr/local/lib/machine-learning.mjs': 'machine-learning' },
      command: ['node', '/usr/local/lib/machine-learning.mjs'],
    },
    {
      ...heldAs(ever(kept, cloudflared.cloudflared)),
      root: 'nodejs-root',
      add: { ...local, ...trust },
      standIns: { '/usr/local/lib/cloudflared.mjs': 'cloudflared' },
      user: '65532:65532',
      entrypoint: ['node', '/usr/local/lib/cloudflared.mjs'],
    },
    { ...heldAs(ever(kept, rustfs.rustfs)), programs: { '/minio': 'minio' }, entrypoint: ['/minio'] },
    {
      ...heldAs(ever(kept, rustfs.mc, 'docker.io/minio/mc')),
      root: 'busybox-root',
      programs: { '/usr/bin/mc': 'mc' },
      entrypoint: ['mc'],
    },
    {
      references: [`quay.io/backube/volsync:${table.volsync.version}`],
      root: 'restic-root',
      add: trust,
      programs: { '/manager': 'volsync' },
      partFiles: { '/mover-restic/entry.sh': ['volsync', 'entry'] },
      user: '65534:65534',
    },
    {
      // What the chart of this version names, for the controller, its Job and the sidecar of Envoy.
      references: [`docker.io/envoyproxy/gateway:v${table['envoy-gateway'].version}`],
      add: { '/usr': { directory: true }, ...localPrograms },
      programs: { '/usr/local/bin/envoy-gateway': 'envoy-gateway' },
      user: '65532:65532',
      entrypoint: ['/usr/local/bin/envoy-gateway'],
    },
    {
      ...heldAs([envoyImage]),
      // For its C library.
      root: 'nginx-root',
      add: { ...local, ...trust },
      programs: { '/usr/local/bin/envoy': 'envoy' },
      user: '65532:65532',
      entrypoint: ['/usr/local/bin/envoy'],
    },
    {
      ...heldAs([echo.http]),
      root: 'nodejs-root',
      add: local,
      standIns: { '/usr/local/lib/echo.mjs': 'echo' },
      command: ['node', '/usr/local/lib/echo.mjs'],
    },
    {
      ...heldAs([echo.grpc]),
      root: 'nodejs-root',
      add: local,
      standIns: { '/usr/local/lib/whoami.mjs': 'whoami' },
      entrypoint: ['node', '/usr/local/lib/whoami.mjs'],
    },
    ...fluxControllers.map((name) => ({
      // The name that the Deployment of the module has.
      references: [`docker.io/fluxcd/${name}:v${table[name].version}`],
      programs: { [`/${name}`]: name },
      add: { '/etc': { directory: true }, ...trust } as const,
      user: '65534:65534',
      entrypoint: [`/${name}`],
    })),
  ];
}

/** An image by each name that it has had: a home of an earlier version runs the same stand-in. */
function ever(kept: readonly string[], reference: string, ...formerNames: readonly string[]): string[] {
  const nameOf = (image: string): string => image.replace(/@.*$/, '').replace(/:[^:/]+$/, '');
  const names = [nameOf(reference), ...formerNames];
  return [...new Set([reference, ...kept.filter((image) => names.includes(nameOf(image)))])];
}

/** How the node holds an image: with a digest, the runtime looks for the name and the digest, and for no tag. */
function heldAs(images: readonly string[]): Pick<NodeImage, 'references' | 'digests'> {
  const names = images.map((image) => image.split('@'));
  return {
    references: names.map(([tagged = '']) => tagged),
    digests: names.flatMap(([tagged = '', digest]) =>
      digest === undefined ? [] : [`${tagged.replace(/:[^:/]+$/, '')}@${digest}`],
    ),
  };
}
