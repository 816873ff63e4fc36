import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareWithTree } from './compare.ts';
import { nodeFileSystem } from './fileSystem.ts';
import type { PlannedFile } from './plan.ts';
import {
  codesOf,
  compareAndWrite,
  difference,
  expectValue,
  putFiles,
  quickDisk,
  setMode,
  snapshot,
  visible,
  withTree,
} from './testTree.ts';
import { unifiedDiff } from './unifiedDiff.ts';
import { writeChanges } from './write.ts';

const service = 'apps/media/immich/service.yaml';
const plan: PlannedFile[] = [
  { path: service, content: 'kind: Service\n' },
  { path: 'Fotos für Zuhause/ø 写真.yaml', content: 'a: 1\n' },
];
const changedPlan: PlannedFile[] = [{ path: service, content: 'kind: Service\nspec: {}\n' }];

/** A tree that matches the plan, with one edit of the user. */
async function edited(text: string, action: (directory: string) => Promise<void>): Promise<void> {
  await withTree({}, async (directory) => {
    expectValue(await compareAndWrite(directory, plan));
    putFiles(directory, { [service]: text });
    await action(directory);
  });
}

describe('writing', () => {
  test('writes a plan to the real disk, and then finds nothing to do', async () => {
    await withTree({ 'README.md': 'mine\n' }, async (directory) => {
      const written = expectValue(await compareAndWrite(directory, plan, { disk: nodeFileSystem }));
      expect(written.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
        'created Fotos für Zuhause/ø 写真.yaml',
        `created ${service}`,
      ]);
      expect(visible(directory)).toEqual({
        'README.md': 'mine\n',
        [service]: 'kind: Service\n',
        'Fotos für Zuhause/ø 写真.yaml': 'a: 1\n',
      });
      const before = snapshot(directory);
      const again = await difference(directory, plan, { disk: nodeFileSystem });
      expect(again).toMatchObject({ changes: [], conflicts: [], kept: [], unchanged: 2 });
      expectValue(await writeChanges(directory, again));
      expect(snapshot(directory)).toEqual(before);
    });
  });

  test('does not touch a file that is as planned, and keeps the mode of a replaced one', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, [...plan, { path: 'run.sh', content: 'old\n' }]));
      const past = new Date('2020-01-01T00:00:00Z');
      utimesSync(join(directory, service), past, past);
      setMode(directory, 'run.sh', 0o750);
      expectValue(await compareAndWrite(directory, [...plan, { path: 'run.sh', content: 'new\n' }]));
      expect(statSync(join(directory, service)).mtime).toEqual(past);
      expect(statSync(join(directory, 'run.sh')).mode & 0o777).toBe(0o750);
    });
  });

  test('writes the same bytes for the same plan in any order', async () => {
    const trees = [plan, [...plan].reverse()].map((files) =>
      withTree({}, async (directory) => {
        expectValue(await compareAndWrite(directory, files));
        return snapshot(directory);
      }),
    );
    const [first, second] = await Promise.all(trees);
    expect(first).toEqual(second);
  });

  test('removes files that are no longer planned, and empty directories', async () => {
    await withTree({ 'apps/mine/own.yaml': 'x\n' }, async (directory) => {
      expectValue(await compareAndWrite(directory, plan));
      expectValue(await compareAndWrite(directory, []));
      expect(visible(directory)).toEqual({ 'apps/mine/own.yaml': 'x\n' });
      expect(existsSync(join(directory, 'apps/media'))).toBe(false);
    });
  });

  test('writes a file again that the user removed', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, plan));
      rmSync(join(directory, 'apps'), { recursive: true });
      expect((await difference(directory, plan)).changes).toMatchObject([{ kind: 'created', path: service }]);
    });
  });

  test('adopts a file that is as planned, whoever wrote it', async () => {
    await withTree({ [service]: 'kind: Service\n' }, async (directory) => {
      const compared = await difference(directory, changedPlan.slice(1).concat(plan[0] ?? []));
      expect(compared).toMatchObject({ changes: [], conflicts: [], unchanged: 1 });
      expectValue(await writeChanges(directory, compared, { disk: quickDisk }));
      expectValue(await compareAndWrite(directory, changedPlan));
      expect(visible(directory)).toEqual({ [service]: 'kind: Service\nspec: {}\n' });
    });
  });

  test('writes nothing when a file changed after it was compared', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, plan));
      const compared = await difference(directory, changedPlan);
      putFiles(directory, { [service]: 'mine\n' });
      const before = snapshot(directory);
      const written = await writeChanges(directory, compared, { accept: 'theirs', disk: quickDisk });
      expect(codesOf(written)).toEqual(['tree-changed-meanwhile']);
      expect(snapshot(directory)).toEqual(before);
    });
  });
});

describe('an edit by hand', () => {
  test('stops the whole write and is reported', async () => {
    await edited('kind: Service # mine\n', async (directory) => {
      const before = snapshot(directory);
      const compared = await difference(directory, [...changedPlan, { path: 'new', content: 'x\n' }]);
      expect(compared.conflicts).toMatchObject([{ path: service, reason: 'changed-by-hand' }]);
      expect(compared.conflicts.map(({ change }) => unifiedDiff(change))).toEqual([
        `--- a/${service}\n+++ b/${service}\n@@ -1,1 +1,2 @@\n-kind: Service # mine\n+kind: Service\n+spec: {}\n`,
      ]);
      const written = await writeChanges(directory, compared, { disk: quickDisk });
      expect(written).toMatchObject({ ok: false, problems: [{ code: 'edited-by-hand', file: service }] });
      expect(snapshot(directory)).toEqual(before);
    });
  });

  test('stays with mine, without a conflict until other content is planned', async () => {
    await edited('mine\n', async (directory) => {
      const written = expectValue(await compareAndWrite(directory, plan, { accept: 'mine' }));
      expect(written).toEqual({ changes: [], kept: [service] });
      expect(visible(directory)[service]).toBe('mine\n');
      putFiles(directory, { [service]: 'mine, once more\n' });
      expect(await difference(directory, plan)).toMatchObject({
        changes: [],
        conflicts: [],
        kept: [service],
      });
      expect((await difference(directory, changedPlan)).conflicts).toMatchObject([{ path: service }]);
    });
  });

  test('is replaced with theirs', async () => {
    await edited('mine\n', async (directory) => {
      const written = expectValue(await compareAndWrite(directory, plan, { accept: 'theirs' }));
      expect(written.changes).toMatchObject([{ kind: 'changed', path: service, before: 'mine\n' }]);
      expect(visible(directory)[service]).toBe('kind: Service\n');
      expect(await difference(directory, plan)).toMatchObject({ changes: [], conflicts: [] });
    });
  });

  test('of a file that is no longer planned is a conflict; mine leaves the file to the user', async () => {
    await edited('mine\n', async (directory) => {
      expect((await difference(directory, [])).conflicts).toMatchObject([
        { reason: 'changed-and-no-longer-planned', change: { kind: 'removed' } },
      ]);
      expectValue(await compareAndWrite(directory, [], { accept: 'mine' }));
      expect(await difference(directory, [])).toMatchObject({ changes: [], conflicts: [] });
      expect((await difference(directory, plan)).conflicts).toMatchObject([
        { reason: 'not-written-by-gatehouse' },
      ]);
    });
    await edited('mine\n', async (directory) => {
      expectValue(await compareAndWrite(directory, [], { accept: 'theirs' }));
      expect(visible(directory)).toEqual({});
    });
  });

  test('may be a file in place of a directory', async () => {
    await withTree({ [service]: 'mine\n' }, async (directory) => {
      expect((await difference(directory, plan)).conflicts).toMatchObject([
        { reason: 'not-written-by-gatehouse', change: { kind: 'changed' } },
      ]);
      expect(codesOf(await compareAndWrite(directory, plan))).toEqual(['edited-by-hand']);
      expect(snapshot(directory)).toEqual({ [service]: 'mine\n' });
    });
  });

  test('may leave bytes that are not text', async () => {
    await edited('', async (directory) => {
      nodeFileSystem.unlink(join(directory, service));
      nodeFileSystem.writeNew(join(directory, service), Uint8Array.of(0xff, 0xfe, 0));
      const { conflicts } = await difference(directory, plan);
      expect(conflicts.map(({ change }) => unifiedDiff(change))).toEqual([
        `Binary files a/${service} and b/${service} differ\n`,
      ]);
    });
  });

  test('is not a checkout with other line endings', async () => {
    await edited('kind: Service\r\n', async (directory) => {
      expect(await difference(directory, plan)).toMatchObject({ changes: [], conflicts: [], unchanged: 2 });
      expectValue(await compareAndWrite(directory, changedPlan));
      expect(visible(directory)[service]).toBe('kind: Service\nspec: {}\n');
    });
  });
});

describe('a file that yields', () => {
  const first: PlannedFile[] = [{ path: 'Taskfile.yaml', content: 'tasks: {}\n', yields: true }];
  const second: PlannedFile[] = [{ path: 'Taskfile.yaml', content: 'tasks: {a: b}\n', yields: true }];

  test('is kept up to date as long as it is as it was written', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, first));
      expectValue(await compareAndWrite(directory, second));
      expect(visible(directory)).toEqual({ 'Taskfile.yaml': 'tasks: {a: b}\n' });
      expectValue(await compareAndWrite(directory, []));
      expect(visible(directory)).toEqual({});
    });
  });

  test('leaves a file of the user, and one that the user changed, whatever is planned, and is no conflict', async () => {
    for (const before of [[], first]) {
      await withTree({}, async (directory) => {
        expectValue(await compareAndWrite(directory, before));
        putFiles(directory, { 'Taskfile.yaml': 'mine\n' });
        for (const plan of [first, second, first]) {
          expect(await difference(directory, plan)).toMatchObject({
            changes: [],
            conflicts: [],
            kept: ['Taskfile.yaml'],
          });
          expectValue(await compareAndWrite(directory, plan));
          expect(visible(directory)).toEqual({ 'Taskfile.yaml': 'mine\n' });
        }
        expectValue(await compareAndWrite(directory, []));
        expect(visible(directory)).toEqual({ 'Taskfile.yaml': 'mine\n' });
        rmSync(join(directory, 'Taskfile.yaml'));
        expectValue(await compareAndWrite(directory, second));
        expect(visible(directory)).toEqual({ 'Taskfile.yaml': 'tasks: {a: b}\n' });
      });
    }
  });
});

describe('a file that is handed over', () => {
  const handOver: PlannedFile[] = [{ path: 'cluster.yaml', content: 'name: home\n', handOver: true }];

  test('is written once and never changed or removed', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, handOver, { partial: true }));
      expect(visible(directory)).toEqual({ 'cluster.yaml': 'name: home\n' });
      expect(await difference(directory, plan)).toMatchObject({ conflicts: [], changes: [{}, {}] });
      expectValue(await compareAndWrite(directory, plan));
      putFiles(directory, { 'cluster.yaml': 'name: mine\n' });
      expect((await difference(directory, plan)).conflicts).toEqual([]);
      expect((await difference(directory, handOver, { partial: true })).conflicts).toHaveLength(1);
    });
  });

  test('with a partial plan, the others stay', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, plan));
      expectValue(await compareAndWrite(directory, handOver, { partial: true }));
      expect(Object.keys(visible(directory))).toContain(service);
      expect(await difference(directory, plan)).toMatchObject({ changes: [], unchanged: 2 });
    });
  });
});

describe('local files', () => {
  const local: PlannedFile[] = [{ path: 'docs/local/quickstart.md', content: 'photos.example.org\n' }];

  test('have a record of their own, are readable by the owner only, and never shown', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, plan));
      const compared = await difference(directory, local, { files: 'local' });
      expect(compared.changes.map(unifiedDiff)).toEqual([
        '--- /dev/null\n+++ b/docs/local/quickstart.md\n(private: 0 lines before, 1 after)\n',
      ]);
      expectValue(await writeChanges(directory, compared, { disk: quickDisk }));
      expect(statSync(join(directory, 'docs/local/quickstart.md')).mode & 0o777).toBe(0o600);
      expect(statSync(join(directory, '.gatehouse/local.json')).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(directory, '.gatehouse/.gitignore'), 'utf8')).toContain('/local.json\n');
      expect(readFileSync(join(directory, '.gatehouse/manifest.json'), 'utf8')).not.toContain('quickstart');
      expect(await difference(directory, plan)).toMatchObject({ changes: [], conflicts: [] });
    });
  });
});

describe('obstacles', () => {
  test.each([
    ['a link out of the directory', 'apps', '/tmp'],
    ['a link within the directory', 'apps', 'own'],
    ['a link that leads nowhere', 'apps', 'nothing'],
    ['a link in place of the file', service, '../../../own/file'],
    ['a link in place of the state directory', '.gatehouse', '/tmp'],
  ])('%s is never followed', async (_, link, target) => {
    await withTree({ 'own/file': 'x\n' }, async (directory) => {
      mkdirSync(join(directory, link, '..'), { recursive: true });
      symlinkSync(target, join(directory, link));
      const before = snapshot(directory);
      const compared = await compareAndWrite(directory, plan);
      expect(codesOf(compared)).toEqual(['path-is-link']);
      expect(snapshot(directory)).toEqual(before);
    });
  });

  test('removes nothing behind a link that replaced a directory of ours', async () => {
    await withTree({ 'own/immich/service.yaml': 'kind: Service\n' }, async (directory) => {
      expectValue(await compareAndWrite(directory, plan));
      rmSync(join(directory, 'apps/media'), { recursive: true });
      symlinkSync('../own', join(directory, 'apps/media'));
      expectValue(await compareAndWrite(directory, []));
      expect(visible(directory)['own/immich/service.yaml']).toBe('kind: Service\n');
    });
  });

  test('accepts a link to the directory itself', async () => {
    await withTree({ 'tree/': '' }, async (directory) => {
      symlinkSync('tree', join(directory, 'link'));
      expectValue(await compareAndWrite(join(directory, 'link'), plan));
      expect(Object.keys(visible(join(directory, 'tree')))).toContain(service);
    });
  });

  test.each([
    ['a directory where a file should be', { [`${service}/own.yaml`]: 'x\n' }],
    ['a file where a directory should be', { 'apps/media': 'x\n' }],
  ])('%s is a problem', async (_, files) => {
    await withTree(files, async (directory) => {
      const compared = await compareAndWrite(directory, plan, { accept: 'theirs' });
      expect(compared).toMatchObject({ ok: false, problems: [{ code: 'path-blocked', file: service }] });
      expect(snapshot(directory)).toEqual(files);
    });
  });

  test('reports all problems at once', async () => {
    await withTree({ 'a/x': '', b: '' }, async (directory) => {
      const files = ['a', 'b/c', '../d', 'ok'].map((path) => ({ path, content: '' }));
      expect(codesOf(await compareAndWrite(directory, files))).toEqual(['path-not-allowed']);
      const compared = await compareAndWrite(directory, files.slice(0, 2));
      expect(codesOf(compared)).toEqual(['path-blocked', 'path-blocked']);
    });
  });

  test('reports a missing directory, and a file in its place', async () => {
    await withTree({ file: '' }, async (directory) => {
      for (const name of ['nothing', 'file', 'file/below']) {
        expect(codesOf(await compareWithTree(join(directory, name), plan))).toEqual(['folder-not-found']);
      }
    });
  });

  test('refuses a record with a path outside of the directory', async () => {
    const sha256 = 'a'.repeat(64);
    for (const files of [
      { '../../etc/passwd': { sha256 } },
      { '.git/config': { sha256 } },
      { a: { sha256: 'x' } },
    ]) {
      const manifest = JSON.stringify({ version: 1, files });
      await withTree({ '.gatehouse/manifest.json': manifest }, async (directory) => {
        expect(codesOf(await compareAndWrite(directory, plan))).toEqual(['manifest-damaged']);
      });
    }
    await withTree({ '.gatehouse/manifest.json': '<<<<<<< HEAD\n' }, async (directory) => {
      expect(codesOf(await compareAndWrite(directory, plan))).toEqual(['manifest-damaged']);
    });
  });

  test('renames a file that changes only its case, also if both names are one file', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, [{ path: 'A.yaml', content: 'a\n' }]));
      nodeFileSystem.link(join(directory, 'A.yaml'), join(directory, 'a.yaml'));
      const compared = await difference(directory, [{ path: 'a.yaml', content: 'a\n' }]);
      expect(compared.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
        'removed A.yaml',
        'created a.yaml',
      ]);
    });
  });
});
