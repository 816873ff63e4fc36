import { describe, expect, test } from 'vitest';
import {
  type MachineFacts,
  machineFacts,
  mapsUsers,
  neededBytes,
  obstaclesOf,
  rightsMissingIn,
} from './obstacles.ts';

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
  isInUserNamespace: false,
  missingRights: [],
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
    [
      'a user who needs the environment of now',
      { uid: 1000 },
      'run the command with sudo -E env "PATH=$PATH", so that it finds Go and the cache of programs',
    ],
    [
      'the root of a user namespace',
      { isInUserNamespace: true },
      'root of the machine: this is root of a user namespace',
    ],
    [
      'rights that root has lost',
      { missingRights: ['CAP_SYS_PTRACE', 'CAP_MKNOD'] },
      'the rights CAP_SYS_PTRACE, CAP_MKNOD, which root does not have here',
    ],
    [
      'a directory whose path is too long for a socket',
      { directory: `/${'long/'.repeat(13)}` },
      'a shorter path: sockets are below TMPDIR',
    ],
    ...['/with space', '/with\ttab', '/a:b', '/a,b', '/a"b', "/it's", '/a\\b'].map(
      (odd): [string, Partial<MachineFacts>, string] => [
        `a directory that ip and mount cannot read: ${JSON.stringify(odd)}`,
        { directory: odd },
        `a plain path: TMPDIR is ${JSON.stringify(odd)}`,
      ],
    ),
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

  test.each(['/tmp', '/var/tmp/ü', '/home/me/.tmp-1/a_b+c@d', `/${'l'.repeat(59)}`])(
    'takes the directory %s',
    (directory) => {
      expect(obstaclesOf({ ...fit, directory })).toEqual([]);
    },
  );

  test('says of another system or user only that', () => {
    expect(obstaclesOf({ ...fit, uid: 1000, kernel: '', freeBytes: 0 })).toHaveLength(1);
    expect(obstaclesOf({ ...fit, isInUserNamespace: true, kernel: '', freeBytes: 0 })).toHaveLength(1);
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

test.each([
  ['all that Linux has', '000001ffffffffff', []],
  ['all but one that nothing here needs', '000001fffeffffff', []],
  [
    'what a container has by default',
    '00000000a80425fb',
    ['CAP_NET_ADMIN', 'CAP_SYS_PTRACE', 'CAP_SYS_ADMIN'],
  ],
])('rightsMissingIn finds what is missing in %s', (_, mask, missing) => {
  expect(
    rightsMissingIn(`Name:\tnode\nCapPrm:\t0000000000000000\nCapEff:\t${mask}\nCapBnd:\t0000000000000000\n`),
  ).toEqual(missing);
});

test('rightsMissingIn asks nothing of a system that does not say', () => {
  expect(rightsMissingIn('Name:\tnode\n')).toEqual([]);
});

test.each([
  ['the machine', '         0          0 4294967295\n', false],
  ['a user who is root in a namespace', '         0       1000          1\n', true],
  ['a container with a range of users', '         0     100000      65536\n', true],
  ['root who is only itself', '0 0 1\n', true],
  ['a system without such namespaces', '', false],
])('mapsUsers of %s', (_, map, expected) => {
  expect(mapsUsers(map)).toBe(expected);
});
