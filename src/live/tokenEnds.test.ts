import { expect, it } from 'vitest';
import { tokenEnds } from './tokenEnds.ts';

const token = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

it('reads when a token ends', () => {
  expect(tokenEnds(token({ exp: 1_798_761_600 }))).toEqual(new Date('2027-01-01T00:00:00Z'));
});

it.each([[undefined], ['opaque'], ['a.b.c'], [token({})], [token({ exp: 'soon' })], [token({ exp: 1e20 })]])(
  'says nothing of %s',
  (text) => {
    expect(tokenEnds(text)).toBeUndefined();
  },
);
