import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { seal, unseal } from './cipher.ts';

// getsops/sops, aes/cipher_test.go, v3.13.3
const key = Buffer.from('f'.repeat(32));
const upstream =
  'ENC[AES256_GCM,data:oYyi,iv:MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o=,tag:t5z2Z023Up0kxwCgw1gNxg==,type:str]';

test('opens the test vector of SOPS only at its position', () => {
  expect(unseal(upstream, key, 'bar:')).toEqual({ plain: { type: 'str', text: 'foo' } });
  expect(unseal(upstream, key, '')).toEqual({ reason: 'altered' });
  expect(unseal(upstream, randomBytes(32), 'bar:')).toEqual({ reason: 'altered' });
});

test('opens any value that it sealed, with the same key and position', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, aad) => {
      const sealed = seal({ type: 'str', text }, key, aad);
      expect(unseal(sealed, key, aad)).toEqual({ plain: { type: 'str', text } });
      if (text !== '') expect(unseal(sealed, key, `${aad}x`)).toEqual({ reason: 'altered' });
      else expect(sealed).toBe('');
    }),
  );
});

test('gives every value its own initialisation vector of 32 bytes', () => {
  const ivs = Array.from(
    { length: 200 },
    () => /iv:([^,]+)/.exec(seal({ type: 'str', text: 'a' }, key, ''))?.[1],
  );
  expect(new Set(ivs).size).toBe(200);
  for (const iv of ivs) expect(Buffer.from(iv ?? '', 'base64')).toHaveLength(32);
});

test('detects any change of an encrypted value', () => {
  const sealed = seal({ type: 'str', text: 'a longer value, to have room' }, key, 'a:');
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.stringMatching(/^[A-Za-z0-9+/=,\]]$/), (index, letter) => {
      const changed = sealed.slice(0, index) + letter + sealed.slice(index + 1);
      const opened = unseal(changed, key, 'a:');
      // As in SOPS, the type is not authenticated; the MAC of the document covers the rest.
      if (changed !== sealed && index < sealed.lastIndexOf(',type:')) expect(opened).toHaveProperty('reason');
    }),
    { numRuns: 500 },
  );
});

test.each([
  'ENC[AES256_GCM,data:',
  'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]',
  upstream.slice(0, -1),
  'x',
  upstream.replace('tag:t5z2', 'tag:t5'),
])('refuses the form of %s', (text) => {
  expect(unseal(text, key, 'bar:')).toEqual({ reason: 'malformed' });
});

test('refuses bytes that are not a value of their type', () => {
  const retyped = (type: string) =>
    seal({ type: 'str', text: 'abc' }, key, '').replace('type:str', `type:${type}`);
  for (const type of ['int', 'float', 'bool', 'time', 'other'])
    expect(unseal(retyped(type), key, '')).toEqual({ reason: 'not-text' });
  expect(unseal(retyped('bytes'), key, '')).toEqual({ plain: { type: 'str', text: 'abc' } });
});

test('seals a value of ten megabytes', () => {
  const text = 'é'.repeat(5 * 1024 * 1024);
  expect(unseal(seal({ type: 'str', text }, key, 'a:'), key, 'a:')).toEqual({ plain: { type: 'str', text } });
});
