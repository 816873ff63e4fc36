import type { RuleMatch, TokenRule } from './rule.ts';
import { isLongRandom, isSecretValue } from './secretValue.ts';

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

/** Words after the name with which it tells of the secret, and does not hold it. */
const tells =
  '(?:names?|ids?|refs?|references?|ur[li]s?|paths?|files?|dir|length|size|type|class|version|arn|audience|issuer|endpoint|store|certs?|certificate|thumbprint|fingerprint|hash|digest|checksum|sha\\d*|provider|format|mount|field|selector|label|template|kind|namespace|pattern|example|expir\\w+|public|pub)';
const more = `(?<more>(?:[_-](?!${tells}(?![a-z]))[a-z]{2,12}){1,4}(?![\\w-]))?`;
const name = `(?<name>(?:${ends.toSorted((one, other) => other.length - one.length).join('|')})(?:[_-]?\\d{1,3}|string|value)?)${more}`;
/**
 * What is between name and value: the signs of YAML, JSON, properties, shells, Makefiles, Go, PHP and Ruby, an argument
 * after the name (`setProperty("NAME", "value")`), an element of XML, and `value:` of an environment variable in a pod.
 */
const between = String.raw`(?:\\?["'${'`'}]?(?:[ \t]+string)?[ \t]{0,8}(?::{1,3}=|[?.]=|=>?|:(?=[ \t])|(?<=["']):)[ \t]{0,8}|["'],[ \t]?(?=["'])|>\s{0,16}(?=\S)|["']?,?\s{1,40}["']?value["']?:[ \t]{1,8})`;
const characters = '[A-Za-z0-9+/_.~=@!%^&*$#-]';
/** A web token that is damaged, with signs that no base64 has, or without its signature. */
const webToken = String.raw`ey[A-Za-z0-9]{17,4000}\.ey[\w/\\-]{17,4000}\.(?:[\w/\\-]{10,4000}={0,2})?`;
const pattern = new RegExp(
  String.raw`${name}${between}(?:(?<quote>\\?["'${'`'}])(?<quoted>${characters}{8,160}|${webToken})\k<quote>|(?<bare>${characters}{8,160}|${webToken})(?=[ \t]*(?:[\r\n,;}<\\"']|[ \t]#|$)))`,
  'iy',
);

/** Names before the end that make it public, or the digest of something. */
const harmlessBefore = /(?:public|pub|csrf|xsrf|page|next|checksum|digest|hash|sha\d*|fingerprint)[_./-]?$/i;
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
    if (groups['more'] !== undefined && !isLongRandom(value)) return undefined;
    if (!isSecretValue(value, passwords.includes(end), end)) return undefined;
    const start = text.indexOf(value, at + groups['name'].length);
    return { start, end: start + value.length };
  },
};

const signs = new Set([...'=:?.,>\n\r'].map((sign) => sign.charCodeAt(0)));
const longestEnd = Math.max(...ends.map((end) => end.length));

/** A number or words after the name. */
const longestMore = 28;

/** Whether a sign that may assign follows the name that begins at the anchor. */
function isAssigned(bytes: Uint8Array, at: number): boolean {
  let end = at;
  while (end - at < longestEnd + longestMore && isNamePart(bytes[end])) end++;
  while (end - at < longestEnd + longestMore + 4 && (bytes[end] === 0x5f || isDigit(bytes[end]))) end++;
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
