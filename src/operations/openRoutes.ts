import { activeComponents } from '../compile/active.ts';
import { compile } from '../compile/compile.ts';
import type { RouteException } from '../compile/routeException.ts';
import { catalogue } from '../components/catalogue.ts';
import { routeKinds } from '../components/shared/routes.ts';
import type { Configuration } from '../private-values/configuration.ts';
import type { Problem } from '../problems/problem.ts';
import { endedExceptions } from './exceptions.ts';

/** A route that the configuration leaves open, and what is to be said once that is over. */
export interface OpenRoute {
  exception: RouteException;
  /** Undefined while it lasts. */
  ended: Problem | undefined;
}

/** The routes that a configuration leaves open. It is compiled only where there are some, since that takes its time. */
export function openRoutes({ loaded }: Configuration, now: Date): OpenRoute[] {
  const kinds: ReadonlySet<string> = new Set(routeKinds);
  const asksForNone = activeComponents(loaded.cluster, loaded, catalogue).some(({ component, context }) =>
    component
      .requires?.(context)
      .some((asked) => kinds.has(asked.kind) && 'login' in asked && asked.login.kind === 'none'),
  );
  if (!asksForNone) return [];
  const { exceptions = [] } = compile(loaded, catalogue).plan ?? {};
  return exceptions.map((exception) => {
    const [ended] = endedExceptions([exception], loaded.places, now);
    return { exception, ended };
  });
}
