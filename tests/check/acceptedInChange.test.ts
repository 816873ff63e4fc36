// Crosses commands, operations/check, system and report: what a change accepts itself.
import { spawnSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, enforced, type Place, place, service } from './place.ts';

const acceptances = '.gatehouse/accepted.yaml';
const accepted = (...names: string[]): string =>
  `accepted:\n${names.map((name) => `  - {invariant: load-balancers, object: Service media/${name}, reason: it is for ${name}}\n`).join('')}`;
// The policies are open to nobody, so that only the load balancer is found.
const balancer = service('LoadBalancer, allocateLoadBalancerNodePorts: false, externalTrafficPolicy: Local');
const other = balancer.replace('name: app', 'name: other');

function git({ path }: Place, ...args: string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: path, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}

function commit(directory: Place): void {
  git(directory, 'add', '-A');
  git(directory, 'commit', '-qm', 'change');
}

/** A repository with these files in its first commit. */
function committed(files: Readonly<Record<string, string>>): Place {
  const directory = place(files);
  git(directory, 'init', '-q', '-b', 'main');
  commit(directory);
  return directory;
}

interface Found {
  code: number;
  finding: { verdict?: string; accepted?: string; acceptedInChange?: string };
  stale: { object: string; added?: boolean }[];
}

async function since({ check }: Place, base: string, ...args: string[]): Promise<Found> {
  const { code, stdout } = await check('--base', base, '--json', ...enforced, ...args);
  const { findings, stale } = JSON.parse(stdout);
  const isBalancer = ({ invariant }: { invariant: string }) => invariant === 'load-balancers';
  return { code, finding: findings.find(isBalancer) ?? {}, stale };
}

describe('an acceptance that a change adds', () => {
  it('does not silence what the change brings', async () => {
    const directory = committed({ 'app.yaml': app });
    directory.write('service.yaml', balancer);
    directory.write(acceptances, accepted('app'));
    for (const commits of [false, true]) {
      if (commits) commit(directory);
      const { code, finding } = await since(directory, commits ? 'HEAD~1' : 'HEAD');
      expect(code).toBe(1);
      expect(finding).toMatchObject({ verdict: 'refuted', acceptedInChange: 'it is for app' });
      expect(finding.accepted).toBeUndefined();
    }
    const { stdout } = await directory.check(
      '--base',
      'HEAD~1',
      '--markdown',
      'out.md',
      '--sarif',
      'out.sarif',
      ...enforced,
    );
    expect(stdout).toContain('accepted in this change: it is for app. This does not count yet');
    expect(directory.read('out.md')).toContain(
      'Accepted in this change: it is for app. This does not count yet',
    );
    expect(directory.read('out.sarif')).not.toContain('suppressions');
    // Without a commit to compare with, the directory says what counts.
    expect((await directory.check(...enforced)).code).toBe(0);
  });

  it('is shown before the change comes that it is for', async () => {
    const directory = committed({ 'app.yaml': app });
    directory.write(acceptances, accepted('app'));
    const { code, stale } = await since(directory, 'HEAD');
    expect(code).toBe(0);
    expect(stale).toMatchObject([{ object: 'Service media/app', added: true }]);
    const { stdout } = await directory.check('--base', 'HEAD', ...enforced);
    expect(stdout).toContain('(it is for app), accepted in this change');
    commit(directory);
    directory.write('service.yaml', balancer);
    const { code: after, finding } = await since(directory, 'HEAD');
    expect(after).toBe(0);
    expect(finding).toMatchObject({ accepted: 'it is for app' });
    expect(finding.acceptedInChange).toBeUndefined();
  });

  it('counts in a change of its own, and is shown', async () => {
    const directory = committed({ 'app.yaml': app, 'service.yaml': balancer });
    expect((await since(directory, 'HEAD')).code).toBe(1);
    directory.write(acceptances, accepted('app'));
    const { code, finding } = await since(directory, 'HEAD');
    expect(code).toBe(0);
    expect(finding).toMatchObject({ accepted: 'it is for app', acceptedInChange: 'it is for app' });
    const { stdout } = await directory.check('--base', 'HEAD', ...enforced);
    expect(stdout).toContain('accepted in this change: it is for app\n');
  });

  it.each([
    ['another file', 'README.md', 'text\n'],
    ['the same Service', 'service.yaml', balancer.replace('selector: {app: app}', 'selector: {app: other}')],
    ['a file above', '../other.yaml', balancer],
  ])('does not count beside a change of %s', async (_what, file, content) => {
    const below = {
      'home/app.yaml': app,
      'home/service.yaml': balancer,
      'home/README.md': '',
      'other.yaml': app,
    };
    const directory = committed(below);
    directory.write(`home/${acceptances}`, accepted('app'));
    expect((await since(directory, 'HEAD', 'home')).code).toBe(0);
    directory.write(join('home', file), content);
    const { code, finding } = await since(directory, 'HEAD', 'home');
    expect(code).toBe(1);
    expect(finding).toMatchObject({ acceptedInChange: 'it is for app' });
  });

  it('does not count where older ones accept the other objects', async () => {
    const directory = committed({
      'app.yaml': app,
      'service.yaml': balancer,
      [acceptances]: accepted('app'),
    });
    expect((await since(directory, 'HEAD')).code).toBe(0);
    directory.write('other.yaml', other);
    directory.write(acceptances, accepted('app', 'other'));
    const { code, finding } = await since(directory, 'HEAD');
    expect(code).toBe(1);
    expect(finding.acceptedInChange).toContain('it is for other');
  });

  it('is none where only the reason or the order is another', async () => {
    const files = { 'app.yaml': app, 'service.yaml': balancer, 'other.yaml': other };
    const directory = committed({ ...files, [acceptances]: accepted('app', 'other') });
    directory.write(acceptances, accepted('other', 'app').replace('it is for app', 'the printer'));
    directory.write('README.md', 'text\n');
    const { code, finding } = await since(directory, 'HEAD');
    expect(code).toBe(0);
    expect(finding.accepted).toContain('the printer');
    expect(finding.acceptedInChange).toBeUndefined();
  });

  it('does not count in a file that was a link', async () => {
    const directory = committed({ 'app.yaml': app, 'list.yaml': accepted('app'), '.gatehouse/keep': '' });
    rmSync(join(directory.path, acceptances), { force: true });
    symlinkSync('../list.yaml', join(directory.path, acceptances));
    commit(directory);
    directory.write('service.yaml', balancer);
    expect((await since(directory, 'HEAD')).code).toBe(1);
  });

  it('does not silence one of several clusters', async () => {
    const cluster = { 'clusters/a/app.yaml': app, 'clusters/b/app.yaml': app };
    const directory = committed(cluster);
    directory.write('clusters/b/service.yaml', balancer);
    directory.write(acceptances, accepted('app'));
    const { code, finding } = await since(directory, 'HEAD');
    expect(code).toBe(1);
    expect(finding).toMatchObject({ acceptedInChange: 'it is for app' });
  });

  it('does not silence an unknown either', async () => {
    const directory = committed({ 'app.yaml': app });
    const release =
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: chart, namespace: media}\nspec: {chart: {spec: {chart: thing}}}\n';
    directory.write('release.yaml', release);
    const { stdout } = await directory.check('--json', ...enforced);
    const open: {
      invariant: string;
      evidence: { object: { kind: string; namespace?: string; name: string } }[];
    }[] = JSON.parse(stdout).findings;
    const entries = open.flatMap(({ invariant, evidence }) =>
      evidence.map(({ object: { kind, namespace, name } }) => ({
        invariant,
        object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
        reason: 'later',
      })),
    );
    directory.write(acceptances, JSON.stringify({ accepted: entries }));
    expect((await directory.check(...enforced)).code).toBe(0);
    expect((await directory.check('--base', 'HEAD', ...enforced)).code).toBe(4);
  });
});
