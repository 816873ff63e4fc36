import * as z from 'zod';
import type { Component } from '../../src/components/contract/component.ts';
import type {
  AccessLogin,
  HomeNetworkLogin,
  JwtLogin,
  NoLogin,
} from '../../src/components/contract/login.ts';
import type { Backend } from '../../src/components/contract/network.ts';
import type { Requirement, RouteRequirement } from '../../src/components/contract/requirements.ts';
import { fluxKustomizationIn, withField } from '../../src/components/shared/fluxKustomizations.ts';
import { privateNamed } from '../../src/config/private.ts';

export const sampleNamespace = 'apps';
const place = fluxKustomizationIn(sampleNamespace, 'samples');
const { fluxKustomization, manifest } = withField('cluster');

/** An app behind routes: its Service is `NAME`, its host `${NAME_HOST}`. */
export function backendOf(name: string): Backend {
  const workload = {
    directory: `${place.directory}/app`,
    namespace: sampleNamespace,
    name,
    labels: { app: name },
  };
  return { workload, service: name, port: 80, targetPort: 8080 };
}

export const hostOf = (name: string) => privateNamed(`${name.toUpperCase()}_HOST`);
export const requesterOf = (name: string) => ({
  component: 'samples',
  instance: name,
  field: `samples.${name}`,
});

/** A route of HTTP. */
export function httpRoute(
  name: string,
  login: RouteRequirement['login'],
  more: Partial<RouteRequirement> = {},
): RouteRequirement {
  return {
    kind: 'route',
    requester: requesterOf(name),
    host: hostOf(name),
    ...{ from: 'internet', gate: 'gateway', clients: 'browser' },
    backend: backendOf(name),
    login,
    ...more,
  };
}

/** A route of gRPC. */
export function grpcRoute(
  name: string,
  more: Partial<Requirement<'grpc-route'>> = {},
): Requirement<'grpc-route'> {
  return {
    kind: 'grpc-route',
    requester: requesterOf(name),
    host: hostOf(name),
    from: 'internet',
    backend: backendOf(name),
    login: { ...logins.jwt, issuer: 'inside' },
    health: false,
    reflection: false,
    ...more,
  };
}

/** A port of the Gateway of the home that leads to a server of TCP. */
export function tcpRoute(
  name: string,
  port: number,
  more: Partial<Requirement<'tcp-route'>> = {},
): Requirement<'tcp-route'> {
  return {
    kind: 'tcp-route',
    requester: requesterOf(name),
    port,
    from: 'home',
    backend: backendOf(name),
    login: logins.home,
    ...more,
  };
}

/** A host of the Gateway of the home whose TLS its server opens. */
export function tlsRoute(
  name: string,
  more: Partial<Requirement<'tls-route'>> = {},
): Requirement<'tls-route'> {
  return {
    kind: 'tls-route',
    requester: requesterOf(name),
    host: hostOf(name),
    from: 'home',
    backend: backendOf(name),
    login: logins.home,
    ...more,
  };
}

const field = 'samples.login';
export const logins = {
  access: {
    kind: 'access',
    field,
    audience: privateNamed('SAMPLE_AUDIENCE'),
    emails: [privateNamed('SAMPLE_OWNER')],
    serviceTokens: [privateNamed('SAMPLE_TOKEN')],
  } satisfies AccessLogin,
  jwt: {
    kind: 'jwt',
    field,
    issuer: 'outside',
    audiences: ['apps'],
    allow: { emails: [], groups: [], scopes: [] },
  } satisfies JwtLogin,
  home: { kind: 'home-network' } satisfies HomeNetworkLogin,
  none: { kind: 'none', field, reason: 'a page for guests', until: '2027-01-01' } satisfies NoLogin,
};

/** The private values of the handles above. */
export const loginValues = {
  SAMPLE_AUDIENCE: '4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2',
  SAMPLE_OWNER: 'owner@example.org',
  SAMPLE_TOKEN: '0123456789abcdef0123456789abcdef.access',
};

/** A component that requires the routes, and the namespace of their apps. */
export function sampleRoutes(routes: readonly Requirement[]): Component {
  return {
    name: 'samples',
    summary: 'Routes of a test.',
    schema: z.undefined(),
    requires: () => [
      {
        kind: 'namespace',
        requester: requesterOf('samples'),
        name: sampleNamespace,
        podSecurity: 'restricted',
      },
      ...routes,
    ],
    build: (context) => ({
      manifests: [
        manifest(place, 'services.yaml', [
          ...new Map(
            routes.flatMap((route) =>
              'backend' in route ? [[route.backend.service, serviceOf(route.backend)] as const] : [],
            ),
          ).values(),
        ]),
      ],
      fluxKustomizations: [
        fluxKustomization(
          place,
          (['route', 'grpc-route', 'tcp-route', 'tls-route'] as const).flatMap((kind) =>
            context.bindings(kind).flatMap(({ binding }) => binding.fluxKustomization ?? []),
          ),
          '5m',
        ),
      ],
    }),
  };
}

function serviceOf({ workload, service, port, targetPort }: Backend) {
  return {
    apiVersion: 'v1' as const,
    kind: 'Service' as const,
    metadata: { name: service, namespace: workload.namespace },
    spec: { selector: workload.labels, ports: [{ name: 'http', port, targetPort }] },
  };
}
