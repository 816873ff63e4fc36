import { expect, test } from 'vitest';
import { compiledCodeDirectory } from './compiledCode.ts';

test.each([
  ['below the home directory', {}, '/home/owner/.cache/gatehouse/compiled'],
  ['where the user keeps caches', { XDG_CACHE_HOME: '/var/caches' }, '/var/caches/gatehouse/compiled'],
  [
    'below the home directory when the variable is empty',
    { XDG_CACHE_HOME: '' },
    '/home/owner/.cache/gatehouse/compiled',
  ],
])('compiled code is kept %s', (_, env, directory) => {
  expect(compiledCodeDirectory(env, '/home/owner')).toBe(directory);
});
