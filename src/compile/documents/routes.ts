import type { JwtLogin, Login } from '../../components/contract/login.ts';
import type { AnyRoute } from '../../components/shared/routes.ts';
import { reference } from '../../config/private.ts';
import type { PlannedFile } from '../plan.ts';
import type { DocumentContext } from './context.ts';
import { loginTable } from './loginTable.ts';

/** The page about routes: which there are, what each login costs, and how to try one. */
export const routesFile = 'docs/routes.md';

/** `docs/routes.md`, where a gateway has a route. */
export function routesPage({ routes }: DocumentContext): PlannedFile[] {
  const ofGateway = routes.filter((route) => route.kind !== 'route' || route.gate === 'gateway');
  if (ofGateway.length === 0) return [];
  const parts = [
    table(ofGateway),
    exceptions(ofGateway),
    loginTable,
    tokens(ofGateway),
    accounts(ofGateway),
    names(ofGateway),
  ];
  const content = `# Routes and their logins\n\n${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return [{ path: routesFile, content }];
}

/** A route by its field, as \`cluster.yaml\` has it. */
function fieldOf({ requester }: AnyRoute): string {
  return `\`${requester.field}\``;
}

function hostOf(route: AnyRoute): string {
  return 'host' in route ? `\`${reference(route.host)}\`` : `port ${route.port}`;
}

const protocols: Record<AnyRoute['kind'], string> = {
  route: 'HTTP',
  'grpc-route': 'gRPC',
  'tcp-route': 'TCP',
  'tls-route': 'TLS, unopened',
};

function table(routes: readonly AnyRoute[]): string {
  const rows = routes.map((route) => {
    const from = route.from === 'internet' ? 'the internet' : 'home and VPN';
    return `| ${fieldOf(route)} | ${hostOf(route)} | ${protocols[route.kind]} | ${from} | ${demandOf(route.login)} |`;
  });
  return `Each route says from where people come and what is asked of them. What is asked is a policy of its own, made together with
the route: neither exists without the other. A request for which no route says anything is denied by the Gateway.

| route | host | what | from | what is asked |
|---|---|---|---|---|
${rows.join('\n')}`;
}

function demandOf(login: Login): string {
  switch (login.kind) {
    case 'access':
      return 'the login of Cloudflare Access; its token is verified at the Gateway again';
    case 'jwt':
      return `a token of \`${login.issuer}\` for ${login.audiences.map((each) => `\`${each}\``).join(' or ')}`;
    case 'oidc':
      return 'the login page of the identity provider';
    case 'extauth':
      return `the consent of \`${login.service.service}\``;
    case 'access-and':
      return `the login of Cloudflare Access, and then ${demandOf(login.second)}`;
    case 'oidc-or-jwt':
      return `the login page of the identity provider, or ${demandOf(login.jwt)}`;
    case 'home-network':
      return 'an address of the home network or the VPN';
    case 'none':
      return `**nothing, until ${login.until}**: ${login.reason}`;
  }
}

function exceptions(routes: readonly AnyRoute[]): string {
  const open = routes.flatMap((route) =>
    route.login.kind === 'none' ? [{ route, login: route.login }] : [],
  );
  if (open.length === 0) return '';
  const rows = open.map(
    ({ route, login }) => `| ${fieldOf(route)} | ${hostOf(route)} | ${login.reason} | ${login.until} |`,
  );
  return `## Open to everybody

| route | host | why | last day |
|---|---|---|---|
${rows.join('\n')}

\`gatehouse verify\` reminds of the day 14 days before. From the day after, \`gatehouse configure\` refuses the route and
\`gatehouse check\` reports it: give it a login, or a later day while the reason holds.`;
}

/** The tokens that routes ask for, each route with its login. */
function tokenRoutes(routes: readonly AnyRoute[]): { route: AnyRoute; login: JwtLogin }[] {
  return routes.flatMap((route) => {
    const { login } = route;
    if (login.kind === 'jwt') return [{ route, login }];
    if (login.kind === 'oidc-or-jwt') return [{ route, login: login.jwt }];
    return [];
  });
}

function tokens(routes: readonly AnyRoute[]): string {
  const all = tokenRoutes(routes);
  const http = all.filter(({ route }) => route.kind === 'route');
  if (all.length === 0) return '';
  const calls = http
    .map(({ route }) => urlOf(route))
    .map(
      (url) => `curl -sS -o /dev/null -w '%{http_code}\\n' '${url}'
curl -sS -H "Authorization: Bearer $TOKEN" '${url}'`,
    );
  const rows = all.map(
    ({ route, login }) =>
      `| ${hostOf(route)} | \`${login.issuer}\` | ${login.audiences.map((each) => `\`${each}\``).join(', ')} | ${holdersOf(login)} |`,
  );
  return `## A token, and how to try it

A program sends a token that the issuer signed (JWT). The Gateway verifies the signature, the issuer, the audience and the time,
and hands claims on as request headers: \`sub\` as \`X-User-ID\`, \`email\` as \`X-User-Email\`. The same headers from a client
are removed before. A list, such as \`groups\`, cannot be a header: it decides who passes, with \`allow.groups\`.

| host | issuer | audience | who passes |
|---|---|---|---|
${rows.join('\n')}

Put a token into \`TOKEN\` without writing it down: \`read -rs TOKEN\` waits for it and shows nothing.
${
  calls.length === 0
    ? ''
    : `
\`\`\`sh
${calls.join('\n')}
\`\`\`
`
}
| token | answer |
|---|---|
| none, malformed, expired, of another issuer, or with a wrong signature | 401 |
| for another audience, or of somebody who may not pass | 403 |
| good | that of the app |

With a token that should do, 401 means that the keys of the issuer were not reached or that its name differs: compare the claim
\`iss\` with \`issuer\` in the policy, letter by letter.${grpcOf(all)}`;
}

function urlOf(route: AnyRoute): string {
  if (route.kind !== 'route') return '';
  const [path = '/'] = route.paths ?? ['/'];
  return `https://${reference(route.host)}${path}`;
}

function holdersOf({ allow: { emails, groups, scopes } }: JwtLogin): string {
  const parts = [
    ...(emails.length > 0
      ? [`${emails.length === 1 ? 'one e-mail address' : `${emails.length} e-mail addresses`}`]
      : []),
    ...(groups.length > 0 ? [`one of the groups ${groups.map((each) => `\`${each}\``).join(', ')}`] : []),
    ...(scopes.length > 0 ? [`the scopes ${scopes.map((each) => `\`${each}\``).join(', ')}`] : []),
  ];
  return parts.length === 0 ? 'everybody with such a token' : parts.join(', and ');
}

function grpcOf(all: readonly { route: AnyRoute }[]): string {
  if (!all.some(({ route }) => route.kind === 'grpc-route')) return '';
  return `

A gRPC client gets \`Unauthenticated\` for 401 and \`PermissionDenied\` for 403. It sends the token as metadata, with the same
name: \`authorization\`.`;
}

function accounts(routes: readonly AnyRoute[]): string {
  const access = routes.filter(({ login }) => login.kind === 'access' || login.kind === 'access-and');
  if (access.length === 0) return '';
  const hosts = access.map(hostOf).join(', ');
  return `## Behind Cloudflare Access

${hosts}: a browser is led to the login of Access, and comes back. A program sends a service token in two headers, and follows no
page:

\`\`\`sh
curl -sS -H "CF-Access-Client-Id: $CLIENT_ID" -H "CF-Access-Client-Secret: $CLIENT_SECRET" '${urlOf(access[0] as AnyRoute)}'
\`\`\`

The tunnel ends at a Gateway that nothing but cloudflared reaches, and that verifies the token of Access again. A request that
comes in another way has no such token, and gets 401.`;
}

const same = 'the same as outside';
const publicAddress = 'the public address of your home';

/** What the home network must do for names that lead to the same place from everywhere. */
function sameNames(rows: readonly string[]): string {
  const alike = rows.filter((row) => row.includes(same));
  if (alike.length === 0) return '';
  const back = alike.some((row) => row.includes(publicAddress))
    ? `

The public address of your home is reached from home if the router leads such connections back (NAT loopback, also called hairpin
NAT). Where it does not, let the route begin at home too: the name then leads to \`envoy-internal\` there.`
    : '';
  return `A resolver at home that answers for the whole zone must have a rule for each name with "${same}", which asks
where it asks for everything else. It says otherwise that there is no such name.${back}

`;
}

/** What each name leads to, by where one asks. */
function names(routes: readonly AnyRoute[]): string {
  const hosts = [...new Set(routes.flatMap((route) => ('host' in route ? [reference(route.host)] : [])))];
  if (hosts.length === 0) return '';
  const rows = hosts.map((host) => {
    const own = routes.filter((route) => 'host' in route && reference(route.host) === host);
    const outside = own.find(({ from }) => from === 'internet');
    const inside = own.find(({ from }) => from === 'home');
    const there =
      outside === undefined
        ? 'nothing'
        : outside.login.kind === 'access' || outside.login.kind === 'access-and'
          ? 'addresses of Cloudflare'
          : publicAddress;
    const here = inside === undefined ? same : 'the address of `envoy-internal`';
    return `| \`${host}\` | ${there} | ${here} |`;
  });
  return `## Which name leads where

One name may lead to two places: who asks outside gets another answer than who asks at home.

| name | asked on the internet (\`dig +short NAME @1.1.1.1\`) | asked at home (\`dig +short NAME\`) |
|---|---|---|
${rows.join('\n')}

${sameNames(rows)}An address of your home network in the middle column would be a name that tells strangers about your home, and useless to them:
only names of routes from the internet are written there. An answer of Cloudflare in the right column, where it should be
\`envoy-internal\`, means that the device asks another resolver than that of your home: look for "private DNS" or "secure DNS" in its settings.`;
}
