import { expect, it } from 'vitest';
import { defined } from './defined.ts';

it('drops fields that are undefined, and keeps the others in order', () => {
  const timeout: string | undefined = undefined;
  const result = defined({ name: 'a', timeout, interval: '1h', suspend: false, path: null });
  expect(Object.entries(result)).toEqual([
    ['name', 'a'],
    ['interval', '1h'],
    ['suspend', false],
    ['path', null],
  ]);
});
