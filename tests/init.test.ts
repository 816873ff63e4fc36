// Crosses commands, operations/init, private-values, secrets and Git.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { snapshot } from '../src/repository/testTree.ts';
import type { Environment } from '../src/system/environment.ts';
import { gatehouse } from './program.ts';

interface Place {
  path: string;
  environment: Environment;
  keyFile: string;
}

/** An empty directory, and a user without a key. */
function place(): Place {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-init-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [path, home] = [join(root, 'home-ops'), join(root, 'user')];
  mkdirSync(path);
  mkdirSync(home);
  const environment: Environment = {
    env: {},
    home,
    platform: 'linux',
    now: () => new Date('2026-11-24T00:00:00Z'),
  };
  return { path, environment, keyFile: join(home, '.config/sops/age/keys.txt') };
}

const answers = [
  ...['--name', 'cottage', '--node', 'beta', '--repository', 'ssh://git@git.test/me/cottage'],
  ...[
    '--host',
    'bilder.unser-haus.test',
    '--lan',
    '192.168.7.0/24',
    '--library-path',
    '/mnt/unser-nas/bilder',
  ],
  ...['--team', 'unser-haus-team', '--audience', 'ab'.repeat(32), '--owner', 'besitzerin@unser-haus.test'],
  ...['--tunnel', '6ff42ae2-765d-4adf-8112-31c55c1551ef'],
];

/** The additional answers for the platform. */
const ofPlatform = [
  ...['--template', 'platform', '--node', 'beta,gamma,delta', '--talos', '1.13.0'],
  ...['--server', '192.168.7.20', '--endpoint', 'https://speicher.unser-haus.test'],
];
const forPlatform = [...answers.filter((_, index) => index !== 2 && index !== 3), ...ofPlatform];
/** The S3 server issues these keys: there are no flags for them, and configure reports each. */
const givenOut = ['volsync-media', 'etcd-backups'].flatMap((bucket) => [
  `s3.keys.${bucket}.accessKey`,
  `s3.keys.${bucket}.secretKey`,
]);

async function setValue(directory: Place, field: string, value: string): Promise<void> {
  const set = await gatehouse({ ...directory, input: value }, 'secrets', 'set', field);
  expect(set).toMatchObject({ code: 0, stderr: '' });
}

/** The text of the private values file, which is encrypted on the disk. */
async function revealed(directory: Place): Promise<string> {
  return (await gatehouse(directory, 'secrets', 'view', '--reveal')).stdout;
}

describe('init --template platform', () => {
  const missingIn = async (directory: Place): Promise<string[]> => {
    const asked = await gatehouse(directory, 'configure', '--json');
    expect(asked.code).toBe(2);
    const { problems } = JSON.parse(asked.stdout) as { problems: { code: string; message: string }[] };
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['missing-field']));
    return problems.map(({ message }) => message.replace(/(\[0\])? is missing$/, '')).sort();
  };
  const fillKeys = async (directory: Place) => {
    for (const field of givenOut) {
      const value = field.endsWith('accessKey') ? '4f2a9c1e7b6d3058a1c4' : '6c1e9a4b7d80352f8c3e1d5b';
      await setValue(directory, field, value);
    }
  };

  it('with all answers leaves only the keys of the S3 server; with them, configure accepts the files', async () => {
    const directory = place();
    const made = await gatehouse(directory, 'init', '--yes', '--json', ...forPlatform);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(made.stdout).missing.sort()).toEqual([...givenOut].sort());
    expect(await missingIn(directory)).toEqual([...givenOut].sort());
    await fillKeys(directory);
    // The charts are not rendered, so the exit code is 4, and nothing is refuted.
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 4, stderr: '' });
    const files = Object.keys(snapshot(directory.path));
    for (const path of [
      'clusters/cottage/kustomization.yaml',
      'docs/restore.md',
      'apps/storage/rustfs/ks.yaml',
    ])
      expect(files).toContain(path);
    const shown = readFileSync(join(directory.path, 'cluster.yaml'), 'utf8');
    for (const value of ['unser-haus', '192.168.7', 'unser-nas', '6ff42ae2'])
      expect(shown).not.toContain(value);
  });

  it('without answers lists the empty fields, each of which configure reports', async () => {
    const directory = place();
    const { stdout } = await gatehouse(directory, 'init', '--yes', '--json', '--template', 'platform');
    expect(await missingIn(directory)).toEqual(JSON.parse(stdout).missing.sort());
  });

  it('with one node configures one object storage server', async () => {
    const directory = place();
    const one = forPlatform.map((flag) => (flag === 'beta,gamma,delta' ? 'beta' : flag));
    expect((await gatehouse(directory, 'init', '--yes', ...one)).code).toBe(0);
    await fillKeys(directory);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 4, stderr: '' });
    expect(readFileSync(join(directory.path, 'cluster.yaml'), 'utf8')).toContain('kind: standalone');
  });

  it('generates new keys and passwords on each run', async () => {
    const secrets = await Promise.all(
      [place(), place()].map(async (directory) => {
        await gatehouse(directory, 'init', '--yes', ...forPlatform);
        const privateFile = await revealed(directory);
        return [...privateFile.matchAll(/(?:password|secretKey|volsync-media|media): (\S+)/g)].map(
          ([, value]) => value,
        );
      }),
    );
    expect(secrets.flat()).toHaveLength(8);
    expect(new Set(secrets.flat()).size).toBe(8);
  });
});

describe('init', () => {
  it('with all answers creates a configuration that configure accepts', async () => {
    const directory = place();
    const made = await gatehouse(directory, 'init', '--yes', ...answers);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).not.toContain('Fill in these fields');
    expect(Object.keys(snapshot(directory.path)).filter((path) => !path.startsWith('.gatehouse/'))).toEqual([
      '.gitignore',
      'cluster.private.sops.yaml',
      'cluster.yaml',
    ]);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
    expect(Object.keys(snapshot(directory.path))).toContain('clusters/cottage/kustomization.yaml');
  });

  it('without answers lists the empty fields, each of which configure reports; filled in, they are accepted', async () => {
    const directory = place();
    const { stdout, code } = await gatehouse(directory, 'init', '--yes', '--json');
    const { missing } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(missing.length).toBeGreaterThan(5);
    const asked = await gatehouse(directory, 'configure', '--json');
    expect(asked.code).toBe(2);
    const { problems } = JSON.parse(asked.stdout);
    expect(new Set(problems.map(({ code }: { code: string }) => code))).toEqual(new Set(['missing-field']));
    const fields = problems.map(({ message }: { message: string }) =>
      message.replace(/(\[0\])? is missing$/, ''),
    );
    expect(fields.sort()).toEqual([...missing].sort());

    const file = join(directory.path, 'cluster.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^( *url:) *$/m, '$1 https://git.test/me/home'));
    // One after another, while the others are still missing.
    await setValue(directory, 'immich.host', 'bilder.unser-haus.test');
    await setValue(directory, 'cluster.network.lan', '192.168.7.0/24');
    await setValue(directory, 'immich.access.audience', 'ab'.repeat(32));
    await setValue(directory, 'immich.library.path', '/mnt/unser-nas/bilder');
    await setValue(directory, 'originProxy.team', 'unser-haus-team');
    await setValue(directory, 'cloudflared.tunnel', '6ff42ae2-765d-4adf-8112-31c55c1551ef');
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it('writes the key outside of the directory, readable by its owner only, and encrypts the private values', async () => {
    const directory = place();
    await gatehouse(directory, 'init', '--yes', ...answers);
    const key = readFileSync(directory.keyFile, 'utf8');
    expect(statSync(directory.keyFile).mode & 0o777).toBe(0o600);
    expect(key).toMatch(/^AGE-SECRET-KEY-1/m);
    expect(JSON.stringify(snapshot(directory.path))).not.toContain('AGE-SECRET-KEY');
    expect(readFileSync(join(directory.path, '.gitignore'), 'utf8').split('\n')).toContain(
      'cluster.private.yaml',
    );
    const shown = JSON.stringify(snapshot(directory.path));
    for (const value of ['unser-haus', '192.168.7', 'unser-nas', '6ff42ae2', 'abab'])
      expect(shown).not.toContain(value);
  });

  it('uses an existing key', async () => {
    const [first, second] = [place(), place()];
    await gatehouse(first, 'init', '--yes', ...answers);
    const before = readFileSync(first.keyFile, 'utf8');
    const made = await gatehouse({ ...first, path: second.path }, 'init', '--yes', '--json', ...answers);
    expect(JSON.parse(made.stdout).keyFile).toBe(first.keyFile);
    expect(readFileSync(first.keyFile, 'utf8')).toBe(before);
    expect(await gatehouse({ ...first, path: second.path }, 'configure')).toMatchObject({ code: 0 });
  });

  it.each(['cluster.yaml', 'cluster.private.yaml', 'cluster.private.sops.yaml'])(
    'makes nothing where %s is, not even a key',
    async (file) => {
      const directory = place();
      writeFileSync(join(directory.path, file), 'mine: true\n');
      const refused = await gatehouse(directory, 'init', '--yes', ...answers);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('already-there');
      expect(snapshot(directory.path)).toEqual({ [file]: 'mine: true\n' });
      expect(snapshot(directory.environment.home)).toEqual({});
    },
  );

  it('keeps other files of the directory, and existing lines of .gitignore', async () => {
    const directory = place();
    writeFileSync(join(directory.path, 'README.md'), '# Mine\n');
    writeFileSync(join(directory.path, '.gitignore'), 'secrets/\n');
    expect((await gatehouse(directory, 'init', '--yes', ...answers)).code).toBe(0);
    expect(readFileSync(join(directory.path, 'README.md'), 'utf8')).toBe('# Mine\n');
    expect(readFileSync(join(directory.path, '.gitignore'), 'utf8')).toMatch(/^secrets\/\n/);
  });

  it('creates the given directory', async () => {
    const directory = place();
    expect((await gatehouse(directory, 'init', 'deep/er', '--yes', ...answers)).code).toBe(0);
    expect((await gatehouse(directory, 'configure', '-C', 'deep/er')).code).toBe(0);
  });

  it('refuses a file in place of the directory', async () => {
    const directory = place();
    writeFileSync(join(directory.path, 'file'), '');
    const refused = await gatehouse(directory, 'init', 'file', '--yes', ...answers);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('folder-unusable');
    expect(refused.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('init, of answers that configure would refuse', () => {
  it.each([
    ['--name', 'My Node!', 'not-a-name'],
    ['--node', 'My Node!', 'not-a-name'],
    ['--repository', 'pi5', 'not-a-git-address'],
    ['--host', 'https://photos.example.org', 'not-a-hostname'],
    ['--lan', 'pi5', 'not-a-range'],
    ['--lan', '192.168.7.1/24', 'host-bits-set'],
    ['--lan', '10.42.0.0/16', 'ranges-overlap'],
    ['--library-path', 'photos', 'not-a-path'],
    ['--team', 'https://team.cloudflareaccess.com', 'not-an-identifier'],
    ['--audience', 'abc', 'not-an-identifier'],
    ['--tunnel', 'home', 'not-an-identifier'],
    ['--owner', 'notamail', 'not-an-email'],
    ['--server', 'nas', 'wrong-usage'],
  ])('ends with 2 for %s %s, says what is expected, and makes nothing', async (flag, value, code) => {
    const directory = place();
    const { code: ended, stdout } = await gatehouse(directory, 'init', '--yes', '--json', flag, value);
    expect(ended).toBe(2);
    const { problems } = JSON.parse(stdout) as { problems: Record<string, string>[] };
    expect(problems).toEqual([
      {
        code,
        message: expect.stringContaining(flag),
        expected: expect.any(String),
        remedy: expect.any(String),
      },
    ]);
    expect(snapshot(directory.path)).toEqual({});
    expect(snapshot(directory.environment.home)).toEqual({});
  });

  it.each([
    ['--talos', 'one', 'not-a-version'],
    ['--server', 'a b', 'not-a-server'],
    ['--endpoint', 'pi5', 'not-an-endpoint'],
    ['--node', 'alpha,My Node!', 'not-a-name'],
    ['--lan', '10.244.0.0/16', 'ranges-overlap'],
  ])('does so for the platform: %s %s', async (flag, value, code) => {
    const flags = ['--yes', '--json', '--template', 'platform', flag, value];
    const { code: ended, stdout } = await gatehouse(place(), 'init', ...flags);
    expect(ended).toBe(2);
    expect(JSON.parse(stdout).problems).toEqual([expect.objectContaining({ code })]);
  });
});

describe('init in a Git repository', () => {
  const git = (...args: string[]) => execFileSync('git', args, { stdio: 'pipe' });
  const committer = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];

  it.each([
    ['a subdirectory', ''],
    ['a directory that does not exist yet', 'new'],
  ])('makes nothing in %s, and says where the root is', async (_, inner) => {
    const directory = place();
    const root = join(directory.path, '..');
    git('init', '-q', root);
    const refused = await gatehouse(directory, 'init', inner || '.', '--yes', ...answers);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('not-at-git-root');
    expect(refused.stderr).toContain(`-C ${root}`);
    expect(snapshot(directory.path)).toEqual({});
  });

  it('refuses a link to a subdirectory', async () => {
    const directory = place();
    const root = join(directory.path, '..');
    mkdirSync(join(root, 'work/inner'), { recursive: true });
    git('init', '-q', join(root, 'work'));
    symlinkSync(join(root, 'work/inner'), join(directory.path, 'link'));
    const refused = await gatehouse(directory, 'init', 'link', '--yes', ...answers);
    expect(refused.stderr).toContain('not-at-git-root');
  });

  it('takes the root of a linked work tree, of a submodule, and a repository within another', async () => {
    const directory = place();
    const root = join(directory.path, '..');
    const main = join(root, 'main');
    git('init', '-q', main);
    git('-C', main, ...committer, 'commit', '-q', '--allow-empty', '-m', 'x');
    git('-C', main, 'worktree', 'add', '-q', join(main, 'tree'));
    git('-C', main, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', main, 'module');
    git('init', '-q', join(main, 'within'));
    for (const inner of ['tree', 'module', 'within']) {
      const made = await gatehouse({ ...directory, path: main }, 'init', inner, '--yes', ...answers);
      expect(made).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it('takes a directory that the repository around it ignores', async () => {
    const { path } = place();
    // The key of the user is in no repository.
    const directory = { path, environment: place().environment };
    const root = join(path, '..');
    git('init', '-q', root);
    writeFileSync(join(root, '.gitignore'), 'home-ops/\n');
    expect((await gatehouse(directory, 'init', '--yes', ...answers)).code).toBe(0);
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
  });

  it('configure, status and check do not count paths from a subdirectory', async () => {
    const directory = place();
    expect((await gatehouse(directory, 'init', '--yes', ...answers)).code).toBe(0);
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    const before = snapshot(directory.path);
    git('init', '-q', join(directory.path, '..'));
    for (const command of [['configure'], ['configure', '--check'], ['status'], ['manifests', '--local']]) {
      const refused = await gatehouse(directory, ...command);
      expect(refused.stderr).toContain('not-at-git-root');
      expect(refused.code).toBe(2);
    }
    expect(snapshot(directory.path)).toEqual(before);
    const checked = await gatehouse(directory, 'check', '--json');
    expect(JSON.parse(checked.stdout).assumptions).toContain(
      'Flux fetches the directory that is checked, not the whole Git repository that holds it (..)',
    );
  });

  it('check in a new configuration says to run configure first', async () => {
    const directory = place();
    await gatehouse(directory, 'init', '--yes', ...answers);
    const checked = await gatehouse(directory, 'check');
    expect(checked.code).toBe(2);
    expect(checked.stderr).toContain('run "gatehouse configure" first');
  });
});

describe('commands that are printed', () => {
  it('name the directory that was given, and no file or document of JSON has how the program was started', async () => {
    const directory = place();
    const inner = "it's mine";
    const made = await gatehouse(directory, 'init', inner, '--yes');
    expect(made.stdout).toContain(`'${join(directory.path, "it'\\''s mine")}' status`);
    const status = await gatehouse(directory, '-C', inner, 'status');
    expect(status.stdout).toContain("gatehouse -C 'it'\\''s mine' secrets set immich.host");
    const refused = await gatehouse(directory, 'check', `--directory=${inner}`);
    expect(refused.stderr).toContain(`"gatehouse -C 'it'\\''s mine' configure"`);
    expect((await gatehouse(directory, 'status', '--json', '-C', inner)).stdout).toContain(
      '"gatehouse secrets set immich.host"',
    );
    expect(JSON.stringify(snapshot(directory.path))).not.toContain(' -C ');
  });
});

it('"not yet" for Cloudflare writes everything else, and configure and status say where each value is', async () => {
  const directory = place();
  const later = answers.filter(
    (_, at) =>
      !['--team', '--audience', '--tunnel'].some((flag) => [0, 1].includes(at - answers.indexOf(flag))),
  );
  expect((await gatehouse(directory, 'init', '--yes', ...later)).code).toBe(0);
  const refused = await gatehouse(directory, 'configure');
  expect(refused.code).toBe(2);
  const status = await gatehouse(directory, 'status');
  for (const text of [refused.stderr, status.stdout]) {
    expect(text).toContain('Application Audience (AUD) Tag');
    expect(text).toContain('cloudflared tunnel create');
    expect(text).toContain('part before .cloudflareaccess.com');
    for (const field of ['originProxy.team', 'immich.access.audience', 'cloudflared.tunnel'])
      expect(text).toContain(`gatehouse secrets set ${field}`);
  }
});
