import { isPlaceholder, looksRandom } from './placeholder.ts';
import type { TokenRule } from './rule.ts';
import { type Shape, shapeRule } from './shape.ts';

const random = (distinct: number) => (token: string) => looksRandom(token, distinct);
const service = (anchors: readonly string[], shape: Shape): TokenRule =>
  shapeRule('service-token', 'a token for a service, by its shape', anchors, shape);

const decode = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** The credentials of HTTP (RFC 7617): a user, a colon and a password that is no placeholder. */
function isBasic(text: string): boolean {
  const [, password] = /^[\x20-\x7e]*?:([\x20-\x7e]{6,})$/.exec(decode(text)) ?? [];
  return password !== undefined && !isPlaceholder(password) && looksRandom(password, 5);
}

/** An organization's token: JSON in base64 that names its region, and a secret. */
function isSentryToken(token: string): boolean {
  try {
    const claims: unknown = JSON.parse(decode(token.split('_')[1] ?? ''));
    return (
      typeof claims === 'object' &&
      claims !== null &&
      ('region_url' in claims || 'url' in claims || 'org' in claims)
    );
  } catch {
    return false;
  }
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

/**
 * Tokens of services that a home uses: their prefixes are facts of the services' own documentation, as gitleaks 8.30 lists
 * them (`cmd/generate/config/rules`).
 */
export const homeTokenRules: readonly TokenRule[] = [
  service(['hvb.'], { pattern: /hvb\.[\w-]{100,4000}/y, holds: random(16) }),
  service(['A3-'], {
    pattern: /A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}(?![\w-])/y,
    holds: random(12),
  }),
  service(['eyJrIjoi'], { pattern: /eyJrIjoi[A-Za-z0-9+/_-]{40,400}={0,3}/y, holds: random(16) }),
  service(['glc_'], { pattern: /glc_[A-Za-z0-9+/]{32,400}={0,3}/y, holds: random(14) }),
  service(['pul-'], { pattern: /pul-[a-f0-9]{40}(?!\w)/y, holds: random(8) }),
  service(['doo_v1_', 'dor_v1_'], { pattern: /do[or]_v1_[a-f0-9]{64}/iy, holds: random(10) }),
  service(['sntryu_'], { pattern: /sntryu_[a-f0-9]{64}(?!\w)/y, holds: random(10) }),
  service(['sntrys_eyJ'], {
    pattern: /sntrys_eyJ[A-Za-z0-9+/]{10,400}={0,2}_[A-Za-z0-9+/]{43}(?![\w+/])/y,
    holds: isSentryToken,
  }),
  service(['dnkey-'], { pattern: /dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52}/iy, holds: random(12) }),
  service(['ntn_'], { pattern: /ntn_\d{11}[A-Za-z0-9]{35}(?!\w)/y, holds: random(14) }),
  service(['pplx-'], { pattern: /pplx-[A-Za-z0-9]{48}(?!\w)/y, holds: random(16) }),
  service(['rubygems_'], { pattern: /rubygems_[a-f0-9]{48}(?!\w)/y, holds: random(8) }),
  service(['xkeysib-'], { pattern: /xkeysib-[a-f0-9]{64}-[a-z0-9]{16}/iy, holds: random(10) }),
  service(['fo1_', 'fm1', 'fm2_'], {
    pattern: /(?:fo1_[\w-]{43}|fm1[ar]_[\w+/-]{100,4000}={0,3}|fm2_[\w+/-]{100,4000}={0,3})/y,
    holds: random(16),
  }),
  service(['SG.'], {
    pattern: /SG\.[\w=.-]{66}(?![\w-])/y,
    holds: (token) => looksRandom(token, 16) && /\d/.test(token),
  }),
  service(['.atlasv1.'], {
    pattern: /[a-z0-9]{14}\.atlasv1\.[\w=-]{60,70}/iy,
    before: 14,
    holds: random(16),
  }),
  service(['api_org_'], { pattern: /api_org_[A-Za-z]{34}(?!\w)/y, holds: random(12) }),
  service(['ops_ey'], { pattern: /ops_eyJ[\w+/-]{200,4000}={0,3}/y, holds: random(16) }),
  service(['webhook.office.com/'], {
    pattern: /webhook\.office\.com\/webhookb2\/[\w@-]{60,100}\/IncomingWebhook\/([\w-]{32}\/[\w-]{36})/iy,
    holds: random(12),
  }),
  service(['glffct-', 'glimt-', 'gloas-', 'GR1348941', '_gitlab_session='], {
    pattern: /(?:glffct-|glimt-|gloas-|GR1348941|_gitlab_session=)[\w-]{20,64}/y,
    holds: random(12),
  }),
  shapeRule(
    'aws-access-key',
    'the name of a key for AWS, whose secret is seldom far',
    ['A3T', 'ABIA', 'ACCA'],
    {
      pattern: /(?:A3T[A-Z0-9]|ABIA|ACCA)[A-Z2-7]{16}(?!\w)/y,
      holds: random(9),
    },
  ),
  shapeRule(
    'slack-token',
    'a token or webhook for Slack',
    ['xoxe.', 'xoxe-', 'xoxo-', 'xoxa-', 'xoxr-', 'xoxs-', 'xapp-', 'hooks.slack.com/'],
    { pattern: /xoxe\.xox[bp]-\d-[A-Z0-9]{140,400}/iy, holds: random(14) },
    { pattern: /xoxe-\d-[A-Z0-9]{120,400}/iy, holds: random(14) },
    { pattern: /xox[ar]-(?:\d-)?[0-9a-z]{8,48}/iy, holds: random(8) },
    { pattern: /xox[os]-\d+-\d+-\d+-[a-f\d]{16,64}/iy, holds: random(8) },
    { pattern: /xapp-\d-[A-Z0-9]{8,40}-\d{8,40}-[a-z0-9]{32,100}/iy, holds: random(12) },
    {
      pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9+/]{43,80})(?![\w/])/y,
      holds: (token) => looksRandom(token, 14) && /\d/.test(token),
    },
  ),
  shapeRule('telegram-token', 'the token of a Telegram bot', ['telegr'], {
    pattern: /telegr[^\n]{0,60}?(?:>\s{1,12})?(?<!\w)(\d{5,16}:A[\w-]{34})(?![\w-])/iy,
    holds: random(14),
  }),
  shapeRule('registry-token', 'the credentials of a registry', ['"auth"', "'auth'", '_auth'], {
    pattern: /["'_]auth["']?\s{0,4}[:=]\s{0,4}["']?([A-Za-z0-9+/]{12,400}={0,2})(?![\w+/=])/iy,
    holds: isBasic,
  }),
  authorization,
  curlUser,
];
