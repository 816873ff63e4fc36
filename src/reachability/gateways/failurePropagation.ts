import { isDeepStrictEqual } from 'node:util';
import { mapsAt } from '../../kubernetes/fields.ts';
import type { Judged, RouteControls } from './analysedRule.ts';

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
  judged: readonly Judged[],
  refusedRoutes: ReadonlyMap<string, readonly string[]>,
): readonly RouteControls[] {
  const troubling = judged.filter(
    ({ said, breaksOff, refusedBy }) =>
      breaksOff !== undefined || refusedBy !== undefined || choosesAnew(said),
  );
  if (troubling.length === 0 && refusedRoutes.size === 0) return judged.map(({ said }) => said);
  return judged.map((each) => {
    const whys = troubling
      .filter(({ envoy }) => envoy === each.envoy)
      .flatMap((other) => [...breakages(other, each), ...doors(other, each)]);
    const refused = isHttp(each) ? (refusedRoutes.get(each.envoy) ?? []) : [];
    return { ...each.said, unknowns: [...each.said.unknowns, ...refused, ...new Set(whys)] };
  });
}

/** Whether Envoy serves it by a table of routes. */
function isHttp({ said }: Judged): boolean {
  return ['HTTP', 'HTTPS'].includes(said.listener.protocol);
}

function breakages(trouble: Judged, { said }: Judged): readonly string[] {
  const { breaksOff, refusedBy } = trouble;
  return [
    ...(breaksOff === undefined
      ? []
      : [`${breaksOff}; Envoy Gateway breaks off, and Envoy keeps what it had`]),
    ...(refusedBy === undefined || trouble.said.listener.port !== said.listener.port
      ? []
      : [`${refusedBy}; Envoy refuses the listener, and later policies do nothing on it`]),
  ];
}

/** After its check, such a rule lets Envoy choose the route again: the request may go on by another rule. */
function choosesAnew({ controls }: RouteControls): boolean {
  return controls.some(({ configuration }) =>
    [configuration, ...mapsAt(configuration, 'providers')].some((each) => each['recomputeRoute'] === true),
  );
}

function doors({ said: other }: Judged, { said }: Judged): readonly string[] {
  if (!choosesAnew(other) || other.listener.port !== said.listener.port) return [];
  if (isDeepStrictEqual([other.route, other.rule.index], [said.route, said.rule.index])) return [];
  const { namespace = '', name } = other.route;
  return [`recomputeRoute of ${namespace}/${name} may lead here past what this rule demands`];
}
