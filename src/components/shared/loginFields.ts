import * as z from 'zod';
import { privateField, publicField } from '../../config/field.ts';
import { raise } from '../../config/finding.ts';
import { audienceTag, serviceToken } from '../../config/values/cloudflare.ts';
import { labelName } from '../../config/values/kubernetes.ts';
import { email } from '../../config/values/network.ts';
import { backendFields } from './backendFields.ts';

/** Text without spaces and control characters: a name of an audience, a group or a scope. */
/** A name that an issuer gives to something, in one word. */
export const word = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'text of letters, digits and signs, without spaces');

const day = z.string().superRefine((value, context) => {
  if (z.iso.date().safeParse(value).success) return;
  raise(context, {
    code: 'wrong-value',
    message: 'invalid value: there is no such day',
    expected: 'a day as YYYY-MM-DD, such as 2027-06-30',
  });
});

const emails = (description: string) =>
  z
    .array(privateField('An e-mail address.', email))
    .default([])
    .meta({ description, visibility: 'private', examples: [['owner@example.org']] });

const accessFields = {
  audience: privateField(
    'The audience tag of the Access application that covers the host name.',
    audienceTag,
    {
      example: '0'.repeat(64),
      source:
        'https://one.dash.cloudflare.com, under Access, Applications: add a self-hosted application for the host name; its overview shows the "Application Audience (AUD) Tag"',
    },
  ),
  emails: emails(
    'The e-mail addresses that may pass, in addition to the policy of Access. If neither addresses nor tokens are listed, everybody passes whom Access lets through.',
  ),
  serviceTokens: z
    .array(privateField('The client id of a service token.', serviceToken))
    .default([])
    .meta({
      description: 'The service tokens that may pass: one for each program.',
      visibility: 'private',
      examples: [[`${'0'.repeat(32)}.access`]],
    }),
};

const jwtFields = {
  issuer: publicField('The name of the issuer, one of tokenIssuers.issuers.', labelName, {
    example: 'keycloak',
  }),
  audiences: publicField(
    'For whom a token must be meant: at least one of these is in its claim aud. Without it, a token that the issuer made for any other app would do.',
    z.array(word).min(1).max(8),
    { example: ['echo'] },
  ),
  allow: z
    .strictObject({
      emails: emails('The claim email is one of these.'),
      groups: publicField('The claim groups has one of these.', z.array(word).max(32).default([]), {
        example: ['family'],
      }),
      scopes: publicField('The claim scope has all of these.', z.array(word).max(32).default([]), {
        example: ['echo:read'],
      }),
    })
    .meta({ description: 'Who of those with a token may pass. Where nothing is listed, all of them.' })
    .prefault({}),
};

const oidcFields = {
  groups: publicField('The groups whose members may pass.', z.array(word).min(1).max(32), {
    example: ['family'],
  }),
};

const extAuthFields = {
  service: z
    .strictObject(backendFields)
    .meta({ description: 'The service that is asked about each request.' }),
};

/** A login by its name, with its own fields. */
function login<Kind extends string, Fields extends z.core.$ZodLooseShape>(
  kind: Kind,
  description: string,
  fields: Fields,
) {
  return z.strictObject({ kind: publicField(description, z.literal(kind)), ...fields });
}

const access = login(
  'access',
  'Cloudflare Access asks in front of the tunnel, and its token is verified here.',
  accessFields,
);
const jwt = login('jwt', 'The client brings a signed token along (Authorization: Bearer …).', jwtFields);
const oidc = login('oidc', 'The login page of the identity provider.', oidcFields);
const extauth = login('extauth', 'A service in the cluster decides about each request.', extAuthFields);
const homeNetwork = login('home-network', 'Whoever is in the home network or the VPN.', {});
const accessAnd = login('access-and', 'Access first, and then a second login.', {
  access: z.strictObject(accessFields).meta({ description: 'The application of Access.' }),
  second: z
    .discriminatedUnion('kind', [jwt, oidc, extauth])
    .meta({ description: 'The login behind Access.' }),
});
const oidcOrJwt = login('oidc-or-jwt', 'A person signs in, a program brings a token: either is enough.', {
  oidc: z.strictObject(oidcFields).meta({ description: 'The login of persons.' }),
  jwt: z.strictObject(jwtFields).meta({ description: 'The tokens of programs.' }),
});
const none = login('none', 'Nobody is asked who they are. It needs a reason, and ends.', {
  reason: publicField(
    'Why nobody is asked, for whoever reads it later. Documents, "check" and "status" show it.',
    z.string().trim().min(10).max(200),
    { example: 'the webhook of the shop, which signs its requests itself' },
  ),
  until: publicField('The last day on which it is open, as YYYY-MM-DD.', day, {
    example: '2027-06-30',
  }),
});

const described = { description: 'What is demanded of a request before the app sees it.' };
const atHome = { kind: 'home-network' } as const;

const notFromInternet =
  'who comes from the internet is not at home, and who is at home does not pass Access in front of the tunnel';
const noRedirect =
  'a program that calls gRPC follows no login page, and Cloudflare hands no gRPC over to a tunnel';
const unopened =
  'the gateway hands these connections on unopened and sees no token: the server itself has to ask who it is';

/** The logins of each protocol, from each origin: no other can be written down. */
export const logins = {
  http: {
    internet: z
      .discriminatedUnion('kind', [access, jwt, oidc, extauth, accessAnd, oidcOrJwt, none], {
        error: because(notFromInternet),
      })
      .meta(described),
    home: z
      .discriminatedUnion('kind', [homeNetwork, jwt, oidc, extauth, oidcOrJwt, none], {
        error: because(notFromInternet),
      })
      .meta(described)
      .default(atHome),
  },
  grpc: {
    internet: z.discriminatedUnion('kind', [jwt, none], { error: because(noRedirect) }).meta(described),
    home: z
      .discriminatedUnion('kind', [homeNetwork, jwt, none], { error: because(noRedirect) })
      .meta(described)
      .default(atHome),
  },
  unopened: {
    internet: z.discriminatedUnion('kind', [none], { error: because(unopened) }).meta(described),
    home: z
      .discriminatedUnion('kind', [homeNetwork, none], { error: because(unopened) })
      .meta(described)
      .default(atHome),
  },
};

/** The reason is said where a choice is wrong, and not where a value is no map at all. */
function because(reason: string) {
  return (issue: { code?: string }): string | undefined =>
    issue.code === 'invalid_union' ? reason : undefined;
}

type HttpLogins = (typeof logins)['http'];
type GrpcLogins = (typeof logins)['grpc'];
type UnopenedLogins = (typeof logins)['unopened'];
export type HttpLoginFields = z.output<HttpLogins['internet' | 'home']>;
export type GrpcLoginFields = z.output<GrpcLogins['internet' | 'home']>;
export type UnopenedLoginFields = z.output<UnopenedLogins['internet' | 'home']>;
