import type { RuleFinding } from '../components/contract/component.ts';
import type { Requirement } from '../components/contract/requirements.ts';
import { requesterTitle } from '../components/shared/requesters.ts';
import { fillIn, type PrivateValues, reference } from '../config/private.ts';

/**
 * Reports each route whose host an earlier route has. Hosts are compared by value, since each has a field of its own.
 * Requests for a host reach the first of its routes only, so that the other app would be unreachable.
 */
export function sharedHosts(
  routes: readonly Requirement<'route'>[],
  privateValues: PrivateValues,
): RuleFinding[] {
  const firsts = new Map<string, Requirement<'route'>>();
  return routes.flatMap((route) => {
    const host = fillIn(reference(route.host), privateValues).toLowerCase();
    const first = firsts.get(host);
    if (first === undefined) firsts.set(host, route);
    return first === undefined ? [] : [sharedHost(first, route)];
  });
}

/** The message names the fields only: the host is private. */
function sharedHost(
  { requester: first }: Requirement<'route'>,
  { requester: second }: Requirement<'route'>,
): RuleFinding {
  return {
    code: 'taken',
    field: second.field,
    message: `the host of a route is taken: ${requesterTitle(first)} has it (${first.field}), and ${requesterTitle(second)} requires it (${second.field})`,
    expected: 'a host of its own for each route',
    remedy: `change ${second.field} or ${first.field}`,
  };
}
