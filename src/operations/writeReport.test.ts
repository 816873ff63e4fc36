import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeReport } from './writeReport.ts';

test.each([
  ['to a file', 'precious'],
  ['that leads nowhere', 'nothing'],
  ['to a directory', 'directory'],
])('a report is not written through a link %s', async (_, target) => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-report-'));
  try {
    writeFileSync(join(directory, 'precious'), 'mine\n');
    mkdirSync(join(directory, 'directory'));
    const file = join(directory, 'report.sarif');
    symlinkSync(target, file);
    expect(await writeReport([{ file, text: 'report' }])).toMatchObject({
      ok: false,
      problems: [{ code: 'report-not-written', file }],
    });
    expect(readFileSync(join(directory, 'precious'), 'utf8')).toBe('mine\n');
    rmSync(file);
    expect(await writeReport([{ file, text: 'report' }])).toMatchObject({ ok: true });
    expect(await writeReport([{ file, text: 'again' }])).toMatchObject({ ok: true });
    expect(readFileSync(file, 'utf8')).toBe('again');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a report may go to the standard streams', async () => {
  expect(await writeReport([{ file: '/dev/null', text: 'report' }])).toMatchObject({ ok: true });
});
