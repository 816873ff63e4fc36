import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  groupsOfRuns,
  hierarchies,
  makeGroups,
  planGroups,
  processesOf,
  removeGroups,
  whyNotMade,
} from './controlGroups.ts';

const name = 'gatehouse-pods-7-42';

const first = {
  cgroup: [
    '9:name=systemd:/',
    '4:memory:/session/a',
    '3:cpuset:/',
    '2:cpu,cpuacct:/',
    '1:pids:/',
    '0::/',
    '',
  ].join('\n'),
  mountinfo: [
    '20 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '30 20 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
    '31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:5 - cgroup cgroup rw,cpu,cpuacct',
    '32 30 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    '33 30 0:29 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset',
    '34 30 0:30 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids',
    '35 30 0:31 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd',
    '36 30 0:32 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate',
  ].join('\n'),
};

const second = {
  cgroup: '0::/user.slice/user-0.slice/session-3.scope\n',
  mountinfo: '30 20 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot',
};

describe('hierarchies', () => {
  test('finds the own group of each controller of version 1, also of those that are mounted together', () => {
    const found = hierarchies(first.cgroup, first.mountinfo);
    expect(found.map(({ own }) => own)).toEqual([
      '/sys/fs/cgroup/systemd',
      '/sys/fs/cgroup/memory/session/a',
      '/sys/fs/cgroup/cpuset',
      '/sys/fs/cgroup/cpu,cpuacct',
      '/sys/fs/cgroup/pids',
      '/sys/fs/cgroup/unified',
    ]);
    expect(found.at(-1)).toMatchObject({ version: 2, controllers: [] });
  });

  test('finds the own group of version 2', () => {
    expect(hierarchies(second.cgroup, second.mountinfo)).toEqual([
      {
        version: 2,
        controllers: [],
        mountPoint: '/sys/fs/cgroup',
        own: '/sys/fs/cgroup/user.slice/user-0.slice/session-3.scope',
      },
    ]);
  });

  test('counts from the group that is mounted, where a container mounts only its own', () => {
    const mountinfo = '30 20 0:26 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory';
    expect(hierarchies('4:memory:/docker/abc/child', mountinfo)[0]?.own).toBe('/sys/fs/cgroup/memory/child');
    expect(hierarchies('4:memory:/docker/abc', mountinfo)[0]?.own).toBe('/sys/fs/cgroup/memory');
    expect(hierarchies('4:memory:/docker/abcd', mountinfo)[0]?.own).toBe('/sys/fs/cgroup/memory/docker/abcd');
  });

  test('reads a mount point with a space', () => {
    const mountinfo = String.raw`30 20 0:26 / /my\040groups rw - cgroup2 cgroup2 rw`;
    expect(hierarchies('0::/a', mountinfo)[0]?.own).toBe('/my groups/a');
  });

  test('leaves out a controller that is mounted nowhere, and lines that say nothing', () => {
    expect(hierarchies('4:memory:/\n\nnonsense', '')).toEqual([]);
  });
});

describe('planGroups', () => {
  test('makes a group per hierarchy of version 1 and mounts the same hierarchies in the node', () => {
    const plan = planGroups(hierarchies(first.cgroup, first.mountinfo), name);
    expect(plan).toMatchObject({
      version: 1,
      groups: expect.arrayContaining([`/sys/fs/cgroup/memory/session/a/${name}`]),
      mounts: [
        { directory: 'systemd', type: 'cgroup', options: 'none,name=systemd' },
        { directory: 'memory', type: 'cgroup', options: 'memory' },
        { directory: 'cpuset', type: 'cgroup', options: 'cpuset' },
        { directory: 'cpu,cpuacct', type: 'cgroup', options: 'cpu,cpuacct' },
        { directory: 'pids', type: 'cgroup', options: 'pids' },
        { directory: 'unified', type: 'cgroup2', options: 'rw' },
      ],
    });
  });

  test('takes on version 2 the nearest group above that hands on the controllers', () => {
    const handsOn = (directory: string) =>
      directory.endsWith('user-0.slice') ? ['memory', 'pids'] : ['cpu', 'io', 'memory', 'pids'];
    const found = hierarchies(second.cgroup, second.mountinfo).map((one) => ({ ...one }));
    const scope = (directory: string) => (directory.endsWith('.scope') ? [] : handsOn(directory));
    expect(planGroups(found, name, scope)).toEqual({
      version: 2,
      groups: [`/sys/fs/cgroup/user.slice/${name}`],
      members: [`/sys/fs/cgroup/user.slice/${name}/node`],
      mounts: [{ directory: '.', type: 'cgroup2', options: 'rw' }],
    });
  });

  test('says that version 2 hands nothing on, and does not look above the mount point', () => {
    const asked: string[] = [];
    const found = hierarchies(second.cgroup, second.mountinfo);
    const nothing = (directory: string) => {
      asked.push(directory);
      return [];
    };
    expect(planGroups(found, name, nothing)).toContain('hands on cpu, memory, pids');
    expect(asked.at(-1)).toBe('/sys/fs/cgroup');
  });

  test('names the missing controllers of version 1 where version 2 is mounted beside it, and hands nothing on', () => {
    const withoutMemory = first.cgroup.replace(/^.*:memory:.*\n/m, '');
    expect(planGroups(hierarchies(withoutMemory, first.mountinfo), name, () => [])).toBe(
      'no control groups for memory are mounted below /sys/fs/cgroup',
    );
  });

  test('names the controllers of version 1 that are missing', () => {
    const found = hierarchies('4:memory:/', '1 1 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory');
    expect(planGroups(found, name)).toBe('no control groups for cpu, pids are mounted below /sys/fs/cgroup');
  });
});

// Directories behave as groups do: a group is made and removed as a directory.
describe('groups', () => {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-groups-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const hierarchy = (own: string) => ({ version: 1 as const, controllers: [], mountPoint: root, own });

  test('are made, found and removed with all below them', async () => {
    const group = join(root, 'session', name);
    makeGroups({ version: 1, groups: [group], members: [group], mounts: [] });
    mkdirSync(join(group, 'kubepods', 'burstable'), { recursive: true });
    mkdirSync(join(root, 'session', 'another'));
    expect(groupsOfRuns([hierarchy(join(root, 'session')), hierarchy(root)])).toEqual([group]);
    expect(await removeGroups([group])).toEqual([]);
    expect(existsSync(group)).toBe(false);
    expect(existsSync(join(root, 'session', 'another'))).toBe(true);
  });

  test('that cannot be removed are returned', async () => {
    const group = join(root, name);
    mkdirSync(join(group, 'busy'), { recursive: true });
    writeFileSync(join(group, 'busy', 'cgroup.procs'), '0\n');
    expect(processesOf(group)).toEqual([0]);
    expect(await removeGroups([group], 30)).toEqual([group]);
  });

  test('that can be made are tried, and leave nothing', () => {
    mkdirSync(join(root, 'tried'));
    const group = join(root, 'tried', name);
    expect(whyNotMade({ version: 1, groups: [group], members: [group], mounts: [] })).toBeUndefined();
    expect(existsSync(group)).toBe(false);
  });

  test('that cannot be made are named, with the reason', () => {
    writeFileSync(join(root, 'file'), '');
    for (const [parent, reason] of [
      ['file', 'ENOTDIR'],
      ['nowhere', 'ENOENT'],
    ] as const) {
      const groups = [join(root, name.replace('-', '-first-')), join(root, parent, name)];
      expect(whyNotMade({ version: 1, groups, members: groups, mounts: [] })).toBe(
        `none can be made in ${join(root, parent)} (${reason}); mount them so that they can be written to`,
      );
      expect(existsSync(groups[0] ?? '')).toBe(false);
    }
  });

  test('that are gone already are no obstacle', async () => {
    expect(await removeGroups([join(root, 'absent')])).toEqual([]);
  });

  test('of version 2 hold their processes in a child and hand on every controller', () => {
    const group = join(root, 'second', name);
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cgroup.controllers'), 'cpu memory pids\n');
    const written = join(group, 'cgroup.subtree_control');
    makeGroups({ version: 2, groups: [group], members: [join(group, 'node')], mounts: [] });
    expect(existsSync(join(group, 'node'))).toBe(true);
    expect(existsSync(written)).toBe(true);
  });
});
