// The picture in the README is what the program prints for the example home.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Prepared } from '../src/operations/configure/configure.ts';
import { reportConfigure } from '../src/report/configure.ts';
import { styleFor } from '../src/report/style.ts';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));

/** @returns whether the README showed something else; unless `check`, it is put right */
export function drawPicture(prepared: Prepared, check: boolean): boolean {
  const text = readFileSync(readme, 'utf8');
  const printed = reportConfigure(
    prepared,
    { quiet: false, written: true, timings: undefined },
    styleFor(false),
  );
  const [map = ''] = printed.split(/^(?:Written|\d+ files)/m);
  const drawn = text.replace(
    /(```text\n)[\s\S]*?(```)/,
    (_, open: string, close: string) => `${open}${map.trim()}\n${close}`,
  );
  if (drawn !== text && !check) writeFileSync(readme, drawn);
  return drawn !== text;
}
