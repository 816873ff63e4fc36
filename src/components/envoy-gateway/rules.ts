import type { BuildContext, RuleFinding } from '../contract/component.ts';
import { outsideRanges, withoutAddresses } from '../shared/loadBalancerAddress.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { type AnyRoute, containerPort, gatewayName, gatewayOf, gatewaysOf, routeName } from './names.ts';
import type { EnvoyGatewaySection } from './section.ts';
import { claimHeadersTooMany } from './traffic.ts';

type Context = BuildContext<EnvoyGatewaySection>;

/** What does not fit together, in the section or between routes. */
export function rules(context: Context): RuleFinding[] {
  const routes = routesOf(context);
  return [
    ...mergedFindings(context),
    ...addressFindings(context),
    ...routes.flatMap((route) => [...missingGateway(context, route), ...outsideDomain(context, route)]),
    ...sameNames(routes),
    ...sharedHosts(context, routes),
    ...takenPorts(context),
    ...tooManyHeaders(context),
  ];
}

/** Every route that the gateway provides, of whatever protocol. */
export function routesOf({ provided }: Pick<Context, 'provided'>): AnyRoute[] {
  return [
    ...provided('route'),
    ...provided('grpc-route'),
    ...provided('tcp-route'),
    ...provided('tls-route'),
  ];
}

function mergedFindings({ section }: Context): RuleFinding[] {
  const keys = gatewaysOf(section);
  if (!section.merged || keys.length < 2) return [];
  const names = keys.map(gatewayName).join(', ');
  return [
    {
      code: 'needs-another',
      field: 'envoyGateway.merged',
      message: `envoyGateway.merged: ${names} would share one Envoy at one address, and each has policies of its own: whoever reaches one of them could ask for the hosts of the others`,
      expected: 'merged: false, or one of external, internal and tunnel alone',
      remedy: `remove envoyGateway.merged, or leave one of ${keys.join(', ')}`,
    },
  ];
}

/**
 * Whoever gives out addresses must be able to give a Gateway one of its own, and has it only if it is in its ranges: a Service
 * that asks for another one waits for ever.
 */
function addressFindings(context: Context): RuleFinding[] {
  const { section, settings } = context;
  const { loadBalancer } = settings.cluster.network;
  return (['external', 'internal'] as const)
    .filter((key) => section[key] !== undefined)
    .flatMap((key) => {
      const field = `envoyGateway.${key}.address`;
      const without = withoutAddresses(loadBalancer, { field, what: `the Gateway ${gatewayName(key)}` });
      return without.length > 0 ? without : wrongAddress(context, key);
    });
}

function wrongAddress(context: Context, key: 'external' | 'internal'): RuleFinding[] {
  const { external, internal } = context.section;
  const address = context.section[key]?.address;
  if (address === undefined) return [];
  const field = `envoyGateway.${key}.address`;
  const { loadBalancer } = context.settings.cluster.network;
  const outside = outsideRanges(context, loadBalancer, address, { field, what: gatewayName(key) });
  if (outside.length > 0) return outside;
  const isShared =
    key === 'internal' && external !== undefined && internal !== undefined
      ? context.isSameAddress(external.address, internal.address)
      : false;
  if (!isShared) return [];
  return [
    {
      code: 'taken',
      field,
      message: `${field} is the address of ${gatewayName('external')} too: the router would forward the internet to the Gateway of the home network`,
      expected: 'an address of its own for each Gateway',
      remedy: `change ${field} or envoyGateway.external.address`,
    },
  ];
}

function missingGateway({ section }: Context, route: AnyRoute): RuleFinding[] {
  const key = gatewayOf(route);
  if (section[key] !== undefined) return [];
  const { field } = route.requester;
  return [
    {
      code: 'needs-another',
      field,
      message: `${requesterTitle(route.requester)} requires a route of the Gateway ${gatewayName(key)} (${field}), and envoyGateway.${key} is not set`,
      expected: `envoyGateway.${key}`,
      remedy: `add ${key} to envoyGateway, or change ${field}`,
    },
  ];
}

/**
 * The certificate of the Gateway covers one label below the domain, and its listener takes no other host. A backend that
 * opens TLS itself has a certificate of its own.
 */
function outsideDomain(context: Context, route: AnyRoute): RuleFinding[] {
  if (!('host' in route)) return [];
  const { domain } = context.section;
  const isTls = route.kind === 'tls-route';
  if (isTls ? context.isBelow(route.host, domain) : context.isOneLabelBelow(route.host, domain)) return [];
  const { field } = route.requester;
  return [
    {
      code: 'wrong-value',
      field,
      message: `the host of ${requesterTitle(route.requester)} (${field}) is not ${isTls ? '' : 'one label '}below envoyGateway.domain`,
      expected: isTls
        ? 'a host below the domain'
        : 'a host directly below the domain, such as app.example.org below example.org',
      remedy: `change the host of ${requesterTitle(route.requester)}, or envoyGateway.domain`,
    },
  ];
}

type Hosted = Extract<AnyRoute, { host: unknown }>;

/** A name leads to one Gateway from an origin, and cloudflared takes one audience for a host. */
function sharedHosts(context: Context, routes: readonly AnyRoute[]): RuleFinding[] {
  const hosted = routes.filter((route): route is Hosted => 'host' in route);
  return hosted.flatMap((route, index) => {
    const first = hosted
      .slice(0, index)
      .find(
        (other) =>
          other.from === route.from &&
          context.isSameHost(other.host, route.host) &&
          (gatewayOf(other) !== gatewayOf(route) || gatewayOf(route) === 'tunnel'),
      );
    if (first === undefined) return [];
    const { field } = route.requester;
    const isTunnel = gatewayOf(first) === gatewayOf(route);
    return [
      {
        code: 'taken' as const,
        field,
        message: `${requesterTitle(first.requester)} and ${requesterTitle(route.requester)} have one host from the internet (${first.requester.field} and ${field}), ${isTunnel ? 'which has one application of Cloudflare Access' : 'and their logins need Gateways of different addresses'}`,
        expected: 'a host of its own for each of them',
        remedy: `change ${field} or ${first.requester.field}`,
      },
    ];
  });
}

/** What each Gateway has already, and what Envoy itself uses in its pod (`bootstrap.go`, `shutdown_manager.go`). */
const ownPorts = [80, 443, 19_000, 19_001, 19_002, 19_003];

/** A port leads to one server: two ports that are one in the pod of Envoy too. */
function takenPorts({ provided }: Context): RuleFinding[] {
  const routes = provided('tcp-route');
  return routes.flatMap((route, index) => {
    const { requester, port } = route;
    const isOwn = ownPorts.some((own) => containerPort(own) === containerPort(port));
    const first = routes
      .slice(0, index)
      .find(
        (other) => gatewayOf(other) === gatewayOf(route) && containerPort(other.port) === containerPort(port),
      );
    if (!isOwn && first === undefined) return [];
    const by = first === undefined ? 'the Gateway itself' : requesterTitle(first.requester);
    return [
      {
        code: 'taken' as const,
        field: requester.field,
        message: `port ${port} of ${gatewayName(gatewayOf(route))} is taken by ${by}, and ${requesterTitle(requester)} requires it (${requester.field})`,
        expected: 'a port of its own for each TCP route; below 1024 also none that is 10000 more',
        remedy: `change the port of ${requesterTitle(requester)}`,
      },
    ];
  });
}

/** A header that a client could send itself would not tell the app who asks. */
function tooManyHeaders(context: Context): RuleFinding[] {
  const tooMany = claimHeadersTooMany(context);
  if (tooMany === 0) return [];
  return [
    {
      code: 'wrong-value',
      field: 'tokenIssuers.issuers',
      message: `tokenIssuers.issuers: the issuers write claims into ${tooMany} more headers than a Gateway can remove from what clients send`,
      expected: 'fewer claims, or one header for the same claim of several issuers',
      remedy: 'remove claims that no app reads',
    },
  ];
}

/** A route and its policy are named after who requires it. */
function sameNames(routes: readonly AnyRoute[]): RuleFinding[] {
  const keyOf = (route: AnyRoute) => `${route.backend.workload.namespace}/${routeName(route)}`;
  return routes.flatMap((route, index) => {
    const first = routes.slice(0, index).find((other) => keyOf(other) === keyOf(route));
    if (first === undefined) return [];
    const { requester, from } = route;
    return [
      {
        code: 'taken' as const,
        field: requester.field,
        message: `${requesterTitle(first.requester)} and ${requesterTitle(requester)} require two routes from the ${from === 'home' ? 'home network' : 'internet'} with one name: ${first.requester.field} and ${requester.field}`,
        expected: 'one route from each origin for each app of a namespace',
        remedy: `change ${requester.field} or ${first.requester.field}`,
      },
    ];
  });
}
