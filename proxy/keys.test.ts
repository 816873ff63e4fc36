import { expect, test } from 'vitest';
import fc from '../tests/fastCheck.ts';
import { findKey, isAnyWithdrawn, parseKeys, writeKeys } from './keys.ts';

const n = 'A'.repeat(342);
const key = { kid: 'k1', kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB', n };
const read = (...keys: unknown[]) => parseKeys(JSON.stringify({ keys }));

test('reads signing keys and skips others', () => {
  const others = [
    { ...key, kid: 'a', kty: 'EC' },
    { ...key, kid: 'b', use: 'enc' },
    { ...key, kid: 'c', alg: 'RS512' },
    { ...key, kid: 'd', n: 'A'.repeat(170) },
    { ...key, kid: '' },
    { ...key, e: 3 },
    null,
    'x',
    [],
  ];
  expect(read(...others, key)).toEqual({ k1: { n, e: 'AQAB' } });
  expect(read({ kid: 'k1', kty: 'RSA', e: 'AQAB', n })).toEqual({ k1: { n, e: 'AQAB' } });
  expect(read(...others)).toBeUndefined();
});

test.each(['', '<html>', 'null', '[]', '{}', '{"keys":null}', '{"keys":{}}', '{"keys":[]}'])(
  'finds no keys in %s',
  (text) => {
    expect(parseKeys(text)).toBeUndefined();
  },
);

test('reads at most 16 keys', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ ...key, kid: `k${index}` }));
  expect(Object.keys(read(...many) ?? {})).toHaveLength(16);
});

test('parses the keys that it wrote', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(ids, (kids) => {
      const keys = read(...kids.map((kid) => ({ ...key, kid })));
      expect(keys).toBeDefined();
      if (keys !== undefined) expect(parseKeys(writeKeys(keys))).toEqual(keys);
    }),
  );
});

test('finds only own properties', () => {
  const keys = read(key) ?? {};
  expect(findKey(keys, 'k1')).toEqual({ n, e: 'AQAB' });
  for (const kid of ['constructor', '__proto__', 'toString', 'k2'])
    expect(findKey(keys, kid)).toBeUndefined();
});

test('reports a key that is gone or different as withdrawn', () => {
  const before = { k1: { n, e: 'AQAB' } };
  expect(isAnyWithdrawn(before, { ...before, k2: { n, e: 'AQAB' } })).toBe(false);
  expect(isAnyWithdrawn(before, {})).toBe(true);
  expect(isAnyWithdrawn(before, { k1: { n: `B${n.slice(1)}`, e: 'AQAB' } })).toBe(true);
});
