import { crc32 } from 'node:zlib';
import { looksRandom } from './placeholder.ts';
import type { TokenRule } from './rule.ts';
import { type Shape, shapeRule } from './shape.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The last six characters are the CRC-32 of the thirty before, in base 62 ("Behind GitHub's new authentication token
 * formats", 2021). npm tokens have the same checksum.
 */
function hasTokenChecksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  let rest = crc32(body.slice(0, -6));
  let sum = '';
  for (; rest > 0; rest = Math.floor(rest / 62)) sum = base62.charAt(rest % 62) + sum;
  return sum.padStart(6, '0') === body.slice(-6);
}

const random = (distinct: number) => (token: string) => looksRandom(token, distinct);

const service = (anchors: readonly string[], shape: Shape): TokenRule =>
  shapeRule('service-token', 'a token for a service, by its shape', anchors, shape);

/** Tokens of services, each with a unique shape. */
export const serviceTokenRules: readonly TokenRule[] = [
  shapeRule(
    'github-token',
    'a token for GitHub',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    { pattern: /gh[pousr]_[A-Za-z0-9]{36}(?!\w)/y, holds: hasTokenChecksum },
    { pattern: /github_pat_\w{82}(?!\w)/y, holds: random(20) },
  ),
  shapeRule(
    'gitlab-token',
    'a token for GitLab',
    ['glpat-', 'gldt-', 'glrt-', 'glft-', 'glsoat-', 'glcbt-', 'glptt-', 'glagent-'],
    {
      pattern: /gl(?:pat|dt|rt|ft|soat|cbt|ptt|agent)-[\w.-]{20,4000}/y,
      holds: (token) => looksRandom(token, 12) && /\d/.test(token),
    },
  ),
  shapeRule('aws-access-key', 'the name of a key for AWS, whose secret is seldom far', ['AKIA', 'ASIA'], {
    pattern: /A[KS]IA[A-Z2-7]{16}(?!\w)/y,
    holds: random(9),
  }),
  shapeRule(
    'slack-token',
    'a token or webhook for Slack',
    ['xoxa-', 'xoxb-', 'xoxe-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-', 'hooks.slack.com/'],
    {
      pattern: /xox[abeprs]-(?:\d-)?\d{8,4000}-[\w-]{16,4000}(?![\w#*-])/y,
      holds: (token) => looksRandom(token, 12) && /[A-Za-z0-9]{10,}$/.test(token),
    },
    { pattern: /xapp-\d-[A-Z0-9]{8,4000}-\d{8,4000}-[a-f0-9]{32,4000}/iy },
    {
      pattern:
        /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z0-9]{8,4000}\/[A-Z0-9]{8,4000}\/([\w]{20,4000})/y,
      holds: random(10),
    },
  ),
  shapeRule('discord-webhook', 'a webhook for Discord', ['discord.com/api/', 'discordapp.com/api/'], {
    pattern: /discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d{17,20}\/([\w-]{60,4000})/y,
    holds: random(16),
  }),
  shapeRule('telegram-token', 'the token of a Telegram bot', [':AA'], {
    pattern: /\d{8,10}:AA[\w-]{33}(?![\w-])/y,
    before: 10,
    holds: random(14),
  }),
  shapeRule(
    'google-key',
    'a key or client secret of Google',
    ['AIza', 'GOCSPX-'],
    { pattern: /AIza[\w-]{35}(?![\w-])/y, holds: random(14) },
    { pattern: /GOCSPX-[\w-]{28}(?![\w-])/y, holds: random(12) },
  ),
  shapeRule('stripe-key', 'a live key of Stripe', ['sk_live_', 'rk_live_'], {
    pattern: /[sr]k_live_[A-Za-z0-9]{24,4000}/y,
    holds: random(12),
  }),
  shapeRule(
    'registry-token',
    'a token for publishing packages or images',
    ['npm_', 'pypi-', 'dckr_'],
    { pattern: /npm_[A-Za-z0-9]{36}(?!\w)/y, holds: hasTokenChecksum },
    { pattern: /pypi-AgE[\w-]{50,4000}/y, holds: random(16) },
    { pattern: /dckr_[po]at_[\w-]{27,4000}/y, holds: random(12) },
  ),
  service(['hvs.'], { pattern: /hvs\.[\w-]{24,4000}/y, holds: random(14) }),
  service(['tskey-'], {
    pattern: /tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,4000}(?:-[A-Za-z0-9]{16,4000})?/y,
    holds: random(12),
  }),
  service(['glsa_'], { pattern: /glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}/y, holds: random(14) }),
  service(['glc_ey'], { pattern: /glc_eyJ[A-Za-z0-9+/]{32,4000}={0,2}/y, holds: random(14) }),
  service(['dop_v1_'], { pattern: /dop_v1_[a-f0-9]{64}/y, holds: random(10) }),
  service(['SG.'], { pattern: /SG\.[\w-]{22}\.[\w-]{43}(?![\w-])/y, holds: random(16) }),
  service(['sk-ant-'], { pattern: /sk-ant-(?:api|admin)\d\d-[\w-]{80,4000}AA(?![\w-])/y, holds: random(16) }),
  service(['T3BlbkFJ'], {
    pattern: /sk-[\w-]{20,4000}T3BlbkFJ[\w-]{20,4000}/y,
    before: 100,
    holds: random(16),
  }),
  service(['ops_ey'], { pattern: /ops_eyJ[\w-]{200,4000}/y, holds: random(16) }),
  service(['dp.st.', 'dp.pt.'], { pattern: /dp\.(?:st|pt)\.[\w.-]{40,4000}/y, holds: random(14) }),
  service(['hf_'], { pattern: /hf_[A-Za-z]{34}(?!\w)/y, holds: random(16) }),
  service(['lin_api_'], { pattern: /lin_api_[A-Za-z0-9]{40}(?!\w)/y, holds: random(14) }),
  service(['shpat_'], { pattern: /shpat_[a-fA-F0-9]{32}(?!\w)/y, holds: random(8) }),
];
