import { describe, expect, test } from 'vitest';
import { type MachineFacts, machineFacts, neededBytes, obstaclesOf } from './obstacles.ts';

const complete = [
  'UTS_NS IPC_NS PID_NS NET_NS POSIX_MQUEUE OVERLAY_FS SECCOMP_FILTER MEMCG CGROUP_PIDS CGROUP_DEVICE CFS_BANDWIDTH',
  'VETH BRIDGE BRIDGE_NETFILTER NF_TABLES NFT_COMPAT NF_CONNTRACK NF_NAT NETFILTER_XT_MARK NETFILTER_XT_NAT',
  'NETFILTER_XT_TARGET_MASQUERADE NETFILTER_XT_MATCH_ADDRTYPE NETFILTER_XT_MATCH_COMMENT NETFILTER_XT_MATCH_CONNTRACK',
  'NETFILTER_XT_MATCH_STATISTIC IP_NF_TARGET_REJECT IP_SET IP_SET_HASH_IP IP_SET_HASH_NET NETFILTER_XT_SET',
]
  .join(' ')
  .split(' ')
  .map((name) => `CONFIG_${name}=y\n`)
  .join('');

const fit: MachineFacts = {
  platform: 'linux',
  uid: 0,
  missingPrograms: [],
  kernel: complete,
  failed: [],
  groups: undefined,
  freeBytes: neededBytes,
  directory: '/scratch',
};

describe('obstaclesOf', () => {
  test('finds none on a machine that has everything', () => {
    expect(obstaclesOf(fit)).toEqual([]);
  });

  test('takes a module for a feature', () => {
    expect(obstaclesOf({ ...fit, kernel: complete.replace('CONFIG_IP_SET=y', 'CONFIG_IP_SET=m') })).toEqual(
      [],
    );
  });

  test('asks nothing of a kernel that does not say how it was built', () => {
    expect(obstaclesOf({ ...fit, kernel: undefined })).toEqual([]);
  });

  test.each<[string, Partial<MachineFacts>, string]>([
    ['another system', { platform: 'darwin' }, 'a Linux kernel: this is darwin'],
    [
      'another user',
      { uid: 1000 },
      'root: the runtime mounts file systems and makes control groups, and this is user 1000',
    ],
    ['a missing program', { missingPrograms: ['nsenter'] }, 'the program nsenter: install util-linux'],
    [
      'a feature that the kernel lacks',
      { kernel: complete.replace('CONFIG_NETFILTER_XT_SET=y', '# CONFIG_NETFILTER_XT_SET is not set') },
      'the kernel feature CONFIG_NETFILTER_XT_SET, for network policies',
    ],
    [
      'a feature whose name another one begins with',
      { kernel: complete.replace('CONFIG_IP_SET=y\n', '') },
      'the kernel feature CONFIG_IP_SET, for network policies',
    ],
    ['something that fails', { failed: ['bridges (CONFIG_BRIDGE)'] }, 'bridges (CONFIG_BRIDGE)'],
    ['control groups', { groups: 'none are mounted' }, 'control groups: none are mounted'],
    ['a full disk', { freeBytes: 1024 ** 3 }, '3.0 GiB of disk: /scratch has 1.0 GiB free; set TMPDIR'],
  ])('names %s', (_, change, sentence) => {
    const found = obstaclesOf({ ...fit, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(sentence);
  });

  test('says of another system or user only that', () => {
    expect(obstaclesOf({ ...fit, uid: 1000, kernel: '', freeBytes: 0 })).toHaveLength(1);
  });

  test('names every obstacle', () => {
    expect(obstaclesOf({ ...fit, missingPrograms: ['ip'], freeBytes: 0, kernel: '' }).length).toBeGreaterThan(
      20,
    );
  });
});

test('machineFacts reads this machine and leaves nothing', () => {
  const facts = machineFacts();
  expect(facts.platform).toBe(process.platform);
  expect(facts.freeBytes).toBeGreaterThan(0);
  expect(obstaclesOf({ ...facts, uid: 1000 }).length).toBe(1);
});
