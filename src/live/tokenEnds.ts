import { numberAt } from '../kubernetes/fields.ts';

/** When a token ends, if it is a JWT that says so (RFC 7519, `exp`). Its signature is for others to judge. */
export function tokenEnds(token: string | undefined): Date | undefined {
  const [, claims] = token?.split('.') ?? [];
  if (claims === undefined) return undefined;
  try {
    const seconds = numberAt(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')), 'exp');
    const ends = new Date((seconds ?? Number.NaN) * 1000);
    return Number.isNaN(ends.getTime()) ? undefined : ends;
  } catch {
    return undefined;
  }
}
