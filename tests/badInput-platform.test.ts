// Crosses config, components, compile and private-values.
import { describe, expect, it } from 'vitest';
import { codes } from '../src/problems/codes.ts';
import { snapshot } from '../src/repository/testTree.ts';
import { home, preparedHome } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData } from './testDirectory.ts';
import { withoutGateway } from './variants.ts';

interface Refusal {
  code: string;
  message: string;
  expected: string;
  file?: string;
  at?: { line: number };
}

/** The problems of `configure` for a changed platform. `configure` must not change the directory. */
async function refusals(
  cluster?: (value: ConfigData) => void,
  privateFile?: (value: ConfigData) => void,
): Promise<Refusal[]> {
  const directory = home('platform');
  if (cluster) directory.edit('cluster.yaml', cluster);
  if (privateFile) directory.edit('cluster.private.yaml', privateFile);
  const before = snapshot(directory.path);
  const ran = await gatehouse(directory, 'configure', '--json');
  expect(snapshot(directory.path)).toEqual(before);
  const { ok, problems } = JSON.parse(ran.stdout) as { ok: boolean; problems: Refusal[] };
  expect(ok).toBe(false);
  for (const { code } of problems) expect(Object.keys(codes)).toContain(code);
  for (const secret of ['Hc4pR8vTz1QmXw6Y', 'Tq5vXr8Zm2KpHw9Y', 'r2.example.org', '192.0.2.'])
    expect(ran.stdout).not.toContain(secret);
  return problems;
}

type Case = [what: string, code: string, says: RegExp, change: (value: ConfigData) => void];

const storage = (value: ConfigData): ConfigData => value.immich.database.storage;

it.each<Case>([
  [
    'a bucket name with capitals',
    'not-a-bucket',
    /"Backups".*S3 would reject/,
    (value) => {
      value.volsync.bucketPrefix = 'Backups';
    },
  ],
  [
    'a bucket name of two letters',
    'not-a-bucket',
    /3 to 63 characters, and this one has 2/,
    (value) => {
      value.volsync.bucketPrefix = 'ab';
    },
  ],
  [
    'a bucket name with a dot',
    'not-a-bucket',
    /do not cover bucket names with dots/,
    (value) => {
      value.volsync.bucketPrefix = 'my.backups';
    },
  ],
  [
    'a bucket name that S3 reserves',
    'not-a-bucket',
    /reserves bucket names of this form/,
    (value) => {
      value.volsync.bucketPrefix = 'xn-backups';
    },
  ],
  [
    'a bucket prefix that is too long together with a namespace',
    'not-a-bucket',
    /volsync requires the bucket b{50}-home-automation/,
    (value) => {
      value.volsync.bucketPrefix = 'b'.repeat(50);
    },
  ],
  [
    'a schedule that never fires',
    'not-a-schedule',
    /never fires/,
    (value) => {
      value.volsync.schedule = '0 3 31 2 *';
    },
  ],
  [
    'a schedule with the name of a day, which VolSync does not accept',
    'not-a-schedule',
    /VolSync/,
    (value) => {
      value.volsync.schedule = '0 3 * * MON';
    },
  ],
  [
    'a schedule with a step in a range of hours, which VolSync does not accept',
    'not-a-schedule',
    /VolSync/,
    (value) => {
      value.volsync.schedule = '0 1-5/2 * * *';
    },
  ],
  [
    'a retention that keeps nothing',
    'keeps-nothing',
    /keeps no hour, day/,
    (value) => {
      value.volsync.retain = { daily: 0, weekly: 0, monthly: 0 };
    },
  ],
  [
    'a negative retention',
    'wrong-value',
    /volsync\.retain\.daily/,
    (value) => {
      value.volsync.retain = { daily: -1 };
    },
  ],
  [
    'a snapshot without a snapshot class',
    'cannot-copy',
    /storage class ceph-block has no snapshot class/,
    (value) => {
      value.volsync.copyMethod = 'Snapshot';
      delete value.cluster.storageClasses['ceph-block'].snapshotClass;
    },
  ],
  [
    'a clone that the storage class does not support',
    'cannot-copy',
    /clones none/,
    (value) => {
      value.volsync.copyMethod = 'Clone';
      value.cluster.storageClasses['ceph-block'].clone = false;
    },
  ],
  [
    'a backup of a database without a consistent copy',
    'cannot-copy',
    /media\/immich-postgres would be read while its app writes/,
    (value) => {
      value.cluster.storageClasses['ceph-block'] = {};
    },
  ],
  [
    'a backup without a copy of a volume that only one pod may mount',
    'cannot-copy',
    /ReadWriteOncePod: while its app runs/,
    (value) => {
      value.cluster.storageClasses.plain = { accessModes: ['ReadWriteOncePod'] };
      value.volsync.volumes[0].storageClass = 'plain';
      value.volsync.volumes[0].accessMode = 'ReadWriteOncePod';
    },
  ],
  [
    'an access mode that the storage class does not support',
    'cannot-copy',
    /mounted ReadWriteMany/,
    (value) => {
      value.volsync.volumes[0].accessMode = 'ReadWriteMany';
    },
  ],
  [
    'a storage class that is not configured',
    'unknown-storage-class',
    /storage class nfs-client/,
    (value) => {
      storage(value).storageClass = 'nfs-client';
    },
  ],
  [
    'a duplicate volume',
    'taken',
    /home-automation\/home-assistant is backed up twice/,
    (value) => {
      value.volsync.volumes.push({ ...value.volsync.volumes[0], usedBy: ['deployment/other'] });
    },
  ],
  [
    'a duplicate store',
    'wrong-value',
    /volsync\.stores/,
    (value) => {
      value.volsync.stores = ['s3', 's3'];
    },
  ],
  [
    'an empty list of stores',
    'wrong-value',
    /volsync\.stores/,
    (value) => {
      value.volsync.stores = [];
    },
  ],
  [
    'a volume with root as its owner',
    'not-an-id',
    /volsync\.volumes\[0\]\.uid/,
    (value) => {
      value.volsync.volumes[0].uid = 0;
    },
  ],
  [
    'a volume that no pod mounts',
    'wrong-value',
    /volsync\.volumes\[0\]\.usedBy/,
    (value) => {
      value.volsync.volumes[0].usedBy = [];
    },
  ],
  [
    'more servers than nodes',
    'needs-another',
    /4 servers, each on a node of its own, and cluster\.nodes has 3/,
    (value) => {
      value.rustfs.layout.servers = 4;
    },
  ],
  [
    'too few volumes for erasure coding',
    'wrong-value',
    /3 volumes in all/,
    (value) => {
      value.rustfs.layout.drives = 1;
    },
  ],
  [
    'an operator that cannot reach the API server',
    'needs-another',
    /cluster\.network\.controlPlane is empty, and cert-manager/,
    (value) => {
      value.cluster.network.policyEnforcer = 'calico';
    },
  ],
  [
    'load balancer addresses from Cilium without Cilium',
    'needs-another',
    /loadBalancer\.kind: Cilium .*policyEnforcer says calico/,
    (value) => {
      value.cluster.network.policyEnforcer = 'calico';
    },
  ],
  [
    'a Talos version on k3s',
    'needs-another',
    /cluster\.talos/,
    (value) => {
      value.cluster.distribution = 'k3s';
    },
  ],
  [
    'an incomplete Talos version',
    'not-a-version',
    /cluster\.talos/,
    (value) => {
      value.cluster.talos = '1.13';
    },
  ],
])('refuses %s', async (_, code, says, change) => {
  const problems = await refusals(change);
  expect(problems.map((problem) => problem.code)).toContain(code);
  const problem = problems.find((candidate) => candidate.code === code && says.test(candidate.message));
  expect(problem, JSON.stringify(problems)).toBeDefined();
  expect(problem?.expected).not.toBe('');
  expect(problem?.file).toBe('cluster.yaml');
  expect(problem?.at?.line).toBeGreaterThan(0);
});

it.each([
  ['over http', 'http://minio.example.org'],
  ['with a bucket', 'https://minio.example.org/backups'],
  ['with a key', 'https://key:secret@minio.example.org'],
])('refuses an endpoint %s, and does not repeat it', async (_, endpoint) => {
  const problems = await refusals(undefined, (value) => {
    value.s3.endpoint = endpoint;
  });
  expect(problems.map(({ code, file }) => [code, file])).toEqual([
    ['not-an-endpoint', 'cluster.private.yaml'],
  ]);
  expect(JSON.stringify(problems)).not.toContain('minio.example.org');
});

it.each([
  ['of pods', 'ranges-overlap', '10.244.7.0/24', /overlaps cluster\.network\.pods:/],
  ['of Services', 'ranges-overlap', '10.96.0.0/24', /overlaps cluster\.network\.services:/],
  ['of the VPN', 'ranges-overlap', '198.51.100.0/28', /overlaps cluster\.network\.vpn:/],
  ['of a node', 'ranges-overlap', '192.0.2.8/29', /overlaps cluster\.network\.controlPlane:/],
  ['outside of the home network', 'outside-the-lan', '203.0.113.0/28', /not part of cluster\.network\.lan/],
  ['that are the whole home network', 'outside-the-lan', '192.0.2.0/24', /not part of cluster\.network\.lan/],
])('refuses load balancer addresses %s', async (_, code, range, says) => {
  const problems = await refusals(undefined, (value) => {
    value.cluster.network.controlPlane = ['192.0.2.10/32'];
    value.cluster.network.loadBalancer.addresses = [range];
  });
  const found = problems.find(({ message }) => says.test(message));
  expect(found).toMatchObject({ code, file: 'cluster.private.yaml' });
});

it('refuses ServiceLB without k3s', async () => {
  const problems = await refusals(
    (value) => {
      withoutGateway(value);
      value.cluster.network.loadBalancer = { kind: 'servicelb' };
    },
    (value) => {
      withoutGateway(value);
      delete value.cluster.network.loadBalancer;
    },
  );
  expect(problems).toMatchObject([{ code: 'needs-another', file: 'cluster.yaml' }]);
  expect(problems[0]?.message).toContain('ServiceLB is part of k3s, and the cluster runs talos');
});

it('refuses load balancer addresses in the home network that are announced by BGP', async () => {
  const problems = await refusals((value) => {
    value.cluster.network.loadBalancer.announced = 'bgp';
  });
  expect(problems).toMatchObject([{ code: 'ranges-overlap', file: 'cluster.private.yaml' }]);
  expect(problems[0]?.message).toContain('overlaps cluster.network.lan');
});

it.each([
  ['missing', undefined, 'missing-field'],
  ['with its HTTP header', 'Bearer 0123456789abcdefghij', 'wrong-value'],
])(
  'refuses a DNS token that is %s, says where to get one, and does not repeat it',
  async (_, token, code) => {
    const problems = await refusals(undefined, (value) => {
      value.certManager.issuer.token = token;
    });
    expect(problems).toMatchObject([{ code, message: expect.stringContaining('certManager.issuer.token') }]);
    expect(JSON.stringify(problems)).not.toContain('0123456789abcdefghij');
    if (token === undefined) expect(JSON.stringify(problems)).toMatch(/Cloudflare.*Zone \/ DNS \/ Edit/);
  },
);

it('refuses a missing issuer', async () => {
  const problems = await refusals(
    (value) => {
      value.certManager = {};
    },
    (value) => delete value.certManager,
  );
  expect(problems).toMatchObject([
    { code: 'missing-field', message: expect.stringContaining('certManager.issuer') },
  ]);
});

it('warns about backups that are kept only inside of the cluster, and names the remedy', async () => {
  const { plan } = await preparedHome({
    example: 'platform',
    cluster: (value) => (value.volsync.stores = ['rustfs']),
  });
  expect(plan.warnings).toMatchObject([
    { code: 'lost-with-the-cluster', file: 'cluster.yaml', at: { line: expect.any(Number) } },
  ]);
  const [warning] = plan.warnings;
  expect(warning?.message).toMatch(/volsync\.stores.*rustfs/);
  expect(`${warning?.expected} ${warning?.remedy}`).toMatch(/s3/);
});

describe('a requirement without its provider is reported with the requester and the possible providers:', () => {
  it.each<[provider: string, asking: readonly string[], what: string, change: (value: ConfigData) => void]>([
    ['rustfs', ['volsync'], 'a bucket', (value) => delete value.rustfs],
    ['s3', ['talos-backup', 'volsync'], 'a bucket', (value) => delete value.s3],
    ['volsync', ['immich'], 'backups of a volume', (value) => delete value.volsync],
    ['rustfs', ['volsync'], 'a bucket', (value) => (value.rustfs.enabled = false)],
    [
      'originProxy',
      ['immich'],
      'a route with a proxy of its own from the internet with the login of Cloudflare Access',
      (value) => delete value.originProxy,
    ],
    ['cloudflared', ['immich'], 'a tunnel to Cloudflare', (value) => delete value.cloudflared],
  ])('%s, for %s', async (provider, asking, what, change) => {
    const problems = await refusals(
      (value) => {
        withoutGateway(value);
        change(value);
      },
      (value) => {
        withoutGateway(value);
        delete value[provider];
      },
    );
    const unprovided = problems.filter(({ code }) => code === 'claim-unanswered');
    const named = unprovided.map(({ message }) => /^(\S+) requires (.*) \(/.exec(message)?.slice(1));
    expect([...new Set(named.map((each) => each?.[0]))].sort()).toEqual(asking);
    expect([...new Set(named.map((each) => each?.[1]))]).toEqual([what]);
    for (const { expected } of unprovided) {
      expect(expected).toBe(`one of these sections, enabled: ${provider}`);
    }
  });
});
