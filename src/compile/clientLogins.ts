import type { RuleFinding } from '../components/contract/component.ts';
import type { Login } from '../components/contract/login.ts';
import type { ClientKind, Requirement } from '../components/contract/requirements.ts';
import { appClientOf } from '../components/shared/appClients.ts';
import { requesterTitle } from '../components/shared/requesters.ts';
import { loginTitles } from './requirementTitles.ts';

type Route = Requirement<'route'>;

/** Reports each route with a login that only a browser can answer, in front of clients that are none. */
export function loginsForBrowsers(routes: readonly Route[]): RuleFinding[] {
  return routes.flatMap((route) => {
    const { clients, login, requester } = route;
    if (clients === 'browser' || !isForBrowsers(login)) return [];
    const known = appOf(route);
    const callers =
      clients === 'machine' ? 'programs call it' : `${known?.title ?? 'an app'} has clients of its own`;
    return [
      {
        code: 'login-for-browsers' as const,
        field: loginField(route),
        message: `${requesterTitle(requester)} demands ${loginTitles[login.kind]} (${requester.field}), which only a browser can answer, and ${callers}`,
        expected: known === undefined ? possible[clients] : `what works for ${known.title}: ${known.works}`,
        remedy: `choose another login, or say clients: browser if nothing but browsers should get in`,
      },
    ];
  });
}

/** Warns of routes for browsers to apps whose own clients are known, and would be shut out. */
export function clientsShutOut(routes: readonly Route[]): RuleFinding[] {
  return routes.flatMap((route) => {
    const known = appOf(route);
    const { clients, login, requester, gate } = route;
    if (known === undefined || clients !== 'browser' || gate === 'proxy' || !isForBrowsers(login)) return [];
    return [
      {
        code: 'login-for-browsers' as const,
        field: loginField(route),
        message: `${requesterTitle(requester)} demands ${loginTitles[login.kind]} (${requester.field}): browsers get in, and the own clients of ${known.title} do not`,
        expected: `what works for them: ${known.works}`,
        remedy: 'leave it if nothing but browsers should get in from there',
      },
    ];
  });
}

function appOf({ requester, backend }: Route) {
  return appClientOf(requester.instance, backend.service);
}

function loginField({ requester, login }: Route): string {
  return 'field' in login ? login.field : `${requester.field}.login`;
}

/** Whether it answers with a page that somebody has to fill in, and lets nobody through who brings a token. */
function isForBrowsers(login: Login): boolean {
  switch (login.kind) {
    case 'access':
      return login.serviceTokens.length === 0;
    case 'access-and':
      return login.access.serviceTokens.length === 0 || login.second.kind !== 'jwt';
    case 'oidc':
    case 'extauth':
      return true;
    case 'jwt':
    case 'oidc-or-jwt':
    case 'home-network':
    case 'none':
      return false;
  }
}

const possible: Record<Exclude<ClientKind, 'browser'>, string> = {
  machine:
    'jwt, or access with serviceTokens, which a program sends in the headers CF-Access-Client-Id and CF-Access-Client-Secret; oidc-or-jwt where browsers come too',
  app: 'home alone, with a VPN on the way; or access with serviceTokens, or jwt, if the app can be told to send headers; or none with a reason, if its own login is enough',
};
