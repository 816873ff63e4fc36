import { expect, test } from 'vitest';
import { explained } from './start.ts';

const directory = { path: '/scratch/gatehouse-pods-7-42-1' };

test.each([
  'ENOSPC: no space left on device, write',
  'mkdir: cannot create directory: No space left on device',
])('a start that fails with %j names the disk', (message) => {
  const cause = new Error(message);
  expect(explained(cause, directory)).toEqual(
    new Error('The disk of /scratch is full: make room, or set TMPDIR to a directory on another disk', {
      cause,
    }),
  );
});

test('another failure stays as it is', () => {
  for (const error of [new Error('EACCES: permission denied'), 'a text', undefined]) {
    expect(explained(error, directory)).toBe(error);
  }
});
