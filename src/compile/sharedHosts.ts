import type { RuleFinding } from '../components/contract/component.ts';
import { requesterTitle } from '../components/shared/requesters.ts';
import type { AnyRoute } from '../components/shared/routes.ts';
import { fillIn, type PrivateValues, reference } from '../config/private.ts';

type HostRoute = Exclude<AnyRoute, { kind: 'tcp-route' }>;

/**
 * Reports each route that an earlier one takes the requests of: it has the same host, or the same port of a gateway, from
 * the same origin. Hosts are compared by value, since each has a field of its own. A host may have several routes where
 * the paths tell them apart, and one name leads to all of them. From wherever one asks, a host leads to one app.
 */
export function sharedHosts(routes: readonly AnyRoute[], privateValues: PrivateValues): RuleFinding[] {
  const hosts = routes
    .filter((route) => route.kind !== 'tcp-route')
    .map((route) => ({ route, host: fillIn(reference(route.host), privateValues).toLowerCase() }));
  const ports = routes.filter((route) => route.kind === 'tcp-route');
  return [
    ...hosts.flatMap(({ route, host }, index) => {
      const first = hosts.slice(0, index).find((other) => other.host === host && isRival(other.route, route));
      return first === undefined ? [] : [taken(whatIsShared(first.route, route), first.route, route)];
    }),
    ...hosts.flatMap(({ route, host }, index) => {
      const first = hosts
        .slice(0, index)
        .find((other) => other.host === host && isOtherApp(other.route, route));
      return first === undefined ? [] : [otherApp(first.route, route)];
    }),
    ...ports.flatMap((route, index) => {
      const first = ports
        .slice(0, index)
        .find(({ port, from }) => port === route.port && from === route.from);
      return first === undefined ? [] : [taken(`port ${route.port} of a gateway`, first, route)];
    }),
  ];
}

function isRival(one: HostRoute, other: HostRoute): boolean {
  if (one.from !== other.from) return false;
  // Two kinds of routes for one host are a conflict in Gateway API, and a name leads to one entrance.
  if (one.kind !== 'route' || other.kind !== 'route' || entrance(one) !== entrance(other)) return true;
  return one.gate === 'proxy' || sharedPath(one, other) !== undefined;
}

/**
 * Whether one address of a browser leads to two apps, by where its user is: one of them would get the passwords and cookies of
 * the other, and a host that is meant for the home network would have a name for everybody.
 */
function isOtherApp(one: HostRoute, other: HostRoute): boolean {
  if (one.from === other.from) return false;
  const isOnePath = one.kind !== 'route' || other.kind !== 'route' || sharedPath(one, other) !== undefined;
  return isOnePath && appOf(one) !== appOf(other);
}

function appOf({ backend: { workload, service } }: HostRoute): string {
  return `${workload.namespace}/${service}`;
}

/** Where requests from an origin come in. */
function entrance({ login }: HostRoute): 'tunnel' | 'gateway' {
  return login.kind === 'access' || login.kind === 'access-and' ? 'tunnel' : 'gateway';
}

function sharedPath(one: HostRoute, other: HostRoute): string | undefined {
  if (one.kind !== 'route' || other.kind !== 'route') return undefined;
  const paths = new Set((other.paths ?? ['/']).map(withoutSlash));
  return (one.paths ?? ['/']).find((path) => paths.has(withoutSlash(path)));
}

/** A prefix of a path is the same with and without a slash at its end. */
function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

function whatIsShared(first: HostRoute, second: HostRoute): string {
  const path = sharedPath(first, second);
  return path === undefined || path === '/'
    ? 'the host of a route'
    : `the path ${path} of the host of a route`;
}

/** The message names the fields only: the host is private. */
function taken(what: string, { requester: first }: AnyRoute, { requester: second }: AnyRoute): RuleFinding {
  return {
    code: 'taken',
    field: second.field,
    message: `${what} is taken: ${requesterTitle(first)} has it (${first.field}), and ${requesterTitle(second)} requires it (${second.field})`,
    expected: 'a host or a path of its own for each route from one origin, and a port for each TCP route',
    remedy: `change ${second.field} or ${first.field}`,
  };
}

function otherApp(one: AnyRoute, other: AnyRoute): RuleFinding {
  const [home, internet] =
    one.from === 'home' ? [one.requester, other.requester] : [other.requester, one.requester];
  return {
    code: 'taken',
    field: internet.field,
    message: `the host of a route is that of another app at home: there it leads to ${requesterTitle(home)} (${home.field}), and from the internet to ${requesterTitle(internet)} (${internet.field})`,
    expected: 'a host of its own for each app, from wherever it is asked',
    remedy: `change the host of ${requesterTitle(internet)} or of ${requesterTitle(home)}`,
  };
}
