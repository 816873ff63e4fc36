import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { examples } from '../../../testDirectory.ts';

/** An echo of the example platform: how it is asked follows from what the configuration says of its route. */
export interface Instance {
  readonly name: string;
  readonly protocol: 'http' | 'grpc' | 'tcp' | 'tls';
  readonly gateway: 'envoy-external' | 'envoy-internal' | 'envoy-tunnel';
  /** The port of the Gateway's listener. */
  readonly port: number;
  readonly host: string;
  /** Whether it is Access whose token it is asked with. */
  readonly isAccess: boolean;
  /** The kind of its login. */
  readonly login: string;
}

const login = z.object({ login: z.looseObject({ kind: z.string() }) });
const written = z.object({
  echo: z.object({
    instances: z.record(
      z.string(),
      z.looseObject({
        protocol: z.enum(['http', 'grpc', 'tcp', 'tls']),
        gatewayPort: z.number().optional(),
        internet: login.optional(),
        home: login.optional(),
      }),
    ),
  }),
});
const privately = z.object({
  tokenIssuers: z.object({
    issuers: z.object({
      keycloak: z.object({ issuer: z.string(), keys: z.object({ url: z.string() }) }),
    }),
  }),
  echo: z.object({
    instances: z
      .looseObject({
        access: z.object({
          host: z.string(),
          internet: z.object({ login: z.object({ audience: z.string(), emails: z.array(z.string()) }) }),
        }),
      })
      .catchall(z.looseObject({ host: z.string() })),
  }),
});

const read = (file: string): unknown => parse(readFileSync(join(examples, 'platform', file), 'utf8'));

/** The private values of the example that issuers and tokens have. */
export function exampleValues() {
  const { tokenIssuers, echo } = privately.parse(read('cluster.private.yaml'));
  const { issuer, keys } = tokenIssuers.issuers.keycloak;
  const { hostname, pathname } = new URL(keys.url);
  const { audience, emails } = echo.instances.access.internet.login;
  return { issuer, keysHost: hostname, keysPath: pathname, accessAudience: audience, email: emails[0] };
}

/** All of them, in the order of the file. */
export function exampleInstances(): readonly Instance[] {
  const { instances } = written.parse(read('cluster.yaml')).echo;
  const hosts = privately.parse(read('cluster.private.yaml')).echo.instances;
  return Object.entries(instances).map(([name, { protocol, gatewayPort, internet, home }]) => {
    if ((internet === undefined) === (home === undefined)) throw new Error(`${name} has not one origin`);
    const { kind } = (internet ?? home)?.login ?? { kind: '' };
    const isAccess = kind === 'access';
    return {
      ...{ name, protocol, isAccess, login: kind },
      gateway: home !== undefined ? 'envoy-internal' : isAccess ? 'envoy-tunnel' : 'envoy-external',
      port: gatewayPort ?? (isAccess ? 80 : 443),
      // A route of TCP has none.
      host: hosts[name]?.host ?? `${name}.example.org`,
    };
  });
}
