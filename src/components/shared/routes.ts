import type * as z from 'zod';
import { defined } from '../../kubernetes/defined.ts';
import type { Bound, BuildContext } from '../contract/component.ts';
import type { Backend } from '../contract/network.ts';
import type { Origin, Requester, Requirement } from '../contract/requirements.ts';
import { grpcLogin, httpLogin, unopenedLogin } from './logins.ts';
import type { routeFields } from './routeFields.ts';

type Fields<Protocol extends keyof typeof routeFields> = z.output<
  z.ZodObject<(typeof routeFields)[Protocol]>
>;
/** A route as `cluster.yaml` describes it. */
export type RouteFields = Fields<'http'> | Fields<'grpc'> | Fields<'tcp'> | Fields<'tls'>;

/** The kinds of routes. */
export const routeKinds = ['route', 'grpc-route', 'tcp-route', 'tls-route'] as const;
/** The requirement of a route, of any kind. */
export type AnyRoute = Requirement<(typeof routeKinds)[number]>;

/**
 * What a route requires: one route for each origin from which it is reached, because of the field of that origin.
 *
 * @param path - where `cluster.yaml` has it, such as `routes.echo`
 */
export function routesOf(
  { component, instance }: Pick<Requester, 'component' | 'instance'>,
  path: string,
  fields: RouteFields,
  backend: Backend,
): AnyRoute[] {
  return (['internet', 'home'] as const).flatMap((from) => {
    if (fields[from] === undefined) return [];
    const requester = { component, instance, field: `${path}.${from}` };
    return routeOf(fields, { requester, from, backend });
  });
}

function routeOf(
  fields: RouteFields,
  place: { requester: Requester; from: Origin; backend: Backend },
): AnyRoute[] {
  const { requester, from, backend } = place;
  const field = `${requester.field}.login`;
  const { directory } = backend.workload;
  switch (fields.protocol) {
    case 'http': {
      const { host, clients, paths } = fields;
      const login = fields[from]?.login;
      if (login === undefined) return [];
      const route = { kind: 'route', ...place, gate: 'gateway', host, clients, paths } as const;
      return [{ ...route, login: httpLogin(login, { field, directory }) }];
    }
    case 'grpc': {
      const { host, methods, health, reflection } = fields;
      const login = fields[from]?.login;
      if (login === undefined) return [];
      const named = methods?.map(({ service, method }) => defined({ service, method }));
      const route = { kind: 'grpc-route', ...place, host, health, reflection } as const;
      return [defined({ ...route, methods: named, login: grpcLogin(login, field) })];
    }
    case 'tcp': {
      const login = fields[from]?.login;
      if (login === undefined) return [];
      return [{ kind: 'tcp-route', ...place, port: fields.gatewayPort, login: unopenedLogin(login, field) }];
    }
    case 'tls': {
      const login = fields[from]?.login;
      if (login === undefined) return [];
      return [{ kind: 'tls-route', ...place, host: fields.host, login: unopenedLogin(login, field) }];
    }
  }
}

/** The Flux Kustomizations that bring the kinds of the objects of an instance's routes. */
export function gatesOf(
  { bindings }: Pick<BuildContext<unknown>, 'bindings'>,
  instance: string,
): readonly string[] {
  const bound: readonly Bound<(typeof routeKinds)[number]>[] = routeKinds.flatMap((kind) => [
    ...bindings(kind),
  ]);
  return bound
    .filter(({ requirement }) => requirement.requester.instance === instance)
    .flatMap(({ binding }) => binding.fluxKustomization ?? []);
}
