import { type AnyRoute, routeKinds } from '../components/shared/routes.ts';
import type { PlannedObject } from './plan.ts';
import type { Ready } from './resolve.ts';
import type { RouteException } from './routeException.ts';

/** The routes of every kind that somebody provides. */
export function providedRoutes(ready: readonly Ready[]): AnyRoute[] {
  return ready.flatMap(({ context }) =>
    routeKinds.flatMap((kind): readonly AnyRoute[] => context.provided(kind)),
  );
}

const ofRoutes: ReadonlySet<string> = new Set([
  'HTTPRoute',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
  'SecurityPolicy',
]);

/** The routes without a login, in the order in which they were asked for. */
export function exceptionsOf(
  routes: readonly AnyRoute[],
  objects: readonly PlannedObject[],
): RouteException[] {
  return routes.flatMap(({ requester, from, login }) => {
    if (login.kind !== 'none') return [];
    const { reason, until, field } = login;
    const made = objects
      .filter((planned) => planned.field === requester.field && ofRoutes.has(planned.object.kind))
      .map(({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    return [{ requester, from, reason, until, field, objects: made }];
  });
}
