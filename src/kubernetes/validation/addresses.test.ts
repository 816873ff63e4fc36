import { isIP } from 'node:net';
import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { isPlainAddress } from './addresses.ts';

/** Texts that are an address, or almost one. */
const almost = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc
    .array(
      fc.constantFrom('0', '1f', 'ABCD', '12345', 'g', ':', ':', ':', '::', '.', '1.2.3.4', '01', '%eth0'),
      {
        maxLength: 18,
      },
    )
    .map((parts) => parts.join('')),
);

test('reads the addresses that Node reads', () => {
  fc.assert(
    fc.property(almost, (text) => {
      expect(isPlainAddress(text)).toBe(isIP(text) !== 0 && !text.includes('%'));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  '::',
  '::1',
  '1::',
  '1:2:3:4:5:6:7:8',
  '::ffff:192.0.2.1',
  '1:2:3:4:5:6:192.0.2.1',
  '1:2:3:4:5:6:7::',
])('takes %s', (text) => {
  expect(isPlainAddress(text)).toBe(true);
});

test.each([
  '',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4::5:6:7:8',
  '192.0.2.1::',
  '::1%eth0',
  '1:2:3:4:5:6:7:192.0.2.1',
])('refuses %s', (text) => {
  expect(isPlainAddress(text)).toBe(false);
});
