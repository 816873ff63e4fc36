// Crosses commands, operations/status, compile, repository and privacy.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit, git } from './committedExample.ts';
import { configured, finished, keptBy, pushed, verified } from './deployedExample.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

const file = 'docs/remaining-work.md';

async function written(example?: string): Promise<TestDirectory> {
  const directory = home(example);
  expect((await gatehouse(directory, 'configure')).stderr).toBe('');
  await gatehouse(directory, 'status', '--write');
  return directory;
}

describe('status --write', () => {
  it('prints the status as well, and says what it wrote', async () => {
    const directory = home();
    const plain = await gatehouse(directory, 'status');
    const first = await gatehouse(directory, 'status', '--write');
    expect(first).toEqual({ ...plain, stdout: `${plain.stdout}\nWritten: ${file}, version 1.0.0.\n` });
    const before = directory.read(file);
    const again = await gatehouse(directory, 'status', '--write');
    expect(again.stdout).toContain(`\n${file} is as it was, version 1.0.0.\n`);
    expect(directory.read(file)).toBe(before);
    const { document } = JSON.parse((await gatehouse(directory, 'status', '--write', '--json')).stdout);
    expect(document).toEqual({ file, version: '1.0.0', changed: false });
  });

  it('changes nothing on another day where nothing changed', async () => {
    const directory = await written();
    const before = directory.read(file);
    const later = { ...directory.environment, now: () => new Date('2027-05-01T00:00:00Z') };
    await gatehouse({ ...directory, environment: later }, 'status', '--write');
    expect(directory.read(file)).toBe(before);
  });

  it.each(['home', 'platform'])(
    'writes a document of the example %s without a private value, with links that lead to files',
    async (example) => {
      const directory = await written(example);
      const text = directory.read(file);
      const values = directory.read('cluster.private.yaml').match(/(?<=: |- )\S{6,}/g) ?? [];
      expect(values.length).toBeGreaterThan(5);
      expect(values.filter((value) => text.includes(value))).toEqual([]);
      const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
      expect(links.length).toBeGreaterThan(10);
      const absent = links.filter(
        (target) => !existsSync(join(directory.path, posix.join(dirname(file), target))),
      );
      expect(absent).toEqual([]);
      expect((await gatehouse(directory, 'scan')).code).toBe(0);
    },
  );

  it('has nothing left once everything is verified, and stays so through its own commit', async () => {
    const directory = home();
    finished(directory);
    await configured(directory);
    const sha = pushed(directory);
    const names = ['cluster', 'immich', 'origin-proxy', 'cloudflared', 'flux'];
    await gatehouse(directory, 'status', '--write');
    expect(directory.read(file)).toContain(
      '### 1. Namespaces and Network Policies - DEPLOYMENT VERIFICATION PENDING',
    );
    await verified(directory, sha, await keptBy(directory, ...names));
    expect((await gatehouse(directory, 'status', '--write')).code).toBe(0);
    const done = directory.read(file);
    expect(done).toContain('## Remaining Work\n\nNothing is left.\n');
    expect(done).toContain('> **Document Version:** 1.1.0');
    commit(directory);
    expect((await gatehouse(directory, 'status', '--write')).code).toBe(0);
    git(directory, 'push', '-q', 'origin', 'HEAD:main');
    const { code, stdout } = await gatehouse(directory, 'status', '--write');
    expect({ code, done: directory.read(file) }).toEqual({ code: 0, done });
    expect(stdout).toMatch(/^Nothing is left to do\.\n/);
  });

  it('is left alone by configure, before and after', async () => {
    const directory = await written();
    const before = directory.read(file);
    const checked = await gatehouse(directory, 'configure', '--check');
    expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: '' });
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 30111;
    });
    const { stdout, stderr } = await gatehouse(directory, 'configure');
    expect(stdout + stderr).not.toContain('remaining-work');
    expect(directory.read(file)).toBe(before);
    expect(directory.read('.gatehouse/manifest.json')).not.toContain('remaining-work');
  });

  it('keeps the notes of the user, and stops before an edit elsewhere until it is told to replace it', async () => {
    const directory = await written();
    const note = 'Ask the landlord about the cable.';
    directory.write(
      file,
      directory.read(file).replace('your notes: begin -->\n', `your notes: begin -->\n${note}\n`),
    );
    directory.edit('cluster.yaml', (value) => {
      value.immich.administrator.done = true;
    });
    await gatehouse(directory, 'status', '--write');
    expect(directory.read(file)).toContain(`begin -->\n${note}\n<!-- your`);
    expect(directory.read(file)).toContain('> **Document Version:** 1.1.0');

    const edited = directory.read(file).replace('## Priority Order', 'My own line.\n\n## Priority Order');
    directory.write(file, edited);
    const refused = await gatehouse(directory, 'status', '--write');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/changed by hand outside of your notes[\s\S]*--accept theirs/);
    expect(directory.read(file)).toBe(edited);
    const { stdout } = await gatehouse(directory, 'status', '--write', '--accept', 'theirs');
    expect(stdout).toContain(`Written: ${file}, version 1.2.0.`);
    expect(directory.read(file)).not.toContain('My own line.');
    expect(directory.read(file)).toContain(note);
  });

  it('neither reads nor writes through a link', async () => {
    const directory = home();
    mkdirSync(join(directory.path, 'docs'));
    const other = join(directory.path, 'other.md');
    directory.write('other.md', readFileSync(join((await written()).path, file)));
    symlinkSync(other, join(directory.path, file));
    directory.edit('cluster.yaml', (value) => {
      value.immich.administrator.done = true;
    });
    const before = directory.read('other.md');
    const { code, stderr } = await gatehouse(directory, 'status', '--write');
    expect(code).toBe(3);
    expect(stderr).toContain('symbolic link');
    expect(directory.read('other.md')).toBe(before);
  });

  it('is not read where its directory is a link that leads out of the repository', async () => {
    const directory = home();
    const outside = await written();
    const secret = join(outside.path, file);
    symlinkSync(join(outside.path, 'docs'), join(directory.path, 'docs'));
    const before = readFileSync(secret, 'utf8');
    const status = await gatehouse(directory, 'status', '--write');
    expect(status.code).toBe(3);
    expect(status.stderr).toContain('path-is-link');
    expect(status.stderr).toContain('"docs" is a symbolic link that leads out of the directory');
    // Neither what is read nor why it could not be read tells what is there.
    outside.write(file, 'by hand');
    expect((await gatehouse(directory, 'status', '--write')).stderr).toBe(status.stderr);
    const local = await gatehouse(directory, 'docs', '--local');
    expect({ code: local.code, stderr: local.stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining('path-is-link'),
    });
    outside.write(file, before);
  });

  it('says why docs --local leaves it out', async () => {
    const directory = await written();
    const text = directory.read(file);
    const other = join(directory.path, 'other.md');
    directory.write('other.md', text);
    rmSync(join(directory.path, file));
    symlinkSync(other, join(directory.path, file));
    const { code, stderr } = await gatehouse(directory, 'docs', '--local');
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('path-is-link') });
    expect(existsSync(join(directory.path, 'docs/local/remaining-work.md'))).toBe(false);
  });

  it('lists the values that are missing where the configuration does not compile', async () => {
    const directory = home();
    directory.edit('cluster.yaml', (value) => {
      delete value.repository.url;
    });
    directory.edit('cluster.private.yaml', (value) => {
      delete value.immich.host;
    });
    expect((await gatehouse(directory, 'status', '--write')).code).toBe(1);
    const text = directory.read(file);
    expect(text).toContain('**cluster.yaml variables TO SET:**\n```yaml\n# repository.url:\n```');
    expect(text).toContain('**Private values TO SET:**\n```yaml\n# immich.host:\n```');
    expect(text).toContain('run `gatehouse secrets set immich.host`');
  });

  it('is in the copy with private values that docs --local writes', async () => {
    const directory = await written();
    directory.write(file, directory.read(file).replace('begin -->\n', 'begin -->\nAt ${IMMICH_HOST}.\n'));
    expect((await gatehouse(directory, 'docs', '--local')).code).toBe(0);
    expect(directory.read('docs/local/remaining-work.md')).toContain('At photos.example.org.');
    expect(directory.read('docs/local/remaining-work.md')).toContain('(quickstart.md)');
  });
});
