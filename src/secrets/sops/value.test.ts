import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { goFloat, literalOf, plainValueOf, resolvePlain } from './value.ts';

test.each([
  ['12', 'int', '12'],
  ['-0', 'int', '0'],
  ['+5', 'int', '5'],
  ['0777', 'int', '511'],
  ['0o17', 'int', '15'],
  ['0x1F', 'int', '31'],
  ['-0b11', 'int', '-3'],
  ['1_000', 'int', '1000'],
  ['9223372036854775807', 'int', '9223372036854775807'],
  ['-9223372036854775808', 'int', '-9223372036854775808'],
  ['18446744073709551616', 'float', '18446744073709552000'],
  ['08', 'float', '8'],
  ['1.50', 'float', '1.5'],
  ['.5', 'float', '0.5'],
  ['1.', 'float', '1'],
  ['1e3', 'float', '1000'],
  ['1e-7', 'float', '0.0000001'],
  ['-.inf', 'float', '-Inf'],
  ['.NaN', 'float', 'NaN'],
  ['TRUE', 'bool', 'True'],
  ['false', 'bool', 'False'],
  ['yes', 'str', 'yes'],
  ['n', 'str', 'n'],
  ['1e999', 'str', '1e999'],
  ['1.2.3', 'str', '1.2.3'],
  ['-', 'str', '-'],
  ['.', 'str', '.'],
  ['12:30', 'str', '12:30'],
  ['2024-01-01', 'time', '2024-01-01T00:00:00Z'],
  ['2001-12-14t21:59:43.10-05:00', 'time', '2001-12-14T21:59:43.1-05:00'],
  ['2001-1-2 3:4:5', 'time', '2001-01-02T03:04:05Z'],
  ['2024-02-30', 'str', '2024-02-30'],
  ['2023-02-29', 'str', '2023-02-29'],
  ['2024-01-01T00:00:00+00:00', 'time', '2024-01-01T00:00:00Z'],
  ['2024-01-01T25:00:00Z', 'str', '2024-01-01T25:00:00Z'],
])('reads %s as go-yaml does: %s %s', (source, type, text) => {
  expect(resolvePlain(source, 'yaml')).toEqual({ type, text });
});

test.each(['', '~', 'null', 'Null', 'NULL'])('reads %j as null', (source) => {
  expect(resolvePlain(source, 'yaml')).toBe('null');
});

test('refuses an integer beyond 64 bits in YAML, as SOPS does, and reads a float in JSON', () => {
  expect(resolvePlain('9223372036854775808', 'yaml')).toBe('too-large');
  expect(resolvePlain('9223372036854775808', 'json')).toEqual({ type: 'float', text: '9223372036854776000' });
});

test('writes floats without an exponent, and they round-trip', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = goFloat(value);
      expect(text).toMatch(/^-?\d+(?:\.\d+)?$/);
      expect(Object.is(Number(text), value)).toBe(true);
    }),
  );
});

test('reads a literal as the value that it was written from', () => {
  const values = fc.oneof(
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value) => ({ type: 'int', text: `${value}` }) as const),
    fc.double().map((value) => ({ type: 'float', text: goFloat(value) }) as const),
    fc.constantFrom('True', 'False').map((text) => ({ type: 'bool', text }) as const),
  );
  fc.assert(
    fc.property(values, (value) => {
      expect(resolvePlain(literalOf(value), 'yaml')).toEqual(value);
      expect(plainValueOf(value.type, value.text)).toEqual(value);
    }),
  );
});
