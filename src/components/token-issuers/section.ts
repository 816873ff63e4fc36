import * as z from 'zod';
import { privateField, publicField } from '../../config/field.ts';
import { raise } from '../../config/finding.ts';
import { labelName } from '../../config/values/kubernetes.ts';
import { port } from '../../config/values/network.ts';
import { httpsUrl } from '../../config/values/url.ts';
import { word } from '../shared/loginFields.ts';

const service = z
  .strictObject({
    namespace: publicField('The namespace of the Service.', labelName, { example: 'identity' }),
    name: publicField('The Service of the issuer.', labelName, { example: 'keycloak-service' }),
    port: publicField('The port of the Service, of plain HTTP.', port.default(8080)),
    targetPort: publicField(
      'The port of the pods behind it; that of the Service by default.',
      port.optional(),
      { example: 8080 },
    ),
    path: publicField(
      'The path of the keys.',
      z.string().regex(/^\/[A-Za-z0-9._~/-]*$/, 'an absolute path of a URL, without a query'),
      { example: '/realms/home/protocol/openid-connect/certs' },
    ),
    labels: publicField('The labels of the pods of the issuer.', z.record(z.string(), z.string()), {
      example: { app: 'keycloak' },
    }),
  })
  .meta({
    description:
      'The issuer as a Service of the cluster: its keys are fetched there, and not by its public name.',
  });

const keys = z
  .strictObject({
    url: privateField('The URL of the keys (JWKS) of an issuer outside of the cluster.', httpsUrl, {
      example: 'https://id.example.org/realms/home/protocol/openid-connect/certs',
    }).optional(),
    service: service.optional(),
  })
  .superRefine(({ url, service }, context) => {
    if ((url === undefined) !== (service === undefined)) return;
    raise(context, {
      code: 'wrong-value',
      message: 'the keys of an issuer are at one place',
      expected: 'either url, for an issuer outside of the cluster, or service, for one in it',
    });
  })
  .meta({ description: 'Where the keys are with which tokens are verified.' });

const claim = z.strictObject({
  claim: publicField(
    'The claim of the token. Only a text, a number or a truth value: Envoy writes no list into a header.',
    z.string().regex(/^[A-Za-z0-9_:.-]+$/, 'the name of a claim; a dot leads into an object'),
    { example: 'preferred_username' },
  ),
  header: publicField(
    'The request header in which the app gets it. Clients cannot send it.',
    z
      .string()
      .regex(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/, 'the name of a header, of letters, digits and hyphens'),
    { example: 'X-User-Name' },
  ),
});

const issuer = z.strictObject({
  issuer: privateField('The issuer exactly as its tokens have it in the claim iss.', httpsUrl, {
    example: 'https://id.example.org/realms/home',
  }),
  keys,
  claims: z.array(claim).default([]).meta({
    description: 'Claims that apps get as request headers, beside sub (X-User-ID) and email (X-User-Email).',
    visibility: 'public',
  }),
});

const byLabel = z
  .strictObject({
    issuer: publicField('The issuer, one of issuers.', labelName, { example: 'keycloak' }),
    audiences: publicField(
      'For whom a token is meant: at least one. Without it any token of the issuer would pass.',
      z.array(word).min(1).max(8),
      { example: ['home-apps'] },
    ),
    namespaces: publicField(
      'The namespaces of the routes. A route elsewhere is not protected by its label.',
      z.array(labelName).min(1),
      { example: ['default'] },
    ),
  })
  .meta({
    description:
      'The policy jwt-auth for routes of your own: an HTTPRoute with the label "security: jwt-protected" demands a token. Routes of Gatehouse say it themselves.',
  });

/** The section `tokenIssuers` of the configuration. */
export const tokenIssuersSection = z
  .strictObject({
    enabled: publicField('Whether they are used.', z.boolean().default(true)),
    issuers: z.record(labelName, issuer).meta({
      description: 'The issuers, by a name of your own. Any issuer of OpenID Connect.',
      visibility: 'public',
    }),
    byLabel: byLabel.optional(),
  })
  .meta({
    description:
      'Who signs the tokens (JWT) that a route may demand, and where the keys are that verify them.',
  });

export type TokenIssuersSection = z.output<typeof tokenIssuersSection>;
export type TokenIssuer = TokenIssuersSection['issuers'][string];
