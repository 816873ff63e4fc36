import { isPlaceholder, looksRandom } from './placeholder.ts';
import { isPublicExample } from './publicExamples.ts';
import type { RuleMatch, TokenRule } from './rule.ts';

/** The ends of names that hold a password, and of those that hold a token or key. */
const passwords = ['password', 'passwd', 'passphrase', '_pass', '_pwd'];
const tokens = [
  'token',
  'secret',
  'apikey',
  'api_key',
  'api-key',
  'secret_key',
  'secretkey',
  'secret-key',
  'access_key',
  'accesskey',
  'auth_key',
  'authkey',
  'encryption_key',
  'encryptionkey',
  'license_key',
  'licensekey',
  'private_key',
  'privatekey',
  'private-key',
  'credential',
  'credentials',
  'creds',
];
const ends = [...passwords, ...tokens];

const name = `(?<name>(?:${ends.toSorted((one, other) => other.length - one.length).join('|')})(?:[_-]?\\d{1,3}|string|value)?)`;
/**
 * What is between name and value: the signs of YAML, JSON, properties, shells, Makefiles, Go, PHP and Ruby, an argument
 * after the name (`setProperty("NAME", "value")`), an element of XML, and `value:` of an environment variable in a pod.
 */
const between = String.raw`(?:\\?["'${'`'}]?(?:[ \t]+string)?[ \t]{0,8}(?::{1,3}=|[?.]=|=>?|:(?=[ \t])|(?<=["']):)[ \t]{0,8}|["'],[ \t]?(?=["'])|>\s{0,16}(?=\S)|["']?,?\s{1,40}["']?value["']?:[ \t]{1,8})`;
const characters = '[A-Za-z0-9+/_.~=@!%^&*$#-]';
const pattern = new RegExp(
  String.raw`${name}${between}(?:(?<quote>\\?["'${'`'}])(?<quoted>${characters}{8,160})\k<quote>|(?<bare>${characters}{8,160})(?=[ \t]*(?:[\r\n,;}<\\"']|[ \t]#|$)))`,
  'iy',
);

/** Names before the end that make it public, or the digest of something. */
const harmlessBefore = /(?:public|pub|csrf|xsrf|page|next|checksum|digest|hash|sha\d*|fingerprint)[_./-]?$/i;
/** Longer values are ciphertext, as in a SealedSecret. */
const longest = 128;

/**
 * A random value that is assigned to a name such as `DB_PASSWORD`, `postgresPassword` or `api_key`. Only a value counts of
 * which no part is a word, and which is neither a reference, a path, a digest nor a placeholder.
 */
export const assignedSecret: TokenRule = {
  id: 'assigned-secret',
  reason: 'a random value of a name that holds a secret',
  anchors: ends,
  mayMatch: isAssigned,
  match(text, at): RuleMatch | undefined {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    const value = groups?.['quoted'] ?? groups?.['bare'];
    if (groups?.['name'] === undefined || value === undefined) return undefined;
    if (harmlessBefore.test(text.slice(Math.max(0, at - 24), at))) return undefined;
    const end = groups['name'].toLowerCase().replace(/[_-]?\d+$|(?:string|value)$/, '');
    if (!isSecretValue(value, passwords.includes(end), end)) return undefined;
    const start = text.indexOf(value, at + groups['name'].length);
    return { start, end: start + value.length };
  },
};

function isSecretValue(value: string, isPassword: boolean, end: string): boolean {
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

/** Letters as in a word: small ones after the first, with a vowel in a long one, and without five consonants in a row. */
function isPronounceable(word: string): boolean {
  return (
    /^[A-Z]*[a-z]*$/.test(word) && (word.length < 5 || /[aeiouy]/i.test(word)) && !/[^aeiouy]{5}/i.test(word)
  );
}

const signs = new Set([...'=:?.,>\n\r'].map((sign) => sign.charCodeAt(0)));
const longestEnd = Math.max(...ends.map((end) => end.length));

/** Whether a sign that may assign follows the name that begins at the anchor. */
function isAssigned(bytes: Uint8Array, at: number): boolean {
  let end = at;
  while (end - at < longestEnd + 6 && isNamePart(bytes[end])) end++;
  while (end - at < longestEnd + 10 && (bytes[end] === 0x5f || isDigit(bytes[end]))) end++;
  if (bytes[end] === 0x5c) end++;
  if (bytes[end] === 0x22 || bytes[end] === 0x27 || bytes[end] === 0x60) end++;
  while (bytes[end] === 0x20 || bytes[end] === 0x09) end++;
  // `var token string =`
  return signs.has(bytes[end] ?? 0) || (bytes[end] === 0x73 && bytes[end - 1] === 0x20);
}

const isDigit = (byte = 0): boolean => byte >= 0x30 && byte <= 0x39;

function isNamePart(byte = 0): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x2d;
}
