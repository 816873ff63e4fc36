import { isPlaceholder, looksRandom } from './placeholder.ts';
import { isPublicExample } from './publicExamples.ts';

/** Longer values are ciphertext, as in a SealedSecret. */
const longest = 128;

/**
 * Whether a value that is given to the name of a secret is one.
 *
 * @param isPassword - whether the name is that of a password, which may be short
 * @param end - the end of the name, in small letters
 */
export function isSecretValue(value: string, isPassword: boolean, end: string): boolean {
  if (/^\d{24,64}$/.test(value)) return looksRandom(value, 8) && !isSequence(value);
  if (
    value.length > longest ||
    isPlaceholder(value) ||
    isPublicExample(value) ||
    isReference(value) ||
    isMadeOfWords(value)
  )
    return false;
  if (isPassword && value.length < 20) return isPasswordLike(value);
  if (value.length < 15) return false;
  if (uuid.test(value)) return looksRandom(value, 8);
  // Forty digits are a commit or a digest, unless the name says otherwise.
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 20 && isRandomHex(value, end);
  if (isSequence(value)) return false;
  const hasBoth = /[a-z]/i.test(value) && /\d/.test(value);
  if (!hasBoth || !looksRandom(value, 9)) return false;
  if (/[A-Z]/.test(value) && /[a-z]/.test(value)) return true;
  // A name may end in a random part: `media-config-8f7g6h5k2d`.
  const parts = value.split(/[^A-Za-z0-9]/);
  const isName = parts.length > 1 && parts.every((part) => part.length <= 12 || isWordPart(part));
  return !isName && value.length >= 20 && changes(value) >= (value.length < 24 ? 5 : 2);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function isRandomHex(value: string, end: string): boolean {
  if (value.length === 40 && end === 'secret') return false;
  return /[a-f]/i.test(value) && /\d/.test(value) && looksRandom(value, 8) && !isSequence(value);
}

/** Whether a value is random however loosely its name says that it is secret: all kinds of letters and digits. */
export function isLongRandom(value: string): boolean {
  return (
    /^[\w+/=-]{20,}$/.test(value) &&
    [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(value)) &&
    looksRandom(value, 12) &&
    changes(value) >= 2
  );
}

/** Whether a short text is a token by its letters, digits and signs alone. */
export function isShortToken(value: string): boolean {
  return (
    !isPlaceholder(value) &&
    !isPublicExample(value) &&
    !isReference(value) &&
    !isMadeOfWords(value) &&
    !isSequence(value) &&
    isPasswordLike(value)
  );
}

/** `0123456789abcdef` and other runs of an alphabet. */
function isSequence(value: string): boolean {
  return /01234567|12345678|abcdefghij/i.test(value);
}

/** Three kinds of characters, or letters and digits that change often. */
function isPasswordLike(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9._:/-]/].filter((kind) => kind.test(value)).length;
  if (!looksRandom(value, 7) || !/[a-z]/i.test(value) || !/\d|[^A-Za-z0-9._:/-]/.test(value)) return false;
  return kinds >= 3 || (value.length >= 12 && changes(value) >= 4);
}

/** How often letters and digits take turns. */
function changes(value: string): number {
  return [...value.matchAll(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)].length;
}

/** What stands for a value elsewhere: a variable, an anchor of YAML, ciphertext, a hash of a password, a path or a URL. */
function isReference(value: string): boolean {
  // What begins like the token of a service is one only in its shape.
  if (/^(?:xox|sk_test_|pk_)/.test(value)) return true;
  return (
    /^(?:\$|&|\*|!|%|@|ENC\[|AgB|\/|\.{1,2}\/|~\/|[a-z+]+:\/\/)|:\/\/|\$\w{3,}/i.test(value) ||
    isHostOrFile(value)
  );
}

function isHostOrFile(value: string): boolean {
  return /\.(?:ya?ml|json|txt|key|pem|crt|env|local|svc|com|org|net|io|dev|app|sh|conf|toml)(?::\d+)?$/i.test(
    value,
  );
}

/** Paths, hosts, versions and names: their parts are words, numbers, or words with a number. */
function isMadeOfWords(value: string): boolean {
  return value.split(/[^A-Za-z0-9]/).every(isWordPart);
}

function isWordPart(part: string): boolean {
  if (/^[A-Z]*\d{0,4}$|^[A-Za-z]{0,2}\d*$/.test(part)) return true;
  if (part.length >= 12 && part.length <= 3 * runs(part)) return false;
  const numbers = part.match(/\d+/g) ?? [];
  if (numbers.length > 2 || numbers.some((number) => number.length > 4)) return false;
  const words = part
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .split(/[\d ]+/)
    .filter((word) => word !== '');
  const short = words.filter((word) => word.length < 3).length;
  return (
    short <= (words.length > 2 ? 1 : 0) && words.every((word) => word.length < 3 || isPronounceable(word))
  );
}

/** How many words and numbers a part has; a word may have one capital letter at its beginning. */
function runs(part: string): number {
  return part.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g)?.length ?? 0;
}

/** Letters as in a word: small ones after the first, with a vowel in a long one, and without five consonants in a row. */
function isPronounceable(word: string): boolean {
  return (
    /^[A-Z]*[a-z]*$/.test(word) && (word.length < 5 || /[aeiouy]/i.test(word)) && !/[^aeiouy]{5}/i.test(word)
  );
}
