import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const cases = fileURLToPath(new URL('../../../shared/cases/', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const isThere = existsSync(cases);
const reason = isThere ? '' : ' (skipped: the acceptance cases are not on this machine)';

it.skipIf(!isThere)(`every handed case has a test by its name${reason}`, () => {
  const tests = readdirSync(here)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${here}${file}`, 'utf8'))
    .join('\n');
  const names = ['reports', 'strangers'].flatMap((kind) =>
    readdirSync(`${cases}${kind}`).map((name) => `${kind}/${name}`),
  );
  expect(names.length).toBeGreaterThan(80);
  expect(names.filter((name) => !tests.includes(`'${name}'`))).toEqual([]);
});
