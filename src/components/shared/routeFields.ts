import * as z from 'zod';
import { privateField, publicField } from '../../config/field.ts';
import { raise } from '../../config/finding.ts';
import { hostname, port } from '../../config/values/network.ts';
import { logins } from './loginFields.ts';

/**
 * The name of a route. Private values are called after it (`ROUTES_NAME_HOST`), so that no two names may differ by
 * their hyphens alone.
 */
export const routeName = z.string().superRefine((value, context) => {
  if (/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(value) && value.length <= 32) return;
  raise(context, {
    code: 'not-a-name',
    message: 'the name of a route has another form',
    shown: `"${value}" is no name of a route`,
    expected:
      'at most 32 lower-case letters, digits and single hyphens, with a letter first, such as home-assistant',
  });
});

const pathPrefix = z.string().superRefine((value, context) => {
  const steps = value.split('/');
  if (
    /^\/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$/.test(value) &&
    !steps.some((step) => step === '.' || step === '..')
  )
    return;
  raise(context, {
    code: 'not-a-path',
    message: 'the path has another form',
    expected: 'a path from the root without "..", "%", "?" and "#", such as /api',
  });
});

const grpcName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.]*$/, 'a name of protobuf, such as whoami.Whoami');

const grpcMethod = z.strictObject({
  service: publicField('The service, with its package.', grpcName, { example: 'whoami.Whoami' }),
  method: publicField('One of its methods; all of them without it.', grpcName.optional(), {
    example: 'Whoami',
  }),
});

const host = privateField('The host name of the route, one label below envoyGateway.domain.', hostname, {
  example: 'echo.example.org',
});

function origins<Internet extends z.ZodType, Home extends z.ZodType>(internet: Internet, home: Home) {
  return {
    internet: z
      .strictObject({ login: internet })
      .meta({ description: 'How it is reached from the internet. Without it, it is not.' })
      .optional(),
    home: z
      .strictObject({ login: home })
      .meta({ description: 'How it is reached from the home network and the VPN. Without it, it is not.' })
      .optional(),
  };
}

/** The fields of a route, by protocol: each has the logins that can be checked there, so that no other can be written. */
export const routeFields = {
  http: {
    protocol: publicField('HTTP, with WebSockets. Requests are read and routed.', z.literal('http')),
    host,
    clients: publicField(
      'Who calls: browsers, the app of a phone or a television with its own way to sign in, or programs.',
      z.enum(['browser', 'app', 'machine']),
    ),
    paths: publicField(
      'The prefixes of the paths that lead to the app.',
      z.array(pathPrefix).min(1).max(16).default(['/']),
      { example: ['/api'] },
    ),
    ...origins(logins.http.internet, logins.http.home),
  },
  grpc: {
    protocol: publicField('gRPC, over HTTP/2.', z.literal('grpc')),
    host,
    methods: z.array(grpcMethod).min(1).max(16).optional().meta({
      description: 'What may be called. Without it, everything but health and reflection.',
    }),
    health: publicField(
      'Whether the health service may be called (grpc.health.v1.Health).',
      z.boolean().default(false),
    ),
    reflection: publicField(
      'Whether the server may be asked what it serves (grpc.reflection).',
      z.boolean().default(false),
    ),
    ...origins(logins.grpc.internet, logins.grpc.home),
  },
  tcp: {
    protocol: publicField('A port of the gateway that leads to the server as it is.', z.literal('tcp')),
    gatewayPort: publicField('The port of the gateway.', port, { example: 1883 }),
    ...origins(logins.unopened.internet, logins.unopened.home),
  },
  tls: {
    protocol: publicField(
      'TLS that the server ends itself. The gateway reads the name only.',
      z.literal('tls'),
    ),
    host,
    ...origins(logins.unopened.internet, logins.unopened.home),
  },
};

/** A route is reached from the internet, from home, or from both. */
export function fromSomewhere(
  { internet, home }: { internet?: unknown; home?: unknown },
  context: z.RefinementCtx,
): void {
  if (internet !== undefined || home !== undefined) return;
  raise(context, {
    code: 'needs-another',
    message: 'the route is reached from nowhere',
    expected: 'home: {}, for the home network and the VPN, or internet with a login, or both',
    remedy: 'add one of the two',
  });
}
