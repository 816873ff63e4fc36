// Crosses docs/gateway.md and the tests that it names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { chapterMarks } from './real/envoy/platform/chapter.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/gateway.md'), 'utf8');
/** `file`: "the name of a test". */
const named = [...page.matchAll(/`((?:src|tests)\/[\w./-]+\.test\.ts)`: "([^"]+)"/g)].map(
  ([, file = '', title = '']) => ({ file, title }),
);

it('names tests that there are', () => {
  expect(named.length).toBeGreaterThan(25);
  const missing = named.filter(
    ({ file, title }) => !readFileSync(join(root, file), 'utf8').includes(`'${title}'`),
  );
  expect(missing).toEqual([]);
});

it('has a test in each row', () => {
  const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  expect(rows.map((row) => Number(/\d+/.exec(row)?.[0]))).toEqual([
    ...[1, 2, 3, 4, 5, 6, 7, 8],
    ...[29, 30, 31, 32],
    ...[1, 2, 8, 10, 11, 16],
  ]);
  for (const row of rows) expect(row).toMatch(/`: "/);
});

it('has an answer of each echo of the example in each way of asking', () => {
  const echoes = Object.keys(
    z
      .object({ echo: z.object({ instances: z.record(z.string(), z.unknown()) }) })
      .parse(parse(readFileSync(join(root, 'examples/platform/cluster.yaml'), 'utf8'))).echo.instances,
  );
  const [begin, end] = chapterMarks;
  const tables = (page.split(begin)[1]?.split(end)[0] ?? '').trim().split('\n\n');
  expect(tables.map((table) => /^\| ([^|]+) \|/.exec(table)?.[1])).toEqual(['who asks', 'path', 'header']);
  for (const table of tables) {
    const [head, , ...rows] = table.split('\n').map((line) => line.slice(2, -2).split(' | '));
    expect(head?.slice(1)).toEqual(echoes);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row.filter((cell) => cell !== '')).toHaveLength(echoes.length + 1);
  }
});
