import * as z from 'zod';
import { raise } from '../finding.ts';

function pattern(expression: RegExp, what: string, expected: string): z.ZodType<string, string> {
  return z.string().superRefine((value, context) => {
    if (!expression.test(value))
      raise(context, { code: 'not-an-identifier', message: `this is not ${what}`, expected });
  });
}

/** The team name of Cloudflare Access: the first label of `<team>.cloudflareaccess.com`. */
export const accessTeam = pattern(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'the name of an Access team',
  'the part before .cloudflareaccess.com, without that domain',
);

/** The audience tag of an Access application: 64 hexadecimal digits. */
export const audienceTag = pattern(
  /^[0-9a-f]{64}$/,
  'the audience tag of an Access application',
  '64 hexadecimal digits, shown as "Application Audience (AUD) Tag" in the Zero Trust dashboard',
);

/** The id of a tunnel: a UUID. */
export const tunnelId = pattern(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'the id of a tunnel',
  'a UUID, printed by "cloudflared tunnel create"',
);

/** The client id of an Access service token, as it stands in the token's `common_name` claim. */
export const serviceToken = pattern(
  /^[0-9a-f]{32}\.access$/,
  'the client id of a service token',
  '32 hexadecimal digits followed by .access',
);
