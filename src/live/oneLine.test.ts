import { expect, it } from 'vitest';
import { oneLine } from './oneLine.ts';

it('is one line without controls', () => {
  expect(oneLine('a\r\n\u001b[31mb\u202ec\u2028d ')).toBe('a [31mb c d');
});

it('cuts no word in two, of which half would be a private value that nobody finds', () => {
  const secret = 'owner@example.org';
  for (let before = 300; before < 2_010; before++) {
    const line = oneLine(`${'a '.repeat(before / 2)}${secret} ${'b '.repeat(3_000)}`);
    expect(line.length).toBeLessThanOrEqual(401);
    if (!line.includes(secret)) expect(line).not.toContain('own');
  }
  expect(oneLine('x'.repeat(3_000))).toBe('…');
  expect(oneLine('x'.repeat(400))).toBe('x'.repeat(400));
});
