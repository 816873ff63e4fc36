import { isDeepStrictEqual } from 'node:util';
import { mapsAt } from '../../kubernetes/fields.ts';
import type { AnalysedRule, RouteControls } from './analysedRule.ts';

/**
 * Propagates failures of rules to the other rules of their Envoy. With each kind of failure a Gateway keeps its old
 * configuration, while the status of every object says that it is accepted (seen with Envoy Gateway 1.9.1 and Envoy
 * 1.39.1):
 * - Envoy Gateway aborts the translation: Envoy receives no later routes or policies.
 * - Envoy rejects the listener: it receives later routes without the filters of their policies, so they are open.
 * - Envoy rejects the routes of a port: it receives no later routes, also for other ports.
 *
 * @param refusedRoutes the reason, by Envoy
 */
export function propagateFailures(
  analysed: readonly AnalysedRule[],
  refusedRoutes: ReadonlyMap<string, readonly string[]>,
): readonly RouteControls[] {
  const failing = analysed.filter(
    ({ controls, translationError, listenerRejection }) =>
      translationError !== undefined || listenerRejection !== undefined || recomputesRoute(controls),
  );
  if (failing.length === 0 && refusedRoutes.size === 0) return analysed.map(({ controls }) => controls);
  return analysed.map((each) => {
    const reasons = failing
      .filter(({ envoy }) => envoy === each.envoy)
      .flatMap((other) => [...failuresOf(other, each), ...reroutes(other, each)]);
    const refused = isHttp(each) ? (refusedRoutes.get(each.envoy) ?? []) : [];
    return { ...each.controls, unknowns: [...each.controls.unknowns, ...refused, ...new Set(reasons)] };
  });
}

/** Whether Envoy serves it from a route table. */
function isHttp({ controls }: AnalysedRule): boolean {
  return ['HTTP', 'HTTPS'].includes(controls.listener.protocol);
}

function failuresOf(failed: AnalysedRule, { controls }: AnalysedRule): readonly string[] {
  const { translationError, listenerRejection } = failed;
  return [
    ...(translationError === undefined
      ? []
      : [`${translationError}; Envoy Gateway breaks off, and Envoy keeps what it had`]),
    ...(listenerRejection === undefined || failed.controls.listener.port !== controls.listener.port
      ? []
      : [`${listenerRejection}; Envoy refuses the listener, and later policies do nothing on it`]),
  ];
}

/** After its check, such a rule makes Envoy choose the route again, so the request may match another rule. */
function recomputesRoute({ controls }: RouteControls): boolean {
  return controls.some(({ configuration }) =>
    [configuration, ...mapsAt(configuration, 'providers')].some((each) => each['recomputeRoute'] === true),
  );
}

function reroutes({ controls: other }: AnalysedRule, { controls }: AnalysedRule): readonly string[] {
  if (!recomputesRoute(other) || other.listener.port !== controls.listener.port) return [];
  if (isDeepStrictEqual([other.route, other.rule.index], [controls.route, controls.rule.index])) return [];
  const { namespace = '', name } = other.route;
  return [`recomputeRoute of ${namespace}/${name} may lead here past what this rule demands`];
}
