import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A token (JWT) with the key of nobody, valid for an hour. Whoever takes it verifies no signature. */
export function forgedToken(claims: Readonly<Record<string, unknown>>, now: Date): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const seconds = Math.floor(now.getTime() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'RS256', typ: 'JWT', kid: randomBytes(32).toString('hex') });
  const body = part({
    exp: seconds + 3_600,
    iat: seconds,
    nbf: seconds,
    sub: randomBytes(16).toString('hex'),
    ...claims,
  });
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url');
  return `${head}.${body}.${signature}`;
}
