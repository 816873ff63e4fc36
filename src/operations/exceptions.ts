import { placeOf } from '../compile/places.ts';
import type { RouteException } from '../compile/routeException.ts';
import { requesterTitle } from '../components/shared/requesters.ts';
import type { Places } from '../config/schemaProblem.ts';
import type { Problem } from '../problems/problem.ts';
import type { Acceptance } from './check/acceptances.ts';
import { acceptedByExceptions } from './check/acceptedExceptions.ts';
import type { StatusItem } from './status/item.ts';
import { leastDays } from './verify/calendar/judged.ts';

/** Whether the last day has passed, in UTC. */
export function isOver({ until }: Pick<RouteException, 'until'>, now: Date): boolean {
  return now.toISOString().slice(0, 10) > until;
}

/** What an exception is about, as a noun: "the route of echo (open) from the internet". */
export function exceptionTitle({ requester, from }: RouteException): string {
  const origin = from === 'internet' ? 'the internet' : 'the home network';
  return `the route of ${requesterTitle(requester)} from ${origin}`;
}

/** The exceptions that are over: what is open without one is not meant to be. */
export function endedExceptions(exceptions: readonly RouteException[], places: Places, now: Date): Problem[] {
  return exceptions
    .filter((exception) => isOver(exception, now))
    .map((exception) => ({
      code: 'exception-ended' as const,
      ...placeOf(`${exception.field}.until`, places),
      message: `${exceptionTitle(exception)} was open to everybody until ${exception.until} (${exception.field}.until): ${exception.reason}`,
      expected: 'a login, or a later day if the reason still holds',
      remedy: `give ${exception.field} another kind, or change ${exception.field}.until`,
    }));
}

/** What the exceptions accept while they last. */
export function acceptedNow(exceptions: readonly RouteException[], now: Date): Acceptance[] {
  return acceptedByExceptions(exceptions.filter((exception) => !isOver(exception, now)));
}

/** The exceptions as what is left to do: each of them waits for a login. */
export function exceptionItems(exceptions: readonly RouteException[], now: Date): StatusItem[] {
  return exceptions.map((exception) => {
    const { reason, until, field, requester } = exception;
    return {
      id: `login-${field.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      missing: `a login for ${exceptionTitle(exception)}, which is open to everybody until ${until}: ${reason}`,
      source: `the table of logins in docs/routes.md. From the day after on, \`gatehouse configure\` refuses it`,
      minutes: 10,
      priority: isOver(exception, now) ? 'high' : isSoon(until, now) ? 'medium' : 'low',
      field,
      component: requester.component,
    };
  });
}

function isSoon(until: string, now: Date): boolean {
  return Date.parse(`${until}T23:59:59Z`) - now.getTime() < leastDays * 86_400_000;
}
