import { looksRandom } from './placeholder.ts';
import type { TokenRule } from './rule.ts';
import { type Shape, shapeRule } from './shape.ts';

const random = (distinct: number) => (token: string) => looksRandom(token, distinct);
const service = (anchors: readonly string[], shape: Shape): TokenRule =>
  shapeRule('service-token', 'a token for a service, by its shape', anchors, shape);

/** An organization's token: JSON in base64 that names its region, and a secret. */
function isSentryToken(token: string): boolean {
  const claims = Buffer.from(token.split('_')[1] ?? '', 'base64').toString('latin1');
  return /^\{"iat":.*"(?:region_url|url|org)":.*\}$/s.test(claims);
}

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
  service(['adafruit'], {
    pattern:
      /adafruit[\w.-]{0,30}["'`]?(?:[ \t]+string)?[ \t]{0,8}(?::{0,3}=|[?.]=|=>|:|,|>\s{0,16})[ \t]{0,8}["'`]?((?=[a-z_-]*\d)[a-z0-9_-]{32})(?![\w-])/iy,
    holds: random(12),
  }),
];
