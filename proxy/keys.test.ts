import { expect, test } from 'vitest';
import fc from '../tests/fastCheck.ts';
import { findKey, isAnyWithdrawn, parseKeys, writeKeys } from './keys.ts';

/** A modulus of that many bits, with zeros before it. */
const modulus = (bits: number, zeros = 0) => {
  const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  bytes[0] = 0xff >> ((8 - (bits % 8)) % 8);
  return Buffer.concat([Buffer.alloc(zeros), bytes]).toString('base64url');
};
const n = modulus(2048);
const key = { kid: 'k1', kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB', n };
const read = (...keys: unknown[]) => parseKeys(JSON.stringify({ keys }));

test('reads signing keys and skips others', () => {
  const others = [
    { ...key, kid: 'a', kty: 'EC' },
    { ...key, kid: 'b', use: 'enc' },
    { ...key, kid: 'c', alg: 'RS512' },
    { ...key, kid: 'd', n: modulus(1024) },
    { ...key, kid: 'e', key_ops: ['encrypt'] },
    { ...key, kid: 'f', key_ops: 'verify' },
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

test.each<[string, Record<string, unknown>, boolean]>([
  ['2,048 bits', {}, true],
  ['2,048 bits with a zero before them', { n: modulus(2048, 1) }, true],
  ['4,096 bits', { n: modulus(4096) }, true],
  ['8,192 bits', { n: modulus(8192) }, true],
  ['2,047 bits', { n: modulus(2047) }, false],
  ['1,024 bits with zeros before them', { n: modulus(1024, 128) }, false],
  ['one bit with zeros before it', { n: modulus(1, 255) }, false],
  ['nothing but zeros', { n: 'A'.repeat(342) }, false],
  ['8,193 bits', { n: modulus(8193) }, false],
  ['an even modulus', { n: Buffer.alloc(256, 0xfe).toString('base64url') }, false],
  ['text that is not base64url', { n: `${modulus(2048).slice(0, -1)}+` }, false],
  ['text with padding', { n: `${modulus(2048)}==` }, false],
  ['exponent 65537', { e: 'AQAB' }, true],
  ['exponent 65537 with zeros before it', { e: Buffer.from([0, 0, 1, 0, 1]).toString('base64url') }, true],
  ['exponent 65539', { e: Buffer.from([1, 0, 3]).toString('base64url') }, true],
  ['exponent 0', { e: 'AA' }, false],
  ['exponent 1', { e: 'AQ' }, false],
  ['exponent 3', { e: 'Aw' }, false],
  ['exponent 65535', { e: Buffer.from([0xff, 0xff]).toString('base64url') }, false],
  ['exponent 65536', { e: Buffer.from([1, 0, 0]).toString('base64url') }, false],
  ['an exponent of 257 bits', { e: modulus(257) }, false],
  ['key_ops with verify', { key_ops: ['verify'] }, true],
])('a key with %s: %j', (_name, change, isRead) => {
  expect(read({ ...key, ...change }) !== undefined).toBe(isRead);
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
