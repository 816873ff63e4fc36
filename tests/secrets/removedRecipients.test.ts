// Crosses commands, operations, private-values and repository.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateIdentity } from '../../src/secrets/age/identity.ts';
import { home } from '../home.ts';
import { gatehouse, type Ran } from '../program.ts';
import type { TestDirectory } from '../testDirectory.ts';

function git({ path }: TestDirectory, ...args: string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd: path, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}

function commit(directory: TestDirectory, message = 'Change'): void {
  git(directory, 'add', '-A');
  git(directory, 'commit', '-qm', message);
}

const recipients = (directory: TestDirectory, ...args: string[]): Promise<Ran> =>
  gatehouse(directory, 'secrets', 'recipients', ...args);

/** The recipient of the example, whose key is here. */
const mine = async (directory: TestDirectory): Promise<string> =>
  (await recipients(directory, 'list')).stdout.split(/\s/)[0] ?? '';

/** The example, encrypted and committed, with another recipient. */
async function shared(ofCluster?: 'mine' | 'other'): Promise<{ directory: TestDirectory; other: string }> {
  const directory = home();
  git(directory, 'init', '-q', '-b', 'main');
  const { recipient: other } = await generateIdentity('x25519');
  expect((await gatehouse(directory, 'secrets', 'encrypt')).code).toBe(0);
  const own = await mine(directory);
  if (ofCluster !== undefined)
    directory.edit('cluster.yaml', (value) => {
      value.secrets.recipients.push(other);
      value.secrets.clusterRecipient = ofCluster === 'mine' ? own : other;
    });
  expect((await recipients(directory, 'add', other)).code).toBe(0);
  expect((await gatehouse(directory, 'configure')).stderr).toBe('');
  commit(directory);
  return { directory, other };
}

const state = (directory: TestDirectory): string[] =>
  ['cluster.yaml', '.sops.yaml', 'cluster.private.sops.yaml', 'clusters/home/flux/values.sops.yaml'].map(
    (file) => directory.read(file),
  );

describe('secrets recipients remove', () => {
  it('refuses the only key that is here, with the order in which to do it', async () => {
    const { directory } = await shared('other');
    const before = state(directory);
    const { code, stderr } = await recipients(directory, 'remove', await mine(directory));
    expect(code).toBe(2);
    expect(stderr).toContain('last-own-key');
    expect(stderr).toMatch(/secrets keygen.*recipients add.*remove/);
    expect(state(directory)).toEqual(before);
  });

  it('refuses the key that the cluster uses, with the order in which to do it', async () => {
    const { directory, other } = await shared('other');
    const before = state(directory);
    const { code, stderr } = await recipients(directory, 'remove', other);
    expect(code).toBe(2);
    expect(stderr).toContain('cluster-recipient');
    expect(stderr).toMatch(/\(1\).*keygen.*\(2\).*push.*\(3\).*sops-age.*\(4\).*\(5\) remove/);
    expect(state(directory)).toEqual(before);
  });

  it('refuses any while it is not known which one the cluster uses', async () => {
    const { directory, other } = await shared();
    const { code, stderr } = await recipients(directory, 'remove', other);
    expect(code).toBe(2);
    expect(stderr).toContain('cluster-recipient-unknown');
    expect(stderr).toContain('age-keygen -y');
  });

  it('removes one that neither is', async () => {
    const { directory, other } = await shared('mine');
    expect(await recipients(directory, 'remove', other)).toMatchObject({ code: 0, stderr: '' });
    for (const text of state(directory)) expect(text).not.toContain(other);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it('removes the own key where another one is here', async () => {
    const { directory } = await shared('other');
    const second = await generateIdentity('x25519');
    const file = `${directory.path}.second`;
    onTestFinished(() => rmSync(file, { force: true }));
    const key = directory.environment.env['SOPS_AGE_KEY_FILE'] ?? '';
    writeFileSync(file, `${readFileSync(key, 'utf8').trim()}\n${second.reveal()}\n`, { mode: 0o600 });
    const both = {
      ...directory,
      environment: { ...directory.environment, env: { SOPS_AGE_KEY_FILE: file } },
    };
    expect((await recipients(both, 'add', second.recipient)).code).toBe(0);
    expect((await recipients(both, 'remove', await mine(directory))).code).toBe(0);
  });
});

it('configure refuses a recipient of the cluster that is not among the recipients', async () => {
  const { directory, other } = await shared('other');
  directory.edit('cluster.yaml', (value) => {
    value.secrets.recipients = value.secrets.recipients.filter((one: string) => one !== other);
  });
  const { code, stderr } = await gatehouse(directory, 'configure');
  expect(code).toBe(2);
  expect(stderr).toContain('secrets.clusterRecipient is not one of secrets.recipients');
});

describe('a removed recipient who is back', () => {
  /** Removed and committed, so that the history has it. */
  async function removed(): Promise<{ directory: TestDirectory; other: string }> {
    const made = await shared('mine');
    git(made.directory, 'branch', 'before');
    expect((await recipients(made.directory, 'remove', made.other)).code).toBe(0);
    expect((await gatehouse(made.directory, 'configure')).code).toBe(0);
    commit(made.directory, 'Remove the other');
    return made;
  }

  async function expectReported(directory: TestDirectory, other: string): Promise<void> {
    for (const args of [['configure'], ['configure', '--check'], ['check'], ['scan']]) {
      const { code, stdout, stderr } = await gatehouse(directory, ...args);
      expect(code, args.join(' ')).toBe(1);
      expect(`${stdout}${stderr}`, args.join(' ')).toContain('recipient-returned');
    }
    const set = await gatehouse({ ...directory, input: 'a.example.org' }, 'secrets', 'set', 'immich.host');
    expect(set.code).toBe(1);
    expect((await recipients(directory, 'remove', other)).code).toBe(0);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    expect((await gatehouse(directory, 'check')).code).toBe(0);
  }

  it('by a revert, which takes the record along, is reported until it is removed again', async () => {
    const { directory, other } = await removed();
    git(directory, 'revert', '--no-edit', 'HEAD');
    expect(directory.read('cluster.yaml')).toContain(other);
    await expectReported(directory, other);
  });

  it('by a merge that takes the other side is reported', async () => {
    const { directory, other } = await removed();
    git(directory, 'checkout', '-q', 'before');
    mkdirSync(join(directory.path, 'notes'));
    writeFileSync(join(directory.path, 'notes/mine.md'), 'text\n');
    commit(directory, 'Notes');
    git(directory, 'merge', '-q', '-s', 'ours', '--no-edit', 'main');
    await expectReported(directory, other);
  });

  it('is reported where the merge itself had removed it', async () => {
    const { directory, other } = await shared('mine');
    git(directory, 'checkout', '-q', '-b', 'notes');
    mkdirSync(join(directory.path, 'notes'));
    directory.write('notes/mine.md', 'text\n');
    commit(directory, 'Notes');
    git(directory, 'checkout', '-q', 'main');
    git(directory, 'merge', '-q', '--no-ff', '--no-commit', 'notes');
    expect((await recipients(directory, 'remove', other)).code).toBe(0);
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    commit(directory, 'Merge the notes');
    git(directory, 'revert', '--no-edit', '-m', '1', 'HEAD');
    expect(directory.read('cluster.yaml')).toContain(other);
    await expectReported(directory, other);
  });

  it('in one encrypted file alone is reported', async () => {
    const { directory, other } = await removed();
    git(directory, 'checkout', 'before', '--', 'clusters/home/flux/values.sops.yaml');
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(code).toBe(1);
    expect(stderr).toContain('clusters/home/flux/values.sops.yaml');
    await expectReported(directory, other);
  });

  it('by a line of cluster.yaml is reported without Git too', async () => {
    const { directory, other } = await removed();
    rmSync(join(directory.path, '.git'), { recursive: true });
    directory.edit('cluster.yaml', (value) => {
      value.secrets.recipients.push(other);
    });
    await expectReported(directory, other);
  });

  it('is not reported when the recipient is added on purpose', async () => {
    const { directory, other } = await removed();
    expect((await recipients(directory, 'add', other)).code).toBe(0);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    expect((await gatehouse(directory, 'check')).code).toBe(0);
    expect((await recipients(directory, 'remove', other)).code).toBe(0);
    for (const text of state(directory)) expect(text).not.toContain(other);
  });
});
