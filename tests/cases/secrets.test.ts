// Crosses the scanner, the secrets and the commands: handed cases about what is encrypted and what is not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { generateIdentity } from '../../src/secrets/age/identity.ts';
import { gatehouse, type Ran } from '../program.ts';
import { environmentOf, examples } from '../testDirectory.ts';
import { type HandedCase, handedCase } from './handedCase.ts';

const scanned = z.object({
  findings: z.array(
    z.looseObject({ rule: z.string(), place: z.looseObject({ path: z.string().optional() }) }),
  ),
});

/** The rules that a scan of the work tree finds, as `file rule`. */
async function findings({ path, run }: HandedCase): Promise<readonly string[]> {
  execFileSync('git', ['init', '-q', path]);
  const { stdout } = await run('scan', '--json');
  return scanned
    .parse(JSON.parse(stdout))
    .findings.map(({ rule, place }) => `${place.path} ${rule}`)
    .toSorted();
}

const key = readFileSync(join(examples, 'home', 'example.agekey'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('AGE-SECRET-KEY'))
  .join('\n');

/** Runs a command with a key in the environment. */
function withKey(path: string, secret: string, ...args: string[]): Promise<Ran> {
  return gatehouse({ path, environment: environmentOf(path, { SOPS_AGE_KEY: secret }) }, ...args);
}

handedCase('reports/70-scan-sealed-secret-no-alarm', async (given) => {
  expect(await findings(given)).toEqual([]);
});

handedCase('reports/72-scan-stringdata-plain', async (given) => {
  expect(await findings(given)).toEqual(['secret.yaml plain-secret', 'secret.yaml url-password']);
});

handedCase('reports/73-scan-password-with-slash-plus', async (given) => {
  expect(await findings(given)).toEqual([
    'app.env assigned-secret',
    'mail.properties assigned-secret',
    'plain.env assigned-secret',
    'token.env assigned-secret',
  ]);
});

handedCase('reports/74-scan-aws-secret-in-csv', async (given) => {
  const found = await findings(given);
  for (const file of [
    'aws.toml aws-access-key',
    'credentials.csv aws-access-key',
    'one.env storage-password',
  ])
    expect(found).toContain(file);
});

handedCase('reports/76-scan-public-by-design', async (given) => {
  expect(await findings(given)).toEqual([]);
});

handedCase('reports/95-sops-unicode-comments', async ({ path }) => {
  const plain = readFileSync(join(path, 'plain.yaml'), 'utf8');
  const environment = environmentOf(path, {
    SOPS_AGE_KEY: key,
    EDITOR: `cp ${join(path, 'plain.yaml')}`,
    PATH: process.env['PATH'] ?? '',
  });
  const edited = await gatehouse({ path, environment }, 'secrets', 'edit');
  expect([edited.code, edited.stderr]).toEqual([0, '']);
  const shown = await withKey(path, key, 'secrets', 'view', '--reveal');
  const comments = plain.split('\n').flatMap((line) => /#.*[^\u0000-\u007f].*/.exec(line) ?? []);
  expect(comments.length).toBeGreaterThan(0);
  for (const comment of comments) expect(shown.stdout).toContain(comment.trim());
});

handedCase('reports/97-sops-mac-only-encrypted', async ({ path }) => {
  const opened = await withKey(path, key, 'secrets', 'get', 'immich.host');
  expect(opened.code).toBe(0);
  expect(opened.stdout).toContain('.');
});

handedCase('reports/98-sops-age-key-separators', async ({ path }) => {
  const other = (await generateIdentity('x25519')).reveal();
  for (const keys of [
    `${other} ${key}`,
    `${other}\n${key}`,
    `# mine\r\n${other}\r\n\r\n${key}\r\n`,
    `  ${key}\t`,
  ])
    expect((await withKey(path, keys, 'secrets', 'get', 'immich.host')).code).toBe(0);
});

handedCase('reports/99-age-plugin-key-beside-own', async ({ path }) => {
  const keys = readFileSync(join(path, 'keys.txt'), 'utf8');
  const opened = await withKey(path, keys, 'secrets', 'get', 'immich.host');
  expect([opened.code, opened.stderr]).toEqual([0, '']);
});

handedCase('reports/100-age-recipients-of-other-kinds', async ({ path }) => {
  const before = readFileSync(join(path, 'cluster.yaml'), 'utf8');
  for (const recipient of [
    'age1yubikey1q0m3cprmex0d2thamkx9pwvhsqwcm2gel50rdxmeclvkgqtem9dxz4smpwv',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me@host',
  ]) {
    const added = await withKey(path, key, 'secrets', 'recipients', 'add', recipient);
    expect(added.code).toBe(2);
    expect(added.stderr).toContain('to do');
  }
  expect(readFileSync(join(path, 'cluster.yaml'), 'utf8')).toBe(before);
});

handedCase('reports/101-overlay-numbers-that-are-text', async ({ path }) => {
  const checked = await withKey(path, key, 'configure', '--check');
  expect(checked.code).toBe(2);
  expect(checked.stderr).toContain('quotes');
});

handedCase('reports/102-sops-stream-and-partial', async (given) => {
  const report = await given.check('--enforcer', 'kube-router');
  const refuted = report.proofs.find(({ invariant }) => invariant === 'secrets-encrypted');
  expect(refuted?.verdict).toBe('refuted');
  expect(refuted?.evidence.length).toBeGreaterThan(0);
  expect((await findings(given)).length).toBeGreaterThan(0);
});

/** Compiles both examples of a case, and returns what is written. */
async function compiled({ path }: HandedCase, example: string): Promise<(file: string) => string> {
  const directory = join(path, example);
  const environment = environmentOf(directory, { SOPS_AGE_KEY: key });
  const { code, stderr } = await gatehouse({ path: directory, environment }, 'configure', '--quiet');
  // Without the charts of the platform, what they make is unknown.
  expect(example === 'home' ? [0] : [0, 4]).toContain(code);
  expect(stderr).toBe('');
  return (file) => readFileSync(join(directory, file), 'utf8');
}

handedCase('reports/107-generated-restore-security-context', async (given) => {
  const read = await compiled(given, 'platform');
  expect(read('docs/restore.md')).toContain('moverSecurityContext');
});

handedCase('reports/108-generated-stale-restic-lock', async (given) => {
  const read = await compiled(given, 'platform');
  expect(read('docs/troubleshooting.md')).toMatch(/already locked[\s\S]*"restic":\{"unlock"/);
});

handedCase('reports/109-generated-upload-limit', async (given) => {
  for (const example of ['home', 'platform']) {
    const read = await compiled(given, example);
    expect(read('docs/troubleshooting.md')).toContain('413');
  }
});

handedCase('reports/111-generated-tuppr-cel', async (given) => {
  const read = await compiled(given, 'platform');
  const checks = ['kubernetes', 'talos'].flatMap(
    (file) =>
      z
        .object({
          spec: z.object({ healthChecks: z.array(z.object({ kind: z.string(), expr: z.string() })) }),
        })
        .parse(parse(read(`apps/system-upgrade/tuppr-upgrades/app/${file}.yaml`))).spec.healthChecks,
  );
  // A Node always has conditions.
  const others = checks.filter(({ kind }) => kind !== 'Node');
  expect(others.length).toBeGreaterThan(3);
  for (const { expr } of others) expect(expr).toMatch(/^!?has\(status\./);
});
