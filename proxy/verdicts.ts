import type { Identity } from './claims.ts';

/** A verified token is cached no longer than this, milliseconds, and never longer than it is valid. */
const longestVerdict = 600_000;

/** The verified-token cache of all workers. */
export interface Verdicts {
  set(name: string, email: string, life: number): unknown;
  delete(name: string): unknown;
}

/**
 * Caches a verified token, unless its key is withdrawn. Another worker may have taken the key away since the token was
 * verified, and have cleared the cache before the token is in it: so the key is looked for once it is. Whoever takes a
 * key away does that before it clears the cache.
 *
 * @param now Milliseconds since 1970.
 */
export function keepVerdict(
  verdicts: Verdicts,
  name: string,
  { email, expires }: Identity,
  isPublished: () => boolean,
  now: number,
): void {
  const life = Math.min(longestVerdict, Math.floor(expires * 1000 - now));
  if (life <= 0) return;
  verdicts.set(name, email, life);
  if (!isPublished()) verdicts.delete(name);
}
