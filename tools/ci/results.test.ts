import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Results } from './results.ts';

const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
const reporter = join(import.meta.dirname, 'results.ts');
let directory: string;

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-results-')));
  symlinkSync(dirname(vitest), join(directory, 'node_modules'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function run(files: Readonly<Record<string, string>>): { code: number | null; results: Results } {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const file = join(directory, 'results.json');
  const { status } = spawnSync(
    process.execPath,
    [
      join(vitest, 'vitest.mjs'),
      'run',
      '--root',
      directory,
      '--config',
      'none.mjs',
      `--reporter=${reporter}`,
    ],
    { env: { ...process.env, GATEHOUSE_TEST_RESULTS: file }, encoding: 'utf8' },
  );
  return { code: status, results: JSON.parse(readFileSync(file, 'utf8')) };
}

it('counts what fails in a test and outside of one, and says why', () => {
  const { code, results } = run({
    'none.mjs': 'export default { test: { include: ["*.test.mjs"] } };',
    'one.test.mjs': `import { beforeAll, describe, expect, test } from 'vitest';
test('passes', () => undefined);
test('fails', () => expect({ screen: 'this' }).toEqual({ screen: 'that' }));
test.skip('is skipped', () => undefined);
test.todo('is to be done');
describe('a group', () => {
  beforeAll(() => { throw new Error('no hook'); });
  test('does not begin', () => undefined);
});
test('leaves something', () => { setTimeout(() => { throw new Error('too late'); }, 0); });
test('waits', () => new Promise((done) => setTimeout(done, 100)));`,
    'two.test.mjs': `import './missing.mjs';`,
  });
  expect(code).toBe(1);
  expect(results).toMatchObject({ passed: 3, failed: 4, skipped: 3 });
  expect(results.seconds).toEqual({ 'one.test.mjs': expect.any(Number), 'two.test.mjs': expect.any(Number) });
  expect(results.failures).toEqual([
    expect.stringMatching(/^one\.test\.mjs: a group\nno hook\nat .*one\.test\.mjs:7/),
    expect.stringMatching(
      /^one\.test\.mjs: fails\nexpected .*\nat .*\n- Expected\n\+ Received\n {2}\{\n- {3}"screen": "that",\n\+ {3}"screen": "this",\n {2}\}$/,
    ),
    expect.stringMatching(/^two\.test\.mjs\nCannot find module '\.\/missing\.mjs'/),
    expect.stringMatching(/^outside of every test\ntoo late/),
  ]);
});
