import { expect, test } from 'vitest';
import { checkPlan } from './plan.ts';

const owned = (...paths: string[]) => paths.map((path) => ({ path, content: '' }));

test.each([
  '',
  '/etc/passwd',
  'C:/x',
  '..',
  'a/../../b',
  'a//b',
  './a',
  'a/',
  'a\\b',
  'a\nb',
  'a\ud800',
  '.git/config',
  'a/.GIT/hooks/pre-commit',
  '.gatehouse',
  '.gatehouse/manifest.json',
  '.gatehouse/local.json',
  '.gatehouse/Staging/x',
  '.gatehouse/lock',
])('refuses the path %j', (path) => {
  expect(checkPlan(owned(path))).toMatchObject([{ code: 'path-not-allowed', file: path }]);
});

test.each(['a', '.gitignore', 'a b/ü.yaml', '..a/b..', '.github/x', '.gatehouse/values.sops.yaml'])(
  '%j is a path for a file',
  (path) => {
    expect(checkPlan(owned(path))).toEqual([]);
  },
);

test.each([
  ['apps/a.yaml', 'apps/A.yaml'],
  ['Apps/a.yaml', 'apps/b.yaml'],
  ['apps/a', 'apps/a/b'],
  ['apps/a/b', 'apps/a'],
  ['apps/A', 'apps/a/b'],
  ['caf\u00e9', 'cafe\u0301'],
  ['twice', 'twice'],
])('reports that %j and %j clash', (first, second) => {
  expect(checkPlan(owned(first, second))).toMatchObject([{ code: 'paths-clash', file: second }]);
});

test('reports every error', () => {
  expect(checkPlan(owned('/a', 'b', 'B', '../c')).map(({ code }) => code)).toEqual([
    'path-not-allowed',
    'paths-clash',
    'path-not-allowed',
  ]);
});
