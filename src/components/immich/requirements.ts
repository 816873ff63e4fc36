import type { Context } from '../contract/component.ts';
import type { ExternalPeer, Workload } from '../contract/network.ts';
import type { ConnectionRequirement, Requester, Requirement } from '../contract/requirements.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { clusterDns, dnsPorts, homeNetwork, internet } from '../shared/externalPeers.ts';
import { requesterOf } from '../shared/requesters.ts';
import { databaseVolume, type Part, ports, serverBackend, workload } from './names.ts';
import type { ImmichSection } from './section.ts';

const component = 'immich';

function requester(field: string): Requester {
  return requesterOf(component, field);
}

/**
 * The request headers that the server of Immich reads beside those of HTTP: `ImmichHeader` in its `server/src/enum.ts`,
 * and in `server/src/middleware/auth.guard.ts` the names by which its mobile apps tell the device and their version. The
 * headers about the position in a video are of `web/src/lib/components/asset-viewer`.
 */
const requestHeaders = [
  'DeviceModel',
  'DeviceType',
  'X-Api-Key',
  'X-App-Version',
  'X-Correlation-ID',
  'X-Immich-Asset-Data',
  'X-Immich-Checksum',
  'X-Immich-Cid',
  'X-Immich-Hls-Msn',
  'X-Immich-Hls-Pos',
  'X-Immich-Session-Token',
  'X-Immich-Share-Key',
  'X-Immich-Share-Slug',
  'X-Immich-User-Token',
];

/** Whether Immich runs its background jobs in pods of their own. */
export function workersApart({ settings, section }: Context<ImmichSection>): boolean {
  return section.library.kind === 'nfs' && Object.keys(settings.cluster.nodes).length > 1;
}

/** Everything that Immich requires: its namespace, its port at home, its name outside, and each connection. */
export function immichRequirements(context: Context<ImmichSection>): Requirement[] {
  const { section, settings } = context;
  const part = (name: Part): Workload => workload(section, name);
  const connect = (
    from: Workload | ExternalPeer,
    to: Workload | ExternalPeer,
    port: number,
    why: string,
    field = 'immich',
  ): ConnectionRequirement => connectionsFor(component, field)(from, to, tcp(port), why);
  const dns = (from: Workload): ConnectionRequirement =>
    connectionsFor(component, 'immich')(from, clusterDns, dnsPorts, 'names of Services');
  const home = homeNetwork(settings);

  const workers = workersApart(context) ? [part('server'), part('microservices')] : [part('server')];
  const { enabled: learning } = section.machineLearning;
  return [
    // Pod Security forbids directories of a node from `baseline` on.
    {
      kind: 'namespace',
      requester: requester('immich.namespace'),
      name: section.namespace,
      podSecurity: usesNodeDirectories(section) ? 'privileged' : 'restricted',
    },
    { kind: 'node-port', requester: requester('immich.nodePort'), port: section.nodePort },
    {
      kind: 'route',
      requester: requester('immich.host'),
      host: section.host,
      from: 'internet',
      gate: 'proxy',
      // The browser login of Access is in front of its web pages; its apps send a service token.
      clients: 'browser',
      backend: serverBackend(section),
      login: {
        kind: 'access',
        field: 'immich.access',
        audience: section.access.audience,
        emails: section.access.emails,
        serviceTokens: section.access.serviceTokens,
      },
      headers: requestHeaders,
    },
    ...databaseBackup(section),
    connect(home, part('server'), ports.server, 'users at home and on the VPN', 'cluster.network.lan'),
    ...workers.flatMap((worker) => [
      dns(worker),
      connect(worker, part('postgres'), ports.postgres, 'the database'),
      connect(worker, part('redis'), ports.redis, 'the job queue'),
      ...(learning ? [connect(worker, part('machine-learning'), ports.machineLearning, 'recognition')] : []),
    ]),
    ...(section.oidc.enabled
      ? [connect(part('server'), internet, 443, 'the identity provider', 'immich.oidc.enabled')]
      : []),
    ...(learning
      ? [
          dns(part('machine-learning')),
          connect(
            part('machine-learning'),
            internet,
            443,
            'the download of models',
            'immich.machineLearning.enabled',
          ),
        ]
      : []),
    ...(section.administrator.done
      ? []
      : [
          dns(part('setup')),
          connect(
            part('setup'),
            part('server'),
            ports.server,
            'the first administrator',
            'immich.administrator',
          ),
        ]),
  ];
}

/** A database on a volume: its files are those of one moment, or of no use. */
function databaseBackup({ namespace, database }: ImmichSection): Requirement[] {
  const { storage } = database;
  if (storage.kind !== 'volume' || !storage.backup) return [];
  return [
    {
      kind: 'backup',
      requester: requester('immich.database.storage.backup'),
      namespace,
      name: databaseVolume,
      storageClass: storage.storageClass,
      accessMode: 'ReadWriteOnce',
      owner: { uid: database.uid, gid: database.gid },
      atOnce: true,
      usedBy: ['deployment/immich-postgres'],
    },
  ];
}

function usesNodeDirectories({ library, database }: ImmichSection): boolean {
  return library.kind === 'hostPath' || database.storage.kind === 'hostPath';
}
