// Crosses commands, private-values, secrets and repository.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { defined } from '../../src/kubernetes/defined.ts';
import { loadIdentities } from '../../src/secrets/age/keyFile.ts';
import { decryptDocument } from '../../src/secrets/sops/decrypt.ts';
import { home } from '../home.ts';
import { gatehouse, type Ran } from '../program.ts';
import type { TestDirectory } from '../testDirectory.ts';

const host = 'photos.example.org';
const privateFile = 'cluster.private.sops.yaml';
const values = 'clusters/home/flux/values.sops.yaml';

let directory: TestDirectory;
const secrets = (args: readonly string[], input?: string, env = {}): Promise<Ran> => {
  const environment = { ...directory.environment, env: { ...directory.environment.env, ...env } };
  return gatehouse(defined({ path: directory.path, environment, input }), 'secrets', ...args);
};
const run = (...args: string[]): Promise<Ran> => gatehouse(directory, ...args);

/** An editor for tests: a Node program that receives the file. */
function editor(body: string): { EDITOR: string } {
  directory.write('editor.mjs', `import fs from 'node:fs';\nconst file = process.argv[2];\n${body}\n`);
  return { EDITOR: `'${process.execPath}' '${join(directory.path, 'editor.mjs')}'` };
}

const open = async (file: string): Promise<{ plaintext: string; recipients: readonly string[] }> => {
  const { identities } = await loadIdentities(directory.environment);
  const opened = await decryptDocument({ file, content: directory.read(file), identities });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  return opened.value;
};
const plain = async (): Promise<string> => (await open(privateFile)).plaintext;

/** What `configure` would change, without the documents, which count the recipients. */
const differing = async (): Promise<string[]> => {
  const { changes } = JSON.parse((await run('configure', '--check', '--json')).stdout) as {
    changes: { path: string }[];
  };
  return changes.map(({ path }) => path).filter((path) => !path.startsWith('docs/'));
};

beforeEach(() => {
  directory = home();
  const second = `${directory.path}.second`;
  onTestFinished(() => rmSync(second, { recursive: true, force: true }));
});

describe('secrets edit', () => {
  it('encrypts the plain private values file and destroys it', async () => {
    const ended = await secrets(['edit'], undefined, editor(''));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(directory.path, 'cluster.private.yaml'))).toBe(false);
    expect(directory.read(privateFile)).not.toContain(host);
    expect(await plain()).toContain(`host: ${host}`);
    expect(await run('configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it('passes the decrypted text to the editor in a file that only its owner can read', async () => {
    const seen = join(directory.path, 'seen');
    const look = `const { mode } = fs.statSync(file);
      fs.writeFileSync(${JSON.stringify(seen)}, JSON.stringify([mode & 0o777, fs.readFileSync(file, 'utf8').includes('${host}'), file]));`;
    await secrets(['edit'], undefined, editor(look));
    const [mode, shown, file] = JSON.parse(readFileSync(seen, 'utf8')) as [number, boolean, string];
    expect([mode, shown]).toEqual([0o600, true]);
    expect(existsSync(file)).toBe(false);
  });

  it('changes one value and keeps the ciphertext of the others', async () => {
    await secrets(['edit'], undefined, editor(''));
    const before = directory.read(privateFile).split('\n');
    const change = `fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('${host}', 'pictures.example.org'));`;
    expect(await secrets(['edit'], undefined, editor(change))).toMatchObject({ code: 0 });
    const after = directory.read(privateFile).split('\n');
    expect(after.filter((line) => !before.includes(line)).map((line) => line.trim().split(':')[0])).toEqual([
      'host',
      'mac',
    ]);
  });

  it('does not write when nothing changed', async () => {
    await secrets(['edit'], undefined, editor(''));
    const before = directory.read(privateFile);
    const ended = await secrets(['edit'], undefined, editor(''));
    expect(ended.stdout).toContain('Nothing changed');
    expect(directory.read(privateFile)).toBe(before);
  });

  it('refuses an invalid text and reports the position without the value', async () => {
    const wrong = `fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('${host}', 'not a host'));`;
    const ended = await secrets(['edit'], undefined, editor(wrong));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('not-a-hostname');
    expect(ended.stderr).not.toContain('not a host\n');
    expect(existsSync(join(directory.path, privateFile))).toBe(false);
    expect(directory.read('cluster.private.yaml')).toContain(host);
  });

  it('saves nothing when the editor fails', async () => {
    const ended = await secrets(['edit'], undefined, editor('process.exit(7);'));
    expect(ended.code).toBe(3);
    expect(existsSync(join(directory.path, privateFile))).toBe(false);
  });

  it('does not pass private keys to the editor', async () => {
    const seen = join(directory.path, 'seen');
    const look = `fs.writeFileSync(${JSON.stringify(seen)}, String(process.env.SOPS_AGE_KEY));`;
    const key = readFileSync(directory.environment.env['SOPS_AGE_KEY_FILE'] ?? '', 'utf8');
    const SOPS_AGE_KEY = /AGE-SECRET-KEY-\S+/.exec(key)?.[0] ?? '';
    await secrets(['edit'], undefined, { ...editor(look), SOPS_AGE_KEY });
    expect(readFileSync(seen, 'utf8')).toBe('undefined');
  });
});

describe('secrets set, get and view', () => {
  beforeEach(async () => {
    await secrets(['edit'], undefined, editor(''));
  });

  it('stores a value from a pipe and returns it', async () => {
    expect(await secrets(['set', 'immich.host'], 'pictures.example.org\n')).toMatchObject({ code: 0 });
    expect(directory.read(privateFile)).not.toContain('pictures.example.org');
    expect((await secrets(['get', 'immich.host'])).stdout).toBe('pictures.example.org\n');
  });

  it('stores the items of a list, one per line', async () => {
    await secrets(['set', 'immich.access.emails'], 'one@example.org\ntwo@example.org\n');
    expect((await secrets(['get', 'immich.access.emails'])).stdout).toBe(
      'one@example.org\ntwo@example.org\n',
    );
    expect((await secrets(['get', 'immich.access.emails[1]'])).stdout).toBe('two@example.org\n');
  });

  it('refuses a value as an argument', async () => {
    expect(await secrets(['set', 'immich.host', 'pictures.example.org'])).toMatchObject({ code: 2 });
    expect((await secrets(['get', 'immich.host'])).stdout).toBe(`${host}\n`);
  });

  it('refuses an invalid value without repeating it', async () => {
    const before = directory.read(privateFile);
    const ended = await secrets(['set', 'immich.host'], 'ssh-is-no-host\n');
    expect(ended.code).toBe(2);
    expect(ended.stderr).not.toContain('ssh-is-no-host');
    expect(directory.read(privateFile)).toBe(before);
  });

  it('refuses a value that would not arrive in an object, and takes one with an apostrophe', async () => {
    const ended = await secrets(['set', 'immich.access.emails'], 'a$b@example.org\n');
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('lost-in-substitution') });
    expect(ended.stderr).not.toContain('a$b');
    expect(await secrets(['set', 'immich.access.emails'], "o'brien@example.org\n")).toMatchObject({
      code: 0,
    });
    expect(await run('configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['immich.hots', 'unknown-key'],
    ['immich.nodePort', 'public-in-overlay'],
    ['immich.access', 'unknown-key'],
  ])('refuses the field %s', async (field, code) => {
    const ended = await secrets(['set', field], 'x\n');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(code);
  });

  it('refuses an empty value', async () => {
    expect((await secrets(['set', 'immich.host'], '\n')).stderr).toContain('no-value');
    expect((await secrets(['set', 'immich.host'])).stderr).toContain('no-value');
  });

  it('masks every value unless asked to reveal them', async () => {
    const masked = await secrets(['view']);
    expect(masked.stdout).toMatch(/immich\.host +•+ {2}private, \$\{IMMICH_HOST\}/);
    const all = [masked.stdout, (await secrets(['view', '--json'])).stdout].join('');
    for (const value of [host, 'owner@example.org', '192.0.2.0/24', 'example-team'])
      expect(all).not.toContain(value);
    expect((await secrets(['view', '--reveal'])).stdout).toContain(`host: ${host}`);
  });

  it('reports a field that is not set', async () => {
    expect(await secrets(['get', 'immich.access.serviceTokens'])).toMatchObject({ code: 2 });
  });
});

describe('secrets keygen and recipients', () => {
  const made = async (): Promise<{ recipient: string; file: string }> => {
    const file = `${directory.path}.second/keys.txt`;
    const ended = await secrets(['keygen', '--json'], undefined, { SOPS_AGE_KEY_FILE: file });
    return JSON.parse(ended.stdout) as { recipient: string; file: string };
  };

  it('creates a key outside of the tree, readable by its owner only, and never prints it', async () => {
    const file = `${directory.path}.second/keys.txt`;
    const ended = await secrets(['keygen', '--post-quantum'], undefined, { SOPS_AGE_KEY_FILE: file });
    expect(ended.stdout).toMatch(/^age1pq1/);
    expect(ended.stdout).not.toContain('AGE-SECRET-KEY');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const inside = join(directory.path, 'keys.txt');
    expect((await secrets(['keygen'], undefined, { SOPS_AGE_KEY_FILE: inside })).stderr).toContain(
      'age-key-file-in-tree',
    );
  });

  it.each(['SOPS_AGE_KEY_FILE', 'XDG_CONFIG_HOME', 'HOME'])(
    'never writes a key into a work tree that %s names, also not that of another repository',
    async (variable) => {
      const tree = `${directory.path}.other`;
      onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
      mkdirSync(join(tree, '.git'), { recursive: true });
      const env =
        variable === 'HOME' ? {} : { [variable]: variable === 'XDG_CONFIG_HOME' ? tree : join(tree, 'k') };
      const home = variable === 'HOME' ? tree : directory.environment.home;
      const environment = { ...directory.environment, home, env };
      const { code, stderr } = await gatehouse({ path: directory.path, environment }, 'secrets', 'keygen');
      expect(stderr).toContain('age-key-file-in-tree');
      expect(code).toBe(2);
      expect(readdirSync(tree)).toEqual(['.git']);
    },
  );

  it('adds a second recipient, and removes it with new data keys', async () => {
    const [own = ''] = (await secrets(['recipients', 'list'])).stdout.split(/\s/);
    directory.write(
      'cluster.yaml',
      directory.read('cluster.yaml').replace(/^secrets:\n/m, `secrets:\n  clusterRecipient: ${own}\n`),
    );
    await secrets(['edit'], undefined, editor(''));
    await run('configure');
    const original = directory.read('cluster.yaml');
    const { recipient, file } = await made();
    const second = { SOPS_AGE_KEY_FILE: file };

    expect(await secrets(['recipients', 'add', recipient])).toMatchObject({ code: 0, stderr: '' });
    expect(directory.read('cluster.yaml').replace(`    - ${recipient}\n`, '')).toBe(original);
    expect((await secrets(['recipients', 'list'])).stdout.split('\n').filter(Boolean)).toHaveLength(2);
    expect((await secrets(['get', 'immich.host'], undefined, second)).stdout).toBe(`${host}\n`);
    expect(await differing()).toEqual([]);

    const before = directory.read(values);
    expect(await secrets(['recipients', 'remove', recipient])).toMatchObject({ code: 0 });
    expect(directory.read('cluster.yaml')).toBe(original);
    expect(directory.read('.sops.yaml')).not.toContain(recipient);
    expect(directory.read(values)).not.toContain(recipient);
    const cipher = (text: string): string[] => text.match(/ENC\[[^\]]*\]/g) ?? [];
    expect(cipher(directory.read(values)).filter((one) => cipher(before).includes(one))).toEqual([]);
    expect(await secrets(['get', 'immich.host'], undefined, second)).toMatchObject({ code: 4 });
    expect(await differing()).toEqual([]);
  });

  it('changes nothing when one file cannot be decrypted', async () => {
    await run('configure');
    const { recipient, file } = await made();
    const before = ['cluster.yaml', values, '.sops.yaml'].map((name) => directory.read(name));
    const ended = await secrets(['recipients', 'add', recipient], undefined, { SOPS_AGE_KEY_FILE: file });
    expect(ended.code).toBe(4);
    expect(['cluster.yaml', values, '.sops.yaml'].map((name) => directory.read(name))).toEqual(before);
  });

  it('refuses to remove the last recipient and an unknown one', async () => {
    const [last = ''] = (await secrets(['recipients', 'list'])).stdout.split(/\s/);
    expect((await secrets(['recipients', 'remove', last])).stderr).toContain('last-recipient');
    const { recipient } = await made();
    expect((await secrets(['recipients', 'remove', recipient])).stderr).toContain('recipient-unknown');
    expect((await secrets(['recipients', 'add', 'age1nonsense'])).stderr).toContain('age-recipient-invalid');
  });
});

describe('secrets rotate', () => {
  it('changes every ciphertext and no value, and configure changes nothing', async () => {
    await secrets(['edit'], undefined, editor(''));
    await run('configure');
    const text = await plain();
    const before = directory.read(privateFile);
    expect(await secrets(['rotate'])).toMatchObject({ code: 0 });
    expect(await plain()).toBe(text);
    expect(directory.read(privateFile)).not.toBe(before);
    expect(await differing()).toEqual([]);
  });
});
