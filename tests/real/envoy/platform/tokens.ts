import { type Issuer, makeKey, now, type SigningKey, sign, userClaims } from '../../origin-proxy/issuer.ts';
import type { OidcIssuer } from '../oidc/issuer.ts';
import { exampleValues } from './example.ts';

/** Tokens with which all are asked, from one issuer. */
export interface Tokens {
  readonly good: string;
  readonly 'not named': string;
  readonly 'another audience': string;
  readonly 'another issuer': string;
  readonly ended: string;
  readonly forged: string;
  readonly unsigned: string;
  readonly none: string;
}

/** The audience that the routes of the example demand. */
const audience = 'echo';

/** Programs that get tokens for themselves: one is of the family. */
export const programs = {
  program: {
    secret: 'the-secret-of-the-program-of-the-family',
    claims: {
      ...{ groups: ['guests', 'family'], email: 'program@example.org', preferred_username: 'the program' },
    },
  },
  guest: { secret: 'the-secret-of-the-program-of-a-guest', claims: { groups: ['guests'] } },
};

/** Those of oidc-provider. What no issuer signs is signed here, with its key. */
export async function oidcTokens(oidc: OidcIssuer, key: SigningKey): Promise<Tokens> {
  const claims = {
    iss: exampleValues().issuer,
    aud: audience,
    sub: 'program',
    groups: ['family'],
    exp: now() + 3_600,
  };
  return {
    good: await oidc.token('program', audience),
    'not named': await oidc.token('guest', audience),
    'another audience': await oidc.token('program', 'another'),
    ...(await dishonest(claims, key)),
  };
}

/** Those of Access, which a bench stands for. */
export async function accessTokens(access: Issuer, key: SigningKey): Promise<Tokens> {
  const { accessAudience, email } = exampleValues();
  const claims = userClaims(access, { aud: [accessAudience], email, sub: 'owner' });
  return {
    good: await sign(claims, key),
    'not named': await sign({ ...claims, email: 'stranger@example.org' }, key),
    'another audience': await sign({ ...claims, aud: ['f'.repeat(64)] }, key),
    ...(await dishonest(claims, key)),
  };
}

async function dishonest(
  claims: Readonly<Record<string, unknown>>,
  key: SigningKey,
): Promise<Omit<Tokens, 'good' | 'not named' | 'another audience'>> {
  const [header, body] = (await sign(claims, key)).split('.');
  return {
    'another issuer': await sign({ ...claims, iss: 'https://id.example.com' }, key),
    ended: await sign({ ...claims, exp: now() - 3_600 }, key),
    forged: await sign(claims, await makeKey(key.kid)),
    unsigned: `${header}.${body}.`,
    none: 'abc',
  };
}
