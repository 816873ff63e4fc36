// Crosses commands, operations/status, operations/verify, repository and Git.
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ComponentStatus } from '../src/operations/status/components.ts';
import { recordFile } from '../src/operations/verify/record.ts';
import { commit, git } from './committedExample.ts';
import { configured, finished, keptBy, pushed, resultOf, verified } from './deployedExample.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

const names = ['cluster', 'immich', 'origin-proxy', 'cloudflared', 'flux'];

async function componentsOf(directory: TestDirectory): Promise<Record<string, ComponentStatus>> {
  const { stdout } = await gatehouse(directory, 'status', '--json');
  const components: ComponentStatus[] = JSON.parse(stdout).components;
  return Object.fromEntries(components.map((each) => [each.name, each]));
}

async function statesOf(directory: TestDirectory): Promise<Record<string, string>> {
  const components = await componentsOf(directory);
  return Object.fromEntries(names.map((name) => [name, components[name]?.state ?? '']));
}

const all = (state: string) => Object.fromEntries(names.map((name) => [name, state]));

async function deployed(): Promise<TestDirectory> {
  const directory = home();
  finished(directory);
  await configured(directory);
  return directory;
}

describe('the state of components', () => {
  it('follows a change from the files to the cluster', async () => {
    const directory = home();
    finished(directory);
    expect(await statesOf(directory)).toEqual(all('not written'));
    await configured(directory);
    expect(await statesOf(directory)).toEqual(all('written, not pushed'));
    expect((await componentsOf(directory))['immich']?.because).toBe('nothing was committed yet');
    commit(directory);
    expect((await componentsOf(directory))['immich']?.because).toMatch(/^no remote has the branch main/);
    const first = pushed(directory);
    expect(await statesOf(directory)).toEqual(all('pushed, not verified'));
    await verified(directory, first, await keptBy(directory, ...names));
    expect(await statesOf(directory)).toEqual(all('verified'));
    expect((await componentsOf(directory))['immich']).toMatchObject({
      verified: { at: '2026-11-23T20:00:01Z', commit: first },
      promises: expect.arrayContaining([expect.objectContaining({ evidence: ['1 pod of immich is ready'] })]),
    });

    // From here on only Immich changes.
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 30111;
    });
    const behind = async () => {
      const states = await statesOf(directory);
      return [states['immich'], states['cloudflared']];
    };
    expect(await behind()).toEqual(['not written', 'verified']);
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
    expect(await behind()).toEqual(['written, not pushed', 'verified']);
    commit(directory);
    expect(await behind()).toEqual(['written, not pushed', 'verified before']);
    const second = pushed(directory);
    expect(await behind()).toEqual(['pushed, not applied', 'verified before']);
    expect((await componentsOf(directory))['cloudflared']?.verified?.old).toBe('1 commit ago');
    await verified(directory, second, await keptBy(directory, ...names.slice(2)));
    expect(await statesOf(directory)).toEqual({
      ...all('verified'),
      cluster: 'applied, not verified',
      immich: 'applied, not verified',
    });
  });

  it('counts a file that is new, gone, or changed by hand as not pushed, and one elsewhere not', async () => {
    const directory = await deployed();
    pushed(directory);
    writeFileSync(join(directory.path, 'apps/mine.yaml'), 'a: 1\n');
    appendFileSync(join(directory.path, 'docs/iphone.md'), 'Mine.\n');
    expect(await statesOf(directory)).toEqual(all('pushed, not verified'));
    const file = 'apps/media/immich/service.yaml';
    appendFileSync(join(directory.path, file), '# mine\n');
    expect((await statesOf(directory))['immich']).toBe('not written');
    git(directory, 'checkout', '-q', file);
    rmSync(join(directory.path, '.git/refs/remotes/origin/main'));
    expect((await componentsOf(directory))['immich']?.because).toMatch(/^no remote has the branch main/);
  });

  it('reads the remote from which Flux reads, however its address is written', async () => {
    const directory = await deployed();
    pushed(directory);
    const head = git(directory, 'rev-parse', 'HEAD').trim();
    git(directory, 'update-ref', 'refs/remotes/other/main', head);
    git(directory, 'remote', 'add', 'other', 'git@git.example.org:Somebody/home.git');
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 30111;
    });
    await gatehouse(directory, 'configure');
    pushed(directory);
    expect((await statesOf(directory))['immich']).toBe('written, not pushed');
    git(directory, 'remote', 'set-url', 'other', 'ssh://git@git.example.org:22/somebody/else');
    expect((await statesOf(directory))['immich']).toBe('pushed, not verified');
  });

  it('says that the remote has newer commits', async () => {
    const directory = await deployed();
    pushed(directory);
    writeFileSync(join(directory.path, 'a'), 'a');
    pushed(directory);
    git(directory, 'reset', '-q', '--hard', 'HEAD~1');
    expect(await statesOf(directory)).toEqual(all('pushed, not verified'));
    appendFileSync(join(directory.path, 'apps/media/immich/service.yaml'), '\n');
    await gatehouse(directory, 'configure', '--accept', 'mine');
    expect((await componentsOf(directory))['immich']).toMatchObject({
      state: 'written, not pushed',
      because: expect.stringContaining('git pull'),
    });
  });

  it('is not known without Git, and where the files cannot be compared', async () => {
    const directory = await deployed();
    pushed(directory);
    renameSync(join(directory.path, '.git'), `${directory.path}.git/x`);
    expect((await componentsOf(directory))['immich']).toMatchObject({
      state: 'written, not pushed',
      because: 'this directory is no Git repository yet',
    });
    // Without the record of what was written, a file that differs may be the user's choice.
    writeFileSync(join(directory.path, '.gatehouse/manifest.json'), '{"version":1,"files":{"..":{}}}');
    appendFileSync(join(directory.path, 'docs/iphone.md'), 'Mine.\n');
    expect((await componentsOf(directory))['immich']).toMatchObject({
      state: 'not known',
      because: expect.stringMatching(/^the files cannot be compared/),
    });
  });
});

describe('broken promises', () => {
  it('come first, with what was seen, when, and what to do', async () => {
    const directory = await deployed();
    const sha = pushed(directory);
    const opened = resultOf('immich', 'broken', {
      id: 'immich-closed',
      promise: 'Nothing but the proxy reaches Immich',
      evidence: ['NodePort 30099 of Service media/immich-by-hand leads to it'],
      remedy: 'Remove the Service media/immich-by-hand',
    });
    const general = { ...resultOf('x', 'broken', { id: 'flux-ready', promise: 'Flux is ready' }) };
    delete general.component;
    await verified(directory, sha, [...(await keptBy(directory, 'cloudflared')), opened, general]);
    const { code, stdout } = await gatehouse(directory, 'status');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(
        String.raw`^Broken promises

  Nothing but the proxy reaches Immich \(immich\)
    seen   NodePort 30099 of Service media/immich-by-hand leads to it
    asked  2026-11-23 20:00 UTC at ${sha.slice(0, 7)}
    do     Remove the Service media/immich-by-hand
  Flux is ready
[\s\S]*\n2 promises are broken\. 3 components are not verified\.\n\nComponents\n\n  immich +broken +Nothing but`,
      ),
    );
    const { broken } = JSON.parse((await gatehouse(directory, 'status', '--json')).stdout);
    expect(broken).toMatchObject([{ id: 'immich-closed', commit: sha }, { id: 'flux-ready' }]);
    expect((await gatehouse(directory, 'status', '--quiet')).stdout).toMatch(/^Broken promises/);
  });

  it('are named where the configuration does not compile', async () => {
    const directory = await deployed();
    await verified(directory, pushed(directory), [resultOf('immich', 'broken')]);
    directory.edit('cluster.yaml', (value) => {
      delete value.repository.url;
    });
    const { code, stdout } = await gatehouse(directory, 'status');
    expect({ code, first: stdout.split('\n', 1)[0] }).toEqual({ code: 1, first: 'Broken promises' });
    expect(stdout).toMatch(/\n {2}flux +configuration missing +repository\.url\n/);
    expect(stdout).toMatch(/\n {2}immich +not known +the configuration does not compile yet\n/);
    expect(stdout).toMatch(
      /\n {2}not enabled: cert-manager, envoy-gateway, token-issuers, external-dns, home-dns, rustfs, s3, volsync, talos-backup, tuppr, echo, routes\n/,
    );
  });
});

it('Secrets that are made by hand are left until the components that need them are verified', async () => {
  const directory = home();
  await configured(directory);
  const sha = pushed(directory);
  const left = async () => {
    const { stdout } = await gatehouse(directory, 'status', '--json');
    const items: { id: string }[] = JSON.parse(stdout).left;
    return items.map(({ id }) => id).filter((id) => id.startsWith('secret-'));
  };
  const credentials = 'secret-networking-cloudflared-credentials';
  expect(await left()).toContain(credentials);
  await verified(directory, sha, [resultOf('cloudflared', 'not checked')]);
  expect(await left()).toContain(credentials);
  await verified(directory, sha, await keptBy(directory, 'cloudflared'));
  expect(await left()).not.toContain(credentials);
  expect(await left()).toContain('secret-media-immich-database');
  expect((await componentsOf(directory))['cloudflared']?.state).toBe('verified');
  // A check that asks for the Secret itself answers for it alone.
  await verified(directory, sha, [
    resultOf('immich', 'kept', { id: 'secret-media-immich-database' }),
    resultOf('immich', 'not checked'),
  ]);
  expect(await left()).not.toContain('secret-media-immich-database');
  expect(await left()).toContain('secret-media-immich-admin');
});

describe('the record of verify', () => {
  it('is nothing to configure, check, scan and Git', async () => {
    const directory = await deployed();
    const sha = pushed(directory);
    const outputs = async () =>
      Promise.all(
        [
          ['configure', '--check', '--json'],
          ['check', '--json'],
          ['scan', '--json'],
        ].map((args) => gatehouse(directory, ...args)),
      );
    const before = await outputs();
    // A scanner that read it would find this value.
    await verified(directory, sha, [resultOf('immich', 'kept', { evidence: ['photos.example.org'] })]);
    expect(await outputs()).toEqual(before);
    expect(before.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(git(directory, 'status', '--porcelain', '--untracked-files=all')).toBe('');
  });

  it('never prints what a hostile one holds as it is', async () => {
    const directory = await deployed();
    const hostile = `\u001b]0;owned\u0007\u202e photos.example.org\n`;
    const result = resultOf('immich', 'broken', {
      id: hostile,
      promise: hostile,
      field: hostile,
      replaces: hostile,
      remedy: hostile,
      evidence: [hostile],
    });
    const unasked = { ...result, component: 'cloudflared', verdict: 'not checked' as const };
    const strange = { ...result, component: hostile };
    await verified(directory, pushed(directory), [result, unasked, strange]);
    for (const flags of [[], ['--json'], ['--quiet'], ['--write']]) {
      const { stdout, stderr } = await gatehouse(directory, 'status', ...flags);
      expect(stdout + stderr).toContain('owned');
      expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(stdout + stderr).not.toContain('photos.example.org');
    }
    const document = directory.read('docs/remaining-work.md');
    expect(document).toContain('owned');
    expect(document.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(document).not.toContain('photos.example.org');
  });

  it('that cannot be read is named, and nothing counts as verified', async () => {
    const directory = await deployed();
    pushed(directory);
    mkdirSync(join(directory.path, '.gatehouse/local'));
    for (const text of ['{', '{"schemaVersion":2}']) {
      directory.write(recordFile, text);
      const { code, stdout, stderr } = await gatehouse(directory, 'status');
      expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
      expect(stdout).toMatch(/record of the last verify/);
      expect(await statesOf(directory)).toEqual(all('pushed, not verified'));
    }
  });
});
