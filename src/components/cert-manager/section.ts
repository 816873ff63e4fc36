import * as z from 'zod';
import { privateField, publicField, secretField } from '../../config/field.ts';
import { email } from '../../config/values/network.ts';

/** The production and the staging server of Let's Encrypt (https://letsencrypt.org/docs/staging-environment/). */
export const directories = {
  production: 'https://acme-v02.api.letsencrypt.org/directory',
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
} as const;

const issuer = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField(
        'Let’s Encrypt, which every device trusts. The DNS-01 challenge at Cloudflare proves that a name is yours, so nothing needs to be reachable from the internet.',
        z.literal('letsencrypt'),
      ),
      directory: publicField(
        'The server of Let’s Encrypt. No device trusts certificates of staging, but its rate limits are high.',
        z.enum(['production', 'staging']).default('production'),
      ),
      email: privateField('The e-mail address for messages of Let’s Encrypt, such as a revocation.', email, {
        example: 'owner@example.org',
      }).optional(),
      token: secretField(
        'The API token that may edit the DNS of your zones.',
        z.string().regex(/^[A-Za-z0-9_-]{20,}$/, 'a token of Cloudflare, of letters, digits, _ and -'),
        {
          source:
            'the Cloudflare dashboard: My Profile → API Tokens → Create Token, with Zone / DNS / Edit and Zone / Zone / Read for your zones alone',
        },
      ).optional(),
    }),
    z.strictObject({
      kind: publicField(
        'Your own certificate authority, created in the cluster. You must install its certificate on every device.',
        z.literal('own'),
      ),
    }),
  ])
  .meta({ description: 'The issuer of certificates.' });

/** The section `certManager` of the configuration. */
export const certManagerSection = z
  .strictObject({
    enabled: publicField('Whether it runs.', z.boolean().default(true)),
    issuer,
  })
  .meta({
    description: 'Certificates for TLS in the cluster, issued and renewed by cert-manager.',
  });

export type CertManagerSection = z.output<typeof certManagerSection>;
