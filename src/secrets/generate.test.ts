import { expect, test } from 'vitest';
import { type GeneratedSecret, generateSecret } from './generate.ts';

test.each<[GeneratedSecret, RegExp]>([
  ['databasePassword', /^[A-Za-z][A-Za-z0-9]{31}$/],
  ['resticPassword', /^[A-Za-z][A-Za-z0-9]{42}$/],
  ['cookieSecret', /^[A-Za-z0-9_-]{43}$/],
  ['s3AccessKey', /^[A-Z][A-Z0-9]{19}$/],
  ['s3SecretKey', /^[A-Za-z0-9]{40}$/],
  ['hexKey', /^[0-9a-f]{64}$/],
])('%s has its documented form and differs on every call', (kind, form) => {
  const made = Array.from({ length: 100 }, () => generateSecret(kind));
  for (const secret of made) expect(secret).toMatch(form);
  expect(new Set(made).size).toBe(100);
});

test('a cookie secret decodes to 32 bytes', () => {
  expect(Buffer.from(generateSecret('cookieSecret'), 'base64url')).toHaveLength(32);
});

test('uses every character of the alphabet', () => {
  const seen = new Set(Array.from({ length: 200 }, () => generateSecret('s3SecretKey')).join(''));
  expect(seen.size).toBe(62);
});
