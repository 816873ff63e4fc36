// Crosses privacy and system (Git).
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/privacy/finding.ts';
import { scanHistory } from '../../src/privacy/history.ts';
import type { ScanResult } from '../../src/privacy/options.ts';
import { findingsToSarif } from '../../src/privacy/sarif.ts';
import { scanStaged } from '../../src/privacy/staged.ts';
import { scanTree } from '../../src/privacy/tree.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

const values = [
  { name: 'DOMAIN', value: 'kettle-row.org' },
  { name: 'EMAIL', value: 'ann.orchard@kettle-mail.net' },
];
const key = new Uint8Array(32).fill(7);

let here: Sandbox;
beforeEach(() => {
  here = sandbox();
});
afterEach(() => here.remove());

const summaries = ({ report }: ScanResult) => (report?.findings ?? []).map(brief).sort();
const brief = ({ place, rule, field, form, line }: Finding): string => {
  const name =
    place.kind === 'commit' || place.kind === 'tag'
      ? place.part
      : place.kind === 'branch'
        ? place.name
        : place.path;
  return [place.kind, name, line, rule, field, form].join(' ').trim();
};
const scan = (extra = {}) => ({ directory: here.directory, env: here.env, values, key, ...extra });

describe('the work tree', () => {
  test('is searched as far as Git tracks or would add it', async () => {
    here.write('.gitignore', 'ignored.yaml\n');
    here.write('ignored.yaml', 'host: kettle-row.org\n');
    here.write('kept.yaml', 'a: 1\nhost: x.kettle-row.org\n');
    here.write('new.md', `${Buffer.from('at kettle-row.org').toString('base64')}\n`);
    here.git('add', 'kept.yaml');
    symlinkSync('../kettle-row.org', join(here.directory, 'link'));
    expect(summaries(await scanTree(scan()))).toEqual([
      'file kept.yaml 2 private-value DOMAIN subdomain',
      'file link 1 private-value DOMAIN literal',
      'file new.md 1 private-value DOMAIN base64',
    ]);
  });

  test('is searched for names, which are masked in reports', async () => {
    here.write('apps/kettle-row.org/a.yaml', 'host: kettle-row.org\n');
    const result = await scanTree(scan());
    expect(summaries(result)).toEqual([
      'file apps/[DOMAIN]/a.yaml 1 private-value DOMAIN literal',
      'path apps/[DOMAIN]/a.yaml 1 private-value DOMAIN literal',
    ]);
    expect(JSON.stringify(result)).not.toContain('kettle-row');
    expect(JSON.stringify(result.report && findingsToSarif(result.report, '0'))).not.toContain('kettle-row');
  });

  test('is searched completely outside Git', async () => {
    const plain = sandbox({ repository: false });
    plain.write('a/b.yaml', 'host: kettle-row.org\n');
    plain.write('own.yaml', 'host: kettle-row.org\n');
    const result = await scanTree({
      directory: plain.directory,
      env: plain.env,
      values,
      except: ['own.yaml'],
    });
    expect(summaries(result)).toEqual(['file a/b.yaml 1 private-value DOMAIN literal']);
    expect(result.report?.findings[0]?.content).toBeUndefined();
    plain.remove();
  });

  test('is searched up to the limit of a file, which is reported', async () => {
    here.write(
      'large.bin',
      Buffer.concat([
        Buffer.alloc(100),
        Buffer.from('kettle-row.org'),
        Buffer.alloc(1000),
        Buffer.from('kettle-row.org'),
      ]),
    );
    const { report } = await scanTree(scan({ limit: 500 }));
    expect(report?.findings).toHaveLength(1);
    expect(report?.skipped).toEqual([{ path: 'large.bin', reason: 'searched up to 500 bytes only' }]);
  });

  test('is searched in UTF-16 and CRLF files', async () => {
    here.write(
      'w.txt',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a\r\nhost kettle-row.org\r\n', 'utf16le')]),
    );
    expect(summaries(await scanTree(scan()))).toEqual(['file w.txt 2 private-value DOMAIN literal']);
  });

  test('verifies the MAC of encrypted files', async () => {
    const enc = 'ENC[AES256_GCM,data:YWJj,iv:YWJj,tag:YWJj,type:str]';
    const file = `a: ${enc}\nsops:\n    age:\n        - recipient: age1x\n          enc: x\n    mac: ${enc}\n    version: 3.13.3\n`;
    here.write('bad.sops.yaml', file);
    here.write('closed.sops.yaml', file);
    here.write('good.sops.yaml', file);
    const answers = { bad: 'invalid', closed: 'no-key', good: 'valid' } as const;
    const checkMac = async (_text: string, path: string) =>
      path.startsWith('bad') ? answers.bad : path.startsWith('closed') ? answers.closed : answers.good;
    const result = await scanTree(scan({ checkMac }));
    expect(summaries(result)).toEqual(['file bad.sops.yaml 6 sops-wrong-mac sops.mac']);
    expect(result.report?.macUnchecked).toEqual(['closed.sops.yaml']);
  });
});

describe('accepted findings', () => {
  const accept = (...entries: object[]) => JSON.stringify({ accepted: entries });

  test('match by content and rule, wherever they move', async () => {
    here.write('a.yaml', 'host: kettle-row.org\n');
    const content = (await scanTree(scan())).report?.findings[0]?.content;
    here.write('a.yaml', '# moved\n\nhost: KETTLE-ROW.org\n');
    const { report } = await scanTree(
      scan({ accepted: accept({ rule: 'private-value', content, reason: 'public since 2020' }) }),
    );
    expect(report?.findings).toEqual([]);
    expect(report?.accepted.map(({ reason }) => reason)).toEqual(['public since 2020']);
    const other = await scanTree(
      scan({ key: new Uint8Array(32), accepted: accept({ rule: 'private-value', content, reason: 'x' }) }),
    );
    expect(other.report?.findings).toHaveLength(1);
  });

  test('match by path and rule without the key', async () => {
    here.write('a.yaml', 'host: kettle-row.org\n');
    const { key: _, ...keyless } = scan();
    const byPath = await scanTree({
      ...keyless,
      accepted: accept({ rule: 'private-value', path: 'a.yaml', content: '0'.repeat(64), reason: 'x' }),
    });
    expect(byPath.report?.findings).toEqual([]);
    const byContent = await scanTree({
      ...keyless,
      accepted: accept({ rule: 'private-value', content: '0'.repeat(64), reason: 'x' }),
    });
    expect([byContent.report?.findings.length, byContent.report?.unjudged, byContent.report?.stale]).toEqual([
      1,
      1,
      [],
    ]);
  });

  test('are stale if they match nothing, and problems if they are invalid', async () => {
    here.write('a.yaml', 'a: 1\n');
    const stale = { rule: 'jwt', path: 'gone.yaml', reason: 'sample' };
    const { report, problems } = await scanTree(
      scan({
        accepted: accept(
          stale,
          { rule: 'jwt', path: 'x' },
          { rule: 'no-such', path: 'x', reason: 'y' },
          { rule: 'jwt', path: 'old', reason: 'y', in: 'history' },
        ),
      }),
    );
    expect(report?.stale).toEqual([stale]);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['accepted-findings-invalid', 'Entry 2 cannot be read (reason)'],
      ['accepted-findings-invalid', 'Entry 3 cannot be read (rule)'],
    ]);
    here.git('add', '--all');
    expect((await scanStaged(scan({ accepted: accept(stale) }))).report?.stale).toEqual([]);
  });
});

describe('the index', () => {
  test('is searched as it would be committed, not as in the work tree', async () => {
    here.write('old.yaml', 'host: kettle-row.org\n');
    here.commit('first');
    here.write('new.yaml', 'host: kettle-row.org\n');
    here.write('safe.yaml', 'host: other\n');
    here.git('add', '--all');
    here.write('new.yaml', 'host: other\n');
    here.write('safe.yaml', 'host: kettle-row.org\n');
    expect(summaries(await scanStaged(scan()))).toEqual(['file new.yaml 1 private-value DOMAIN literal']);
  });

  test('is searched before the first commit', async () => {
    here.write('a b.yaml', 'host: kettle-row.org\n');
    here.git('add', '--all');
    expect(summaries(await scanStaged(scan()))).toEqual(['file a b.yaml 1 private-value DOMAIN literal']);
  });

  test('outside a repository is a problem', async () => {
    const plain = sandbox({ repository: false });
    const { report, problems } = await scanStaged({ ...scan(), directory: plain.directory, env: plain.env });
    expect([report, problems.map(({ code }) => code)]).toEqual([undefined, ['no-git-repository']]);
    plain.remove();
  });
});

describe('the history', () => {
  beforeEach(() => {
    here.write('a.yaml', 'a: 1\n');
    here.write('gone.yaml', 'x: 1\nhost: kettle%2Drow.org\n');
    here.commit('first');
    here.write('gone.yaml', 'x: 2\nhost: kettle%2Drow.org\n');
    here.commit('deploy to photos.kettle-row.org\n\nsecond line\nby hand for KETTLE-ROW.ORG');
    here.git('rm', '--quiet', 'gone.yaml');
    here.commit('by another', 'Ann <ann.orchard@kettle-mail.net>');
    here.git('tag', '--annotate', '--message', 'kettle-row.org works', 'v1');
    here.git('branch', 'fix-kettle-row.org');
    here.write('work.yaml', 'host: kettle-row.org\n');
  });

  const expected = [
    'branch fix-[DOMAIN] 1 private-value DOMAIN literal',
    'commit author 1 private-value EMAIL literal',
    'commit message 1 private-value DOMAIN subdomain',
    'commit message 4 private-value DOMAIN other-case',
    'file gone.yaml 2 private-value DOMAIN url-encoded',
    'tag message 1 private-value DOMAIN literal',
  ];

  test('is searched in deleted files, messages, authors, tags and branches', async () => {
    const result = await scanHistory(scan());
    expect(summaries(result)).toEqual(expected);
    expect(JSON.stringify(result)).not.toMatch(/kettle/i);
    const file = result.report?.findings.find(({ place }) => place.kind === 'file');
    expect(file?.occurrences).toBe(2);
    const first = here.git('rev-list', '--max-parents=0', 'HEAD').trim();
    expect(file?.place).toEqual({ kind: 'file', path: 'gone.yaml', commit: first });
  });

  test('has the same findings with worker threads', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-worker-'));
    const outfile = join(directory, 'worker.mjs');
    const script = new URL('../../src/privacy/worker.ts', import.meta.url).pathname;
    // The YAML library loads `process` with require.
    const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    await build({
      entryPoints: [script],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      banner: { js },
    });
    const result = await scanHistory(scan({ worker: pathToFileURL(outfile), threads: 2 }));
    expect(summaries(result)).toEqual(expected);
    rmSync(directory, { recursive: true });
  });

  test('is reported as shallow', async () => {
    const clone = sandbox({ repository: false });
    clone.git('clone', '--quiet', '--depth=1', pathToFileURL(here.directory).href, '.');
    const { report } = await scanHistory({ ...scan(), directory: clone.directory, env: clone.env });
    expect(report?.skipped.map(({ reason }) => reason)).toEqual([
      'the clone is shallow: older commits are not in it',
    ]);
    clone.remove();
  });

  test('is searched in a partial clone without fetching', async () => {
    const clone = sandbox({ repository: false });
    here.git('config', 'uploadpack.allowFilter', 'true');
    const from = pathToFileURL(here.directory).href;
    clone.git('clone', '--quiet', '--bare', '--filter=blob:none', from, '.');
    const { report } = await scanHistory({ ...scan(), directory: clone.directory, env: clone.env });
    expect(report?.skipped).toEqual([{ path: '.', reason: '3 objects are not in this clone' }]);
    expect(report?.findings.map(({ place }) => place.kind)).not.toContain('file');
    clone.remove();
  });

  test('excludes unreachable objects', async () => {
    here.git('checkout', '--quiet', '-b', 'given-up');
    here.write('lost.yaml', 'host: kettle-row.org\n');
    here.commit('kettle-row.org once more');
    here.git('checkout', '--quiet', 'main');
    const lost = async () =>
      summaries(await scanHistory(scan())).filter((each) =>
        /lost|message 1 private-value DOMAIN literal/.test(each),
      );
    expect(await lost()).toContain('file lost.yaml 1 private-value DOMAIN literal');
    here.git('branch', '--quiet', '-D', 'given-up');
    expect(await lost()).toEqual(['tag message 1 private-value DOMAIN literal']);
  });

  test('is searched in a repository with alternates', async () => {
    const clone = sandbox({ repository: false });
    clone.git('clone', '--quiet', '--bare', '--shared', here.directory, '.');
    expect(summaries(await scanHistory({ ...scan(), directory: clone.directory, env: clone.env }))).toEqual(
      expected,
    );
    clone.remove();
  });

  test('may have SHA-256 object names', async () => {
    const other = sandbox({ repository: false });
    other.git('init', '--quiet', '--object-format=sha256', '.');
    other.write('a.yaml', 'host: kettle-row.org\n');
    other.commit('for kettle-row.org');
    const { report, problems } = await scanHistory({ ...scan(), directory: other.directory, env: other.env });
    expect(summaries({ report, problems } as ScanResult)).toEqual([
      'commit message 1 private-value DOMAIN literal',
      'file a.yaml 1 private-value DOMAIN literal',
    ]);
    const commit = other.git('rev-parse', 'HEAD').trim();
    expect(commit).toHaveLength(64);
    expect(report?.findings.map(({ place }) => 'commit' in place && place.commit)).toEqual([commit, commit]);
    other.remove();
  });

  test('is empty before the first commit', async () => {
    const fresh = sandbox();
    const { report, problems } = await scanHistory({ ...scan(), directory: fresh.directory, env: fresh.env });
    expect([report?.texts, report?.findings, problems]).toEqual([0, [], []]);
    fresh.remove();
  });

  test('includes files that only a tag holds', async () => {
    here.write('loose', 'host: kettle-row.org\n');
    const blob = here.git('hash-object', '-w', 'loose').trim();
    here.git('tag', 'loose', blob);
    here.git('tag', '--annotate', '--message', 'loose', 'also-loose', blob);
    const mapping = (await scanHistory(scan())).report?.findings.map(({ place }) => place) ?? [];
    expect(mapping).toContainEqual({ kind: 'file', path: blob });
  });

  test('reports the commit that introduced a text, also on a side that a merge dropped', async () => {
    const other = sandbox();
    other.write('plain.txt', 'nothing\n');
    other.commit('first');
    other.write('old name.yaml', 'host: "kettle-row.org"\n');
    other.commit('second');
    other.git('mv', 'old name.yaml', 'new [name].yaml');
    other.commit('renamed');
    const renamed = other.git('rev-parse', 'HEAD').trim();
    other.git('checkout', '--quiet', '-b', 'side', 'HEAD~2');
    other.write('thrown.yaml', 'on the side: "kettle-row.org"\n');
    other.commit('side');
    const side = other.git('rev-parse', 'HEAD').trim();
    other.git('rm', '--quiet', 'thrown.yaml');
    other.commit('away');
    other.git('checkout', '--quiet', '-');
    other.git('merge', '--quiet', '--no-edit', 'side');
    other.git('branch', '--quiet', '-D', 'side');
    const { report } = await scanHistory({ ...scan(), directory: other.directory, env: other.env });
    const files = report?.findings.flatMap(({ place }) => (place.kind === 'file' ? [place] : [])) ?? [];
    expect(files.map(({ path, commit }) => [path, commit]).toSorted()).toEqual([
      ['new [name].yaml', renamed],
      ['thrown.yaml', side],
    ]);
    other.remove();
  });

  test('needs Git, and a repository', async () => {
    const plain = sandbox({ repository: false });
    const codes = async (env: NodeJS.ProcessEnv) =>
      (await scanHistory({ ...scan(), directory: plain.directory, env })).problems.map(({ code }) => code);
    expect(await codes(plain.env)).toEqual(['no-git-repository']);
    expect(await codes({ ...plain.env, PATH: plain.directory })).toEqual(['git-not-found']);
    plain.remove();
  });

  test('is a problem in a damaged repository', async () => {
    const commit = here.git('rev-parse', 'HEAD~1').trim();
    rmSync(join(here.directory, '.git/objects', commit.slice(0, 2), commit.slice(2)), { force: true });
    const { report, problems } = await scanHistory(scan());
    expect([report, problems.map(({ code }) => code)]).toEqual([undefined, ['git-failed']]);
  });

  test('stops on abort', async () => {
    await expect(scanHistory(scan({ signal: AbortSignal.abort() }))).rejects.toThrow();
  });
});
