// Crosses commands, operations, privacy and system: what a commit or a push accepts itself.
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatehouse, type Ran } from '../program.ts';
import { exampleDirectory } from '../testDirectory.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

const leak = 'photos.example.org';
const nothing = '0'.repeat(40);
const home = exampleDirectory();
let here: Sandbox;
let remote: Sandbox;

beforeEach(() => {
  here = sandbox();
  remote = sandbox({ repository: false });
  for (const file of ['cluster.yaml', 'cluster.private.yaml']) here.write(file, home.read(file));
  here.write('.gitignore', 'cluster.private.yaml\n');
  here.commit('begin');
  here.git('init', '-q', '--bare', remote.directory);
  here.git('remote', 'add', 'origin', remote.directory);
});
afterEach(() => {
  here.remove();
  remote.remove();
});
afterAll(() => home[Symbol.dispose]());

const scan = (input: string | undefined, ...args: string[]): Promise<Ran> =>
  gatehouse(
    { path: here.directory, environment: home.environment, ...(input === undefined ? {} : { input }) },
    'scan',
    ...args,
  );
const accept = (...paths: string[]): void =>
  here.write(
    '.gatehouse/accepted-findings.yaml',
    JSON.stringify({
      accepted: paths.map((path) => ({ rule: 'private-value', path, reason: `${path} is public` })),
    }),
  );
const head = (): string => here.git('rev-parse', 'HEAD').trim();
const push = (remoteId: string, branch = 'main', ...args: string[]): Promise<Ran> =>
  scan(`refs/heads/${branch} ${head()} refs/heads/${branch} ${remoteId}\n`, '--push', 'origin', ...args);

describe('an acceptance that the same commit adds', () => {
  it('counts, and is shown', async () => {
    accept('a.md');
    here.write('a.md', `${leak}\n`);
    here.git('add', '.');
    const staged = await scan(undefined, '--staged');
    expect(staged.code).toBe(0);
    expect(staged.stdout).toMatch(/Accepted in this change: a\.md:1:1 {2}private-value \(a\.md is public\)/);
    expect((await scan(undefined, '--staged', '--quiet')).stdout).toContain('Accepted in this change');
    const { accepted } = JSON.parse((await scan(undefined, '--staged', '--json')).stdout);
    expect(accepted).toMatchObject([{ reason: 'a.md is public', inChange: true }]);
  });

  it('is not shown once it was committed before', async () => {
    accept('a.md');
    here.commit('accept');
    here.write('a.md', `${leak}\n`);
    here.git('add', '.');
    const staged = await scan(undefined, '--staged');
    expect(staged.code).toBe(0);
    expect(staged.stdout).toContain('1 accepted');
    expect(staged.stdout).not.toContain('in this change');
  });

  it('is shown in the first commit too, and in a directory below', async () => {
    const other = sandbox();
    for (const file of ['cluster.yaml', 'cluster.private.yaml'])
      other.write(join('home', file), home.read(file));
    other.write('home/.gitignore', 'cluster.private.yaml\n');
    other.write(
      'home/.gatehouse/accepted-findings.yaml',
      'accepted: [{rule: private-value, path: a.md, reason: public}]\n',
    );
    other.write('home/a.md', `${leak}\n`);
    other.git('add', '.');
    const at = { path: join(other.directory, 'home'), environment: home.environment };
    const first = await gatehouse(at, 'scan', '--staged');
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain('Accepted in this change: home/a.md:1:1');
    other.commit('first');
    other.write('home/a.md', `again ${leak}\n`);
    other.git('add', '.');
    const second = await gatehouse(at, 'scan', '--staged');
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).not.toContain('in this change');
    other.remove();
  });
});

describe('an acceptance that the same push adds', () => {
  beforeEach(() => {
    here.git('push', '-q', 'origin', 'main');
  });

  it.each([
    ['in the same commit', false],
    ['in a commit before', true],
  ])('does not count %s', async (_where, before) => {
    const base = head();
    accept('a.md');
    if (before) here.commit('accept');
    here.write('a.md', `${leak}\n`);
    here.commit('add');
    for (const remoteId of [base, nothing]) {
      const pushed = await push(remoteId, remoteId === base ? 'main' : 'other');
      expect(pushed.code).toBe(1);
      expect(pushed.stdout).toContain('accepted in this change: a.md is public. This does not count yet');
    }
    expect((await scan('', '--push', 'origin')).code).toBe(1);
    const { findings } = JSON.parse((await push(base, 'main', '--json')).stdout);
    expect(findings).toMatchObject([{ acceptedInChange: 'a.md is public' }]);
  });

  it('counts from the next push on', async () => {
    accept('a.md');
    here.commit('accept');
    const before = head();
    expect((await push(before)).code).toBe(0);
    here.git('push', '-q', 'origin', 'main');
    here.write('a.md', `${leak}\n`);
    here.commit('add');
    const pushed = await push(before);
    expect(pushed.code).toBe(0);
    expect(pushed.stdout).toContain('1 accepted');
    expect(pushed.stdout).not.toContain('in this change');
  });

  it('does not count beside an older one for another file', async () => {
    accept('a.md');
    here.commit('accept');
    here.git('push', '-q', 'origin', 'main');
    const base = head();
    accept('a.md', 'b.md');
    here.write('a.md', `${leak}\n`);
    here.write('b.md', `see ${leak}\n`);
    here.commit('add');
    const { findings, accepted } = JSON.parse((await push(base, 'main', '--json')).stdout);
    expect(findings).toMatchObject([{ place: { path: 'b.md' }, acceptedInChange: 'b.md is public' }]);
    expect(accepted).toMatchObject([{ finding: { place: { path: 'a.md' } } }]);
    expect(accepted[0].inChange).toBeUndefined();
  });

  it('does not count where this clone lacks the commit of the remote', async () => {
    here.git('update-ref', '-d', 'refs/remotes/origin/main');
    accept('a.md');
    here.write('a.md', `${leak}\n`);
    here.commit('add');
    expect((await push('1234567890'.repeat(4))).code).toBe(1);
    expect((await scan('', '--push', 'origin')).code).toBe(1);
  });
});

it('counts an acceptance of the first push, which has nothing to build on, and shows it', async () => {
  accept('a.md');
  here.write('a.md', `${leak}\n`);
  here.commit('add');
  const pushed = await push(nothing);
  expect(pushed.code).toBe(0);
  expect(pushed.stdout).toContain('Accepted in this change: a.md');
});
