import { isPlaceholder, looksRandom } from './placeholder.ts';
import type { TokenRule } from './rule.ts';
import { isShortToken } from './secretValue.ts';
import { shapeRule } from './shape.ts';

const decode = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/**
 * The credentials of HTTP (RFC 7617): a user, a colon and a password that is no placeholder. A password in a character set
 * other than ASCII is long, since random bytes have a colon as well.
 */
function isBasic(text: string): boolean {
  const [, user = '', password = ''] = /^([\x20-\x7e]*?):(.{6,})$/s.exec(decode(text)) ?? [];
  if (isPlaceholder(password)) return false;
  return /^[\x20-\x7e]*$/.test(password)
    ? looksRandom(password, 5)
    : user.length >= 3 && password.length >= 12 && looksRandom(password, 10);
}

/** `-H "Authorization: Bearer …"`, and the same in files of headers. */
const authorization: TokenRule = shapeRule(
  'assigned-secret',
  'the credentials of an HTTP request',
  ['authorization'],
  {
    pattern:
      /authorization\\?["']?\s{0,4}[:=,]\s{0,4}\\?["']?basic\s{1,4}([A-Za-z0-9+/]{8,400}={0,2})(?![\w+/=])/iy,
    holds: isBasic,
  },
  {
    pattern:
      /authorization\\?["']?\s{0,4}[:=,]\s{0,4}\\?["']?(?:bearer|token|api-?token|apikey)\s{1,4}([\w+/.~:-]{16,1000}={0,2})(?![\w+/=])/iy,
    holds: (token) => looksRandom(token, 8) && /\d/.test(token) && /[a-z]/i.test(token),
  },
  {
    pattern:
      /authorization\\?["']?:\s{1,4}\\?["']?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{32,200})(?![\w-])/iy,
    holds: (token) => looksRandom(token, 8) && /\d/.test(token),
  },
);

/** `curl -u user:password`. */
const curlUser: TokenRule = {
  ...shapeRule('assigned-secret', 'the password of an HTTP request', ['curl '], {
    pattern:
      /curl [^\n]{0,400}?(?:\\\n[^\n]{0,200}?){0,6}(?:-u|--user)(?:=| {1,3})['"]?\{?([^\s'"$:{}]{0,80}\}?["']?:["']?\{?[^\s'"{}]{6,120})/iy,
    holds(pair) {
      const password = pair.slice(pair.indexOf(':') + 1).replace(/^["'{]+/, '');
      const secret = password === '' ? pair.slice(0, pair.indexOf(':')) : password;
      return (
        !isPlaceholder(secret) &&
        !/^(?:pass(?:word)?|secret|token|admin|user)\d*$/i.test(secret) &&
        looksRandom(secret, 6)
      );
    },
  }),
  mayMatch(bytes, at) {
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(1600, bytes.length - at));
    return line.includes(' -u') || line.includes(' --user');
  },
};

/** `curl -u token:`, as services ask for it that take a token for the user. */
const curlToken: TokenRule = {
  ...curlUser,
  match: shapeRule('assigned-secret', curlUser.reason, curlUser.anchors, {
    pattern:
      /curl [^\n]{0,400}?(?:\\\n[^\n]{0,200}?){0,6}(?:-u|--user)(?:=| {1,3})['"]?([^\s'"$:{}]{8,120}):['"]?(?=\s|$)/iy,
    holds: isShortToken,
  }).match,
};

/** Names of headers that hold a credential. Those of the first list hold a key or token that is none. */
const header = String.raw`(?!x-(?:[a-z]{1,20}-)?(?:csrf|xsrf|idempotency|cache|request|trace)-)(?:authorization|(?:x-(?:[a-z\d]{1,20}-){0,2})?(?:api-?)?(?:key|token))`;

/** A header of a request on a command line, with a token that may be short: `-H "X-Api-Key: …"`. */
const commandHeader: TokenRule = {
  ...shapeRule('assigned-secret', 'the credentials of an HTTP request', [' -H', '--header'], {
    pattern: new RegExp(
      String.raw`(?: -H|--header)(?:=|[ \t]{0,5})\\?["']${header}:[ \t]{0,5}(?:(?:bearer|token|api-?token|apikey)[ \t]{1,4})?([\w=~@.+/-]{8,400})\\?["']`,
      'iy',
    ),
    holds: isShortToken,
  }),
  mayMatch(bytes, at) {
    const isShort = bytes[at] === 0x20;
    if (isShort && bytes[at + 2] !== 0x48) return false;
    let next = at + (isShort ? ' -H' : '--header').length;
    while (next < at + 16 && isBeforeQuote(bytes[next])) next++;
    return bytes[next] === 0x22 || bytes[next] === 0x27;
  },
};

/** A space, a tab, an equals sign or a backslash. */
const isBeforeQuote = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x3d || byte === 0x5c;

/** Credentials of HTTP in files, and in commands of documents and scripts. */
export const httpCredentialRules: readonly TokenRule[] = [
  shapeRule('registry-token', 'the credentials of a registry', ['"auth"', "'auth'", '_auth'], {
    pattern: /["'_]auth["']?\s{0,4}[:=]\s{0,4}["']?([A-Za-z0-9+/]{12,400}={0,2})(?![\w+/=])/iy,
    holds: isBasic,
  }),
  authorization,
  curlUser,
  curlToken,
  commandHeader,
];
