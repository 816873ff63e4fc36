import * as z from 'zod';
import { privateField, publicField, secretField } from '../../config/field.ts';
import { image } from '../../config/values/kubernetes.ts';
import { hostname } from '../../config/values/network.ts';
import { images } from './versions.ts';

/** The section `externalDns` of the configuration. */
export const externalDnsSection = z
  .strictObject({
    enabled: publicField('Whether it runs.', z.boolean().default(true)),
    zones: z
      .array(privateField('A zone.', hostname))
      .min(1)
      .meta({
        description:
          'The zones at Cloudflare whose records it writes. Every name from the internet is in one of them.',
        visibility: 'private',
        substitution: 'DNS_ZONE',
        examples: [['example.org']],
      }),
    token: secretField(
      'The API token that may edit the DNS of these zones.',
      z.string().regex(/^[A-Za-z0-9_-]{20,}$/, 'a token of Cloudflare, of letters, digits, _ and -'),
      {
        source:
          'the Cloudflare dashboard: My Profile → API Tokens → Create Token, with Zone / DNS / Edit and Zone / Zone / Read for these zones alone',
      },
    ).optional(),
    images: z
      .strictObject({
        externalDns: publicField('The image of external-dns.', image.default(images.externalDns)),
      })
      .meta({ description: 'An image to use instead of the one with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({
    description:
      'The names in the public zone at Cloudflare, written by external-dns: those of routes from the internet, and no others.',
  });

export type ExternalDnsSection = z.output<typeof externalDnsSection>;
