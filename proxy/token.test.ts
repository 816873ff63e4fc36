import { expect, test } from 'vitest';
import fc from '../tests/fastCheck.ts';
import { longestToken, parseToken, readPart } from './token.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = encode({ alg: 'RS256', kid: 'k1', typ: 'JWT' });

test('parses a token into its signed text, payload and signature', () => {
  const payload = encode({ a: 1 });
  expect(parseToken(`${header}.${payload}.AQID`)).toEqual({
    keyId: 'k1',
    signed: `${header}.${payload}`,
    payload,
    signature: Buffer.from([1, 2, 3]),
  });
});

test.each([
  ['', 'malformed'],
  ['x', 'malformed'],
  [`${header}.e30`, 'malformed'],
  [`${header}.e30.AQID.AQID`, 'malformed'],
  [`${header}.e30.AQID, ${header}.e30.AQID`, 'malformed'],
  [`${header}.e30.AQID\n`, 'malformed'],
  [` ${header}.e30.AQID`, 'malformed'],
  [`${header}.e30.AQI=`, 'malformed'],
  [`${header}.e30.AQJ`, 'malformed'],
  [`${encode(null)}.e30.AQID`, 'malformed'],
  [`${encode({ alg: 'RS256', kid: 'k1', crit: [] })}.e30.AQID`, 'malformed'],
  [`${encode({ kid: 'k1' })}.e30.AQID`, 'algorithm'],
  [`${encode({ alg: 'none', kid: 'k1' })}.e30.AQID`, 'algorithm'],
  [`${encode({ alg: ['RS256'], kid: 'k1' })}.e30.AQID`, 'algorithm'],
  [`${encode({ alg: 'RS256', kid: 1 })}.e30.AQID`, 'unknown-key'],
  ['x'.repeat(longestToken + 1), 'too-long'],
])('refuses %s as %s', (text, refusal) => {
  expect(parseToken(text)).toBe(refusal);
});

test('parses only three base64url parts, and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      expect(typeof parseToken(text)).toBe('string');
      expect(typeof parseToken(`${header}.${text}.AQID`)).toBe(
        /^[A-Za-z0-9_-]+$/.test(text) ? 'object' : 'string',
      );
    }),
  );
});

test('reads a part only if it is an object', () => {
  expect(readPart(encode({ a: [1] }))).toEqual({ a: [1] });
  for (const value of [null, 1, 'x', [1]]) expect(readPart(encode(value))).toBeUndefined();
  expect(
    readPart(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')),
  ).toBeUndefined();
});
