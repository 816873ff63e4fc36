import * as z from 'zod';
import { privateField, publicField, secretField } from '../../config/field.ts';
import { email } from '../../config/values/network.ts';

/** Where Let's Encrypt issues, and where it lets people try (https://letsencrypt.org/docs/staging-environment/). */
export const directories = {
  production: 'https://acme-v02.api.letsencrypt.org/directory',
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
} as const;

const issuer = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField(
        'Let’s Encrypt, which every device trusts. That a name is yours is shown in its zone at Cloudflare, so that nothing has to be reachable from outside.',
        z.literal('letsencrypt'),
      ),
      directory: publicField(
        'Which of its servers. What staging issues is trusted by nobody; it forgives many attempts.',
        z.enum(['production', 'staging']).default('production'),
      ),
      email: privateField('Where Let’s Encrypt writes to when it has to revoke something.', email, {
        example: 'owner@example.org',
      }).optional(),
      token: secretField(
        'The API token that may write into the DNS of your zones.',
        z.string().regex(/^[A-Za-z0-9_-]{20,}$/, 'a token of Cloudflare, of letters, digits, _ and -'),
        {
          source:
            'the Cloudflare dashboard: My Profile → API Tokens → Create Token, with Zone / DNS / Edit and Zone / Zone / Read for your zones alone',
        },
      ).optional(),
    }),
    z.strictObject({
      kind: publicField(
        'An authority of your own, made in the cluster. Every device has to be told to trust it.',
        z.literal('own'),
      ),
    }),
  ])
  .meta({ description: 'Who signs certificates.' });

/** The section `certManager` of the configuration. */
export const certManagerSection = z
  .strictObject({
    enabled: publicField('Whether it runs.', z.boolean().default(true)),
    issuer,
  })
  .meta({
    description: 'Certificates for what speaks TLS in the cluster, and their renewal, by cert-manager.',
  });

export type CertManagerSection = z.output<typeof certManagerSection>;
