import { isDeepStrictEqual } from 'node:util';
import { mapsAt } from '../../kubernetes/fields.ts';
import type { AnalysedRule, RouteControls } from './analysedRule.ts';

/**
 * What rules do to the others of their Envoy. Each kind of breakage leaves a Gateway with what it was told before,
 * while the status of every object says that it is accepted (seen with Envoy Gateway 1.9.1 and Envoy 1.39.1):
 * - Envoy Gateway breaks off: nothing that comes later reaches the Envoy, neither routes nor policies.
 * - Envoy refuses the listener: routes that come later do reach it, and the filters that their policies need do not,
 *   so they are open.
 * - Envoy refuses the routes of a port: what comes later does not reach it, of other ports neither.
 *
 * @param refusedRoutes why, by Envoy
 */
export function propagateFailures(
  analysed: readonly AnalysedRule[],
  refusedRoutes: ReadonlyMap<string, readonly string[]>,
): readonly RouteControls[] {
  const failing = analysed.filter(
    ({ controls: said, translationError, listenerRejection }) =>
      translationError !== undefined || listenerRejection !== undefined || recomputesRoute(said),
  );
  if (failing.length === 0 && refusedRoutes.size === 0) return analysed.map(({ controls: said }) => said);
  return analysed.map((each) => {
    const reasons = failing
      .filter(({ envoy }) => envoy === each.envoy)
      .flatMap((other) => [...failuresOf(other, each), ...reroutes(other, each)]);
    const refused = isHttp(each) ? (refusedRoutes.get(each.envoy) ?? []) : [];
    return { ...each.controls, unknowns: [...each.controls.unknowns, ...refused, ...new Set(reasons)] };
  });
}

/** Whether Envoy serves it by a table of routes. */
function isHttp({ controls: said }: AnalysedRule): boolean {
  return ['HTTP', 'HTTPS'].includes(said.listener.protocol);
}

function failuresOf(failed: AnalysedRule, { controls: said }: AnalysedRule): readonly string[] {
  const { translationError, listenerRejection } = failed;
  return [
    ...(translationError === undefined
      ? []
      : [`${translationError}; Envoy Gateway breaks off, and Envoy keeps what it had`]),
    ...(listenerRejection === undefined || failed.controls.listener.port !== said.listener.port
      ? []
      : [`${listenerRejection}; Envoy refuses the listener, and later policies do nothing on it`]),
  ];
}

/** After its check, such a rule lets Envoy choose the route again: the request may go on by another rule. */
function recomputesRoute({ controls }: RouteControls): boolean {
  return controls.some(({ configuration }) =>
    [configuration, ...mapsAt(configuration, 'providers')].some((each) => each['recomputeRoute'] === true),
  );
}

function reroutes({ controls: other }: AnalysedRule, { controls: said }: AnalysedRule): readonly string[] {
  if (!recomputesRoute(other) || other.listener.port !== said.listener.port) return [];
  if (isDeepStrictEqual([other.route, other.rule.index], [said.route, said.rule.index])) return [];
  const { namespace = '', name } = other.route;
  return [`recomputeRoute of ${namespace}/${name} may lead here past what this rule demands`];
}
