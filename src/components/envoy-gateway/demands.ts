import type { BuildContext } from '../contract/component.ts';
import type { AnyRoute } from './names.ts';
import { allowed, atHome, type Demands, type GatewayLogin, withAccess, withToken } from './policies.ts';
import { accessTeam, tokenIssuer } from './requirements.ts';
import type { EnvoyGatewaySection } from './section.ts';

/** What a route demands of a request, or of a connection, before the backend sees it. */
export function demandsOf(
  context: BuildContext<EnvoyGatewaySection>,
  route: AnyRoute & { login: GatewayLogin },
): Demands {
  const { login } = route;
  switch (login.kind) {
    case 'access':
      return withAccess(login, bound(context.binding(accessTeam(route))));
    case 'jwt':
      return withToken(login, bound(context.binding(tokenIssuer(context.section, route, login))));
    case 'home-network':
      return atHome(context.settings);
    case 'none':
      return allowed;
  }
}

/** @throws Error for a requirement without a provider, with which nothing is built */
export function bound<Given>(binding: Given | undefined): Given {
  if (binding === undefined) throw new Error('a requirement of a route has no provider');
  return binding;
}
