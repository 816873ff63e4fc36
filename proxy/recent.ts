/** A token that was verified a moment ago. */
export interface Found {
  token: string;
  email: string;
  /** Milliseconds since 1970. */
  until: number;
}

/**
 * An entry of the verified-token cache of one JavaScript context: QuickJS keeps a context for the next request, and
 * comparing is cheaper than hashing. An entry lives for seconds, so the shared cache, in which a token ends with its
 * expiry or its key, is asked again soon.
 */
export interface Recent extends Found {
  /**
   * `known:`, the token, a space and the e-mail, in bytes: a string would be copied twice on its way to nginx. There is
   * no other space in it, so that no other token and e-mail give the same bytes.
   */
  proof: Uint8Array;
}

/** How long a token counts as verified without a look at the shared cache, milliseconds. */
export const recentFor = 5_000;
const places = 4;

/** The entry of that token; undefined when there is none, or it has expired. */
export function recall(recent: readonly Recent[], token: string, now: number): Recent | undefined {
  for (let index = 0; index < recent.length; index += 1) {
    const entry = recent[index];
    if (entry !== undefined && entry.token === token) return entry.until > now ? entry : undefined;
  }
  return undefined;
}

/** Puts a token first, and drops the last one when the cache is full. Returns its entry. */
export function remember(recent: Recent[], found: Found): Recent {
  const before = recent.findIndex(({ token }) => token === found.token);
  if (before >= 0) recent.splice(before, 1);
  const { token, email, until } = found;
  const entry = { token, email, until, proof: Buffer.from(`known:${token} ${email}`) };
  recent.unshift(entry);
  if (recent.length > places) recent.pop();
  return entry;
}
