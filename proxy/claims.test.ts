import { expect, test } from 'vitest';
import fc from '../tests/fastCheck.ts';
import { type Expectation, judgeClaims } from './claims.ts';

const now = 1_800_000_000;
const expected: Expectation = { issuer: 'https://team.cloudflareaccess.com', audiences: ['aud-1', 'aud-2'] };
const person = {
  iss: expected.issuer,
  aud: ['aud-2'],
  type: 'app',
  exp: now + 60,
  nbf: now - 60,
  iat: now - 60,
  email: 'owner@example.org',
};
const service = { ...person, email: undefined, nbf: undefined, common_name: 'abc.access', sub: '' };

test('accepts a user with the e-mail, and a service token without', () => {
  expect(judgeClaims(person, expected, now)).toEqual({ email: 'owner@example.org', expires: now + 60 });
  expect(judgeClaims(service, expected, now)).toEqual({ email: '', expires: now + 60 });
});

test('allows a clock skew of 30 seconds at both ends', () => {
  const at = (claims: Record<string, unknown>) => judgeClaims({ ...person, ...claims }, expected, now);
  expect(at({ exp: now - 29 })).toMatchObject({ expires: now - 29 });
  expect(at({ exp: now - 30 })).toBe('expiry');
  expect(at({ nbf: now + 30 })).toMatchObject({ email: person.email });
  expect(at({ nbf: now + 31 })).toBe('not-yet-valid');
});

test.each<[Record<string, unknown>, string]>([
  [{ iss: `${expected.issuer}/` }, 'issuer'],
  [{ iss: [expected.issuer] }, 'issuer'],
  [{ aud: 'aud-1' }, 'audience'],
  [{ aud: { 0: 'aud-1', length: 1 } }, 'audience'],
  [{ aud: ['aud-3'] }, 'audience'],
  [{ type: 'org' }, 'audience'],
  [{ exp: String(now + 60) }, 'expiry'],
  [{ exp: Number.POSITIVE_INFINITY }, 'expiry'],
  [{ exp: Number.NaN }, 'expiry'],
  [{ nbf: String(now) }, 'not-yet-valid'],
  [{ nbf: undefined }, 'not-yet-valid'],
  [{ nbf: null }, 'not-yet-valid'],
  [{ email: '' }, 'identity'],
  [{ email: '', common_name: 'abc.access' }, 'identity'],
  [{ email: 'a\nb' }, 'identity'],
  [{ email: 'a,b' }, 'identity'],
  [{ email: 'a\u200bb' }, 'identity'],
  [{ email: undefined }, 'identity'],
])('refuses %o as %s', (change, refusal) => {
  expect(judgeClaims({ ...person, ...change }, expected, now)).toBe(refusal);
});

test('refuses a service token without a start', () => {
  expect(judgeClaims({ ...service, iat: undefined }, expected, now)).toBe('not-yet-valid');
  expect(judgeClaims({ ...service, iat: now + 31 }, expected, now)).toBe('not-yet-valid');
});

test('accepts only listed identities, and nobody with an empty list', () => {
  const allowed = { emails: ['OWNER@example.org'], serviceTokens: ['abc.access'] };
  const nobody = { emails: [], serviceTokens: [] };
  for (const claims of [person, service]) {
    expect(judgeClaims(claims, { ...expected, allowed }, now)).toHaveProperty('expires');
    expect(judgeClaims(claims, { ...expected, allowed: nobody }, now)).toBe('not-allowed');
  }
  const crossed = { emails: ['abc.access'], serviceTokens: ['owner@example.org'] };
  for (const claims of [person, service])
    expect(judgeClaims(claims, { ...expected, allowed: crossed }, now)).toBe('not-allowed');
});

test.each([
  ['OWNER@EXAMPLE.ORG', true],
  ['Owner@example.Org', true],
  ['\u212Aim@example.org', false],
  ['kim@\u212A.example.org', false],
  ['owner@example.or\uFF47', false],
  ['o\u0077ner@example.org', true],
  ['owner@\u0130xample.org', false],
  ['\u1E9Eowner@example.org', false],
  ['kim@K.example.org', true],
])('compares the case of ASCII letters only: %s', (email, isListed) => {
  const emails = ['owner@example.org', 'kim@example.org', 'KIM@k.example.org', 'ßowner@example.org'];
  const allowed = { emails, serviceTokens: [] };
  const verdict = judgeClaims({ ...person, email }, { ...expected, allowed }, now);
  expect(typeof verdict !== 'string').toBe(isListed);
});

test('compares a service token with its case', () => {
  const allowed = { emails: [], serviceTokens: ['ABC.access'] };
  expect(judgeClaims(service, { ...expected, allowed }, now)).toBe('not-allowed');
});

test('returns a reason or the same user for any claim', () => {
  const name = fc.constantFrom('iss', 'aud', 'exp', 'nbf', 'type', 'email');
  fc.assert(
    fc.property(name, fc.jsonValue(), (claim, value) => {
      const verdict = judgeClaims(
        { ...person, [claim]: value },
        { ...expected, allowed: { emails: [person.email], serviceTokens: [] } },
        now,
      );
      if (typeof verdict !== 'string') expect(verdict.email).toBe(person.email);
    }),
  );
});
