import * as z from 'zod';
import { raise } from '../finding.ts';

function pattern(expression: RegExp, what: string, expected: string): z.ZodType<string, string> {
  return z.string().superRefine((value, context) => {
    if (!expression.test(value))
      raise(context, { code: 'not-an-identifier', message: `invalid ${what}`, expected });
  });
}

/** The team name of Cloudflare Access: the first label of `<team>.cloudflareaccess.com`. */
export const accessTeam = pattern(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'Access team name',
  'the part before .cloudflareaccess.com, such as example-team',
);

/** The audience tag of an Access application: 64 hexadecimal digits. */
export const audienceTag = pattern(
  /^[0-9a-f]{64}$/,
  'audience tag of an Access application',
  '64 hexadecimal digits, shown as "Application Audience (AUD) Tag" in the Zero Trust dashboard',
);

/** The ID of a tunnel: a UUID. */
export const tunnelId = pattern(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'tunnel ID',
  'the UUID that "cloudflared tunnel create" prints, such as 0b4f9c1e-1111-2222-3333-444455556666',
);

/** The client ID of an Access service token, as in the `common_name` claim of its tokens. */
export const serviceToken = pattern(
  /^[0-9a-f]{32}\.access$/,
  'client ID of a service token',
  '32 hexadecimal digits followed by .access',
);
