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

const k8sGateway = z
  .strictObject({
    address: privateField(
      'The address of the name server in the home network. It is one of cluster.network.loadBalancer.addresses.',
      ipAddress,
      { example: '192.168.1.243' },
    ),
    zone: privateField(
      'The zone that it answers for, and that the router forwards to it: the domain of the routes from home. For other names of the zone it answers that they are not there.',
      hostname,
      { example: 'example.org' },
    ),
    images: z
      .strictObject({
        k8sGateway: publicField('The image of k8s_gateway.', image.default(images.k8sGateway)),
      })
      .meta({ description: 'An image to use instead of the one with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({ description: 'The name server k8s_gateway, to which the router forwards the zone.' });

/** What each kind has beside it. */
const settingsOf = { document: undefined, unifi: 'unifi', 'k8s-gateway': 'k8sGateway' } as const;

const kindOf = { unifi: 'unifi', k8sGateway: 'k8s-gateway' } as const;
const missing = {
  unifi: 'names are written into a UniFi console, and unifi does not say which',
  k8sGateway: 'k8s_gateway answers with the names, and k8sGateway does not say at which address',
} as const;
const unused = {
  unifi: 'unifi is set, and nothing is written into a UniFi console',
  k8sGateway: 'k8sGateway is set, and no k8s_gateway answers with the names',
} as const;

/** The section `homeDns` of the configuration. */
export const homeDnsSection = z
  .strictObject({
    enabled: publicField('Whether names at home are wanted.', z.boolean().default(true)),
    kind: publicField(
      'Who answers with the records: the resolver of the home network, into which you write them by the list in docs/quickstart.md (document), or external-dns, where it is a UniFi console (unifi); or a name server in the cluster, to which the router forwards the zone (k8s-gateway).',
      z.enum(['document', 'unifi', 'k8s-gateway']).default('document'),
    ),
    unifi: unifi.optional(),
    k8sGateway: k8sGateway.optional(),
  })
  .superRefine((section, context) => {
    const wanted = settingsOf[section.kind];
    const unwanted = (['unifi', 'k8sGateway'] as const).find(
      (each) => each !== wanted && section[each] !== undefined,
    );
    const expected =
      'kind: unifi together with unifi, kind: k8s-gateway together with k8sGateway, or kind: document without them';
    if (wanted !== undefined && section[wanted] === undefined)
      raise(context, {
        code: 'needs-another',
        message: missing[wanted],
        expected,
        remedy: `add ${wanted}.address`,
      });
    if (unwanted !== undefined)
      raise(context, {
        code: 'needs-another',
        message: unused[unwanted],
        expected,
        remedy: `add kind: ${kindOf[unwanted]}, or remove ${unwanted}`,
      });
  })
  .meta({
    description:
      'The names of routes from home: which records the resolver of the home network has to have, and whether it does. No public zone gets them.',
  });

export type HomeDnsSection = z.output<typeof homeDnsSection>;
/** The section with a UniFi console. */
export type UnifiSection = NonNullable<HomeDnsSection['unifi']>;

/** The console into which names are written, if there is one. */
export function consoleOf({ kind, unifi }: HomeDnsSection): UnifiSection | undefined {
  return kind === 'unifi' ? unifi : undefined;
}

/** The section with a name server in the cluster. */
export type NameServerSection = NonNullable<HomeDnsSection['k8sGateway']>;

/** The name server to which the router forwards the zone, if there is one in the cluster. */
export function nameServerOf({ kind, k8sGateway }: HomeDnsSection): NameServerSection | undefined {
  return kind === 'k8s-gateway' ? k8sGateway : undefined;
}
