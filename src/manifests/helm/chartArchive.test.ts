import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readChartArchive } from './chartArchive.ts';

/** Packs files with tar, by default in tar's own default format. */
function packed(files: Readonly<Record<string, string>>, ...flags: string[]): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-archive-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  symlinkSync('/etc/hosts', join(directory, 'web', 'link'));
  return execFileSync('tar', ['-C', directory, ...flags, '-czf', '-', 'web'], {
    maxBuffer: 1024 * 1024 * 16,
  });
}

const long = `templates/${'folder/'.repeat(20)}${'name'.repeat(30)}.yaml`;
const chart = { 'web/Chart.yaml': 'name: web\n', [`web/${long}`]: 'a: 1\n', 'web/empty': '' };

/** One file of a tar archive, with any path. */
function entry(path: string, text: string, size = text.length): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(`${size.toString(8).padStart(11, '0')} `, 124);
  header.write('0', 156);
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  content.write(text);
  return Buffer.concat([header, content]);
}

describe('a packed chart', () => {
  it.each(['ustar', 'gnu', 'pax'])('in the format %s is read completely, without its links', (format) => {
    const names =
      format === 'ustar'
        ? Object.fromEntries(Object.entries(chart).filter(([name]) => !name.includes(long)))
        : chart;
    const files = readChartArchive(packed(names, `--format=${format}`));
    const expected = Object.keys(names).map((name) => name.slice(4));
    expect([...files.keys()].toSorted()).toEqual(expected.toSorted());
    if (format !== 'ustar') expect(Buffer.from(files.get(long) ?? []).toString()).toBe('a: 1\n');
  });

  it('is rejected if a path leads out of it, if it is truncated, and if it is not an archive of a chart', () => {
    const chartFile = entry('web/Chart.yaml', 'name: web');
    expect(() => readChartArchive(gzipSync(Buffer.concat([chartFile, entry('web/../../x', 'a')])))).toThrow(
      'leads out',
    );
    expect(() => readChartArchive(gzipSync(Buffer.concat([chartFile, entry('/web/x', 'a')])))).toThrow(
      'leads out',
    );
    expect(() => readChartArchive(gzipSync(entry('web/Chart.yaml', 'name', 99_999)))).toThrow(
      'middle of a file',
    );
    expect(() => readChartArchive(gzipSync(entry('web/other', 'a')))).toThrow('no Chart.yaml');
    expect(() => readChartArchive(Buffer.from('plain text'))).toThrow();
  });

  it('is rejected if its unpacked size is too large', () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(() => readChartArchive(bomb)).toThrow();
  });
});
