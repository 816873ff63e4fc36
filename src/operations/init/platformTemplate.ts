import { generateSecret } from '../../secrets/generate.ts';
import {
  type Answers,
  clusterHead,
  emailLines,
  filling,
  privateFileHeader,
  type Template,
  type TemplateFiles,
} from './template.ts';

/** The example platform, for one Talos node or several. What only its makers know is made: keys and passwords. */
export function platformTemplate(answers: Partial<Answers>, output: TemplateFiles): Template {
  const { take, leave, missing } = filling(answers);
  const nodes = (answers.node ?? 'alpha,beta,gamma').split(',').map((name) => name.trim());
  const cluster = `${clusterHead}cluster:
  name: ${take('name', 'cluster.name', 'platform')}
  distribution: talos
  talos: ${take('talos', 'cluster.talos')} # what "talosctl version" prints for the nodes
  nodes:
${nodes.map((name) => `    ${JSON.stringify(name)}: {}`).join('\n')}
  network:
    pods: 10.244.0.0/16
    services: 10.96.0.0/12
    policyEnforcer: cilium # flannel, which Talos brings, enforces nothing unless it was told to
  storageClasses: # what "kubectl get storageclass,volumesnapshotclass" prints: change the names here and below
    ceph-block:
      snapshotClass: ceph-block
      clone: true

monitoring:
  enabled: false # true where the definitions of the Prometheus operator are

repository:
  url: ${take('repository', 'repository.url')}

secrets:
  recipients:
    - ${output.recipient}

immich:
  library:
    kind: nfs
    sentinel: ${JSON.stringify(output.sentinel)} # what the file .gatehouse-library on the NAS holds
  database:
    delivery: sops
    storage:
      kind: volume
      storageClass: ceph-block
      backup: true
  administrator:
    way: bootstrap

originProxy: {}

cloudflared: {}

rustfs:
  layout:
${layoutOf(nodes.length)}
    storageClass: local-path # one that keeps no copies itself
    size: 200Gi

s3: {}

volsync:
  stores:
    - rustfs
    - s3 # outside of the cluster, and not lost with it

talosBackup:
  store: s3
  # Better one whose private half is neither in the cluster nor beside the bucket: age-keygen -o etcd-backups.agekey
  recipient: ${output.recipient}

tuppr: {} # say here what is to run: talos and kubernetes
`;
  const privateFile = `${privateFileHeader}cluster:
  network:
    lan:
      - ${take('lan', 'cluster.network.lan')}

secrets:
  hashKey: ${JSON.stringify(output.hashKey)} # made by "gatehouse init", as are the other keys and passwords without a field to fill in

immich:
  host: ${take('host', 'immich.host')}
  access:
    audience: ${take('audience', 'immich.access.audience')}
${emailLines(answers)}  library:
    server: ${take('server', 'immich.library.server')}
    path: ${take('libraryPath', 'immich.library.path')}
  database:
    password: ${JSON.stringify(generateSecret('databasePassword'))}

originProxy:
  team: ${take('team', 'originProxy.team')}

cloudflared:
  tunnel: ${take('tunnel', 'cloudflared.tunnel')}

rustfs:
  secretKey: ${JSON.stringify(generateSecret('s3SecretKey'))}
  keys:
    volsync-media: ${JSON.stringify(generateSecret('s3SecretKey'))}

s3: # a key for each bucket, which opens no other: whoever runs the server gives them out
  endpoint: ${take('endpoint', 's3.endpoint')}
  keys:
${['volsync-media', 'etcd-backups'].map(bucketKeys(leave)).join('\n')}

volsync:
  passwords:
    media: ${JSON.stringify(generateSecret('resticPassword'))} # keep a copy outside of the cluster: without it the backups are lost
`;
  return { cluster, privateFile, missing };
}

/** Erasure coding over the nodes, where there are several to lose one of. */
function layoutOf(nodes: number): string {
  if (nodes === 1) return '    kind: standalone';
  return `    kind: distributed\n    servers: ${Math.min(nodes, 16)}\n    drives: 2`;
}

function bucketKeys(leave: (field: string) => string): (bucket: string) => string {
  return (bucket) => `    ${bucket}:
      accessKey: ${leave(`s3.keys.${bucket}.accessKey`)}
      secretKey: ${leave(`s3.keys.${bucket}.secretKey`)}`;
}
