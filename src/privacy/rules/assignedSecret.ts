import { looksRandom } from './placeholder.ts';
import type { TokenRule } from './rule.ts';
import { shapeRule } from './shape.ts';

/** The ends of names that hold a secret. */
const ends = ['password', 'passwd', 'passphrase', 'token', 'secret', 'apikey', 'api_key', 'api-key'] as const;

/**
 * A random value that is assigned to a name such as `DB_PASSWORD` or `apiToken`, in `.env`, properties, YAML, JSON or TOML.
 * Only a value of which no part is a word counts: one with large and small letters and digits, within the length of
 * passwords and tokens. Longer values are ciphertext, as in a SealedSecret.
 */
export const assignedSecret: TokenRule = {
  ...shapeRule('assigned-secret', 'a random value of a name that holds a secret', ends, {
    // The group keeps the name out of the secret, and the look-ahead keeps out what is only the start of a value.
    pattern: new RegExp(
      String.raw`(?:${ends.join('|')})["']?[ \t]{0,8}(?:=|:[ \t])[ \t]{0,8}["']?([A-Za-z0-9+/_.~=-]{16,128})["']?(?=[ \t]*(?:[\r\n,;}#]|$))`,
      'iy',
    ),
    holds: (value) =>
      [/[a-z]/, /[A-Z]/, /\d/].every((part) => part.test(value)) &&
      looksRandom(value, 10) &&
      !isMadeOfWords(value),
  }),
  mayMatch: isAssigned,
};

/** Paths, hosts, versions and names: their parts are words, numbers, or words with a number. */
function isMadeOfWords(value: string): boolean {
  return value
    .split(/[/_.~=+-]/)
    .every((part) => /^(?:(?:[A-Z]?[a-z]{2,}\d{0,2})*|[a-z]?\d*|[A-Z]+\d{0,4})$/.test(part));
}

const longestEnd = Math.max(...ends.map((end) => end.length));
const quotes = [0x22, 0x27];

/** Whether `=` or `:` follows the name that begins at the anchor. */
function isAssigned(bytes: Uint8Array, at: number): boolean {
  let end = at;
  while (end - at < longestEnd && isNamePart(bytes[end])) end++;
  if (quotes.includes(bytes[end] ?? 0)) end++;
  while (bytes[end] === 0x20 || bytes[end] === 0x09) end++;
  return bytes[end] === 0x3d || bytes[end] === 0x3a;
}

function isNamePart(byte = 0): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x2d;
}
