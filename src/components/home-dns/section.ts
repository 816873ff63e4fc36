import * as z from 'zod';
import { privateField, publicField, secretField } from '../../config/field.ts';
import { raise } from '../../config/finding.ts';
import { ipAddress } from '../../config/values/address.ts';
import { image } from '../../config/values/kubernetes.ts';
import { hostname } from '../../config/values/network.ts';
import { images } from './versions.ts';

const unifi = z
  .strictObject({
    address: privateField('The address of the console in the home network.', ipAddress, {
      example: '192.168.1.1',
    }),
    name: privateField(
      'The name that the certificate of the console is for. Without it, whoever answers at the address gets the key.',
      hostname,
      { example: 'unifi.example.org' },
    ).optional(),
    site: publicField(
      'The site, as the address of the console has it.',
      z
        .string()
        .regex(/^[A-Za-z0-9_-]+$/, 'a name of letters, digits, _ and -')
        .default('default'),
    ),
    apiKey: secretField(
      'The API key with which records are written.',
      z.string().regex(/^[\x21-\x7e]{16,}$/, 'an API key, of printable characters without a space'),
      { source: 'the console, signed in as an administrator of its own: Control Plane → Integrations' },
    ).optional(),
    images: z
      .strictObject({
        externalDns: publicField('The image of external-dns.', image.default(images.externalDns)),
        unifiWebhook: publicField(
          'The image of what external-dns writes to UniFi by.',
          image.default(images.unifiWebhook),
        ),
      })
      .meta({ description: 'Images to use instead of those with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({ description: 'The UniFi console whose resolver the home network asks.' });

/** The section `homeDns` of the configuration. */
export const homeDnsSection = z
  .strictObject({
    enabled: publicField('Whether names at home are wanted.', z.boolean().default(true)),
    kind: publicField(
      'Who writes the records: you, by the list in docs/quickstart.md (document), or external-dns, into a UniFi console (unifi).',
      z.enum(['document', 'unifi']).default('document'),
    ),
    unifi: unifi.optional(),
  })
  .superRefine((section, context) => {
    if ((section.kind === 'unifi') === (section.unifi !== undefined)) return;
    raise(context, {
      code: 'needs-another',
      message:
        section.kind === 'unifi'
          ? 'names are written into a UniFi console, and unifi does not say which'
          : 'unifi is set, and nothing is written into a UniFi console',
      expected: 'kind: unifi together with unifi, or kind: document without it',
      remedy: section.kind === 'unifi' ? 'add unifi.address' : 'add kind: unifi, or remove unifi',
    });
  })
  .meta({
    description:
      'The names of routes from home: which records the resolver of the home network has to have, and whether it does. No public zone gets them.',
  });

export type HomeDnsSection = z.output<typeof homeDnsSection>;
/** The section with a UniFi console. */
export type UnifiSection = NonNullable<HomeDnsSection['unifi']>;

/** The console into which names are written, if it is not you who writes them. */
export function consoleOf({ kind, unifi }: HomeDnsSection): UnifiSection | undefined {
  return kind === 'unifi' ? unifi : undefined;
}
