// Crosses config, components, compile, operations and private-values: what a person may write wrong about the logins of routes.
import { it } from 'vitest';
import { atPages, backend, expectRefused, http, raw, type WrongGateway } from './gateway/wrongGateways.ts';

it.each<[what: string, wrong: WrongGateway]>([
  [
    'TCP with a token',
    {
      text: `routes:${raw}
    home:
      login:
        kind: jwt # here
        issuer: keycloak
        audiences: [pages]
`,
      code: 'not-a-choice',
      message: /"jwt" is not allowed: .*sees no token: the server itself has to ask/,
      expected: /^one of: home-network, none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'TLS that is not opened, with a policy for HTTP',
    {
      text: `routes:
  pages:
    protocol: tls${backend}
    internet:
      login:
        kind: access # here
`,
      private: atPages,
      code: 'not-a-choice',
      message: /"access" is not allowed: the gateway hands these connections on unopened/,
      expected: /^one of: none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'gRPC with a login page',
    {
      text: `routes:
  pages:
    protocol: grpc${backend}
    internet:
      login:
        kind: oidc # here
        groups: [family]
`,
      private: atPages,
      code: 'not-a-choice',
      message: /a program that calls gRPC follows no login page/,
      expected: /^one of: jwt, none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'the home network as the login of the internet',
    {
      text: `routes:${http}
    internet:
      login:
        kind: home-network # here
`,
      private: atPages,
      code: 'not-a-choice',
      message: /who comes from the internet is not at home/,
      expected: /^one of: access, jwt, oidc, extauth, access-and, oidc-or-jwt, none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'Access at home, where nobody passes it',
    {
      text: `routes:${http}
    home:
      login:
        kind: access # here
`,
      private: atPages,
      code: 'not-a-choice',
      message: /who is at home does not pass Access/,
      expected: /^one of: home-network, jwt/,
      remedy: /use one of these values/,
    },
  ],
  [
    'a token without an audience',
    {
      text: `routes:${http}
    internet:
      login: # here
        kind: jwt
        issuer: keycloak
`,
      private: atPages,
      code: 'missing-field',
      message: /routes\.pages\.internet\.login\.audiences is missing/,
      expected: /For whom a token must be meant/,
      remedy: /add this, with your own value: audiences: \["echo"\]/,
    },
  ],
  [
    'a token with an empty list of audiences',
    {
      text: `routes:${http}
    internet:
      login:
        kind: jwt
        issuer: keycloak
        audiences: [] # here
`,
      private: atPages,
      code: 'wrong-value',
      message: /routes\.pages\.internet\.login\.audiences: invalid value/,
      expected: /at least 1 entries, such as \["echo"\]/,
      remedy: /correct the value/,
    },
  ],
  [
    'a token of an issuer that is not there',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: authelia, audiences: [pages]}
`,
      private: atPages,
      code: 'claim-unanswered',
      message: /the issuer of tokens authelia/,
      expected: /./,
      remedy: /./,
    },
  ],
  [
    'an exception without a last day',
    {
      text: `routes:${http}
    internet:
      login: # here
        kind: none
        reason: a page for guests
`,
      private: atPages,
      code: 'missing-field',
      message: /login\.until is missing/,
      expected: /The last day on which it is open/,
      remedy: /add "until: 2027-06-30"/,
    },
  ],
  [
    'an exception without a reason',
    {
      text: `routes:${http}
    internet:
      login: # here
        kind: none
        until: 2027-01-31
`,
      private: atPages,
      code: 'missing-field',
      message: /login\.reason is missing/,
      expected: /Why nobody is asked/,
      remedy: /add "reason: /,
    },
  ],
  [
    'an exception that is over',
    {
      text: `routes:${http}
    internet:
      login:
        kind: none
        reason: a page for guests
        until: 2026-11-23 # here
`,
      private: atPages,
      code: 'exception-ended',
      message:
        /the route of routes \(pages\) from the internet was open to everybody until 2026-11-23.*a page for guests/,
      expected: /a login, or a later day/,
      remedy:
        /give routes\.pages\.internet\.login another kind, or change routes\.pages\.internet\.login\.until/,
    },
  ],
  [
    'an exception until a day that does not exist',
    {
      text: `routes:${http}
    internet:
      login:
        kind: none
        reason: a page for guests
        until: 2027-02-30 # here
`,
      private: atPages,
      code: 'wrong-value',
      message: /login\.until: invalid value/,
      expected: /2027-06-30/,
      remedy: /correct the value/,
    },
  ],
  [
    'a login page in front of an app of a phone',
    {
      text: `routes:
  pages:
    protocol: http
    clients: app${backend}
    internet:
      login: # here
        kind: access
`,
      private: (value) => {
        value.routes = {
          pages: { host: 'pages.example.org', internet: { login: { audience: '0'.repeat(64) } } },
        };
      },
      code: 'login-for-browsers',
      message: /which only a browser can answer, and an app has clients of its own/,
      expected: /home alone, with a VPN on the way/,
      remedy: /choose another login, or say clients: browser/,
    },
  ],
  [
    'a login that nothing provides yet',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: oidc, groups: [family]}
`,
      private: atPages,
      code: 'claim-unanswered',
      message: /a route from the internet with the login of an identity provider \(OpenID Connect\)/,
      expected: /a component that provides it; this version has none/,
      remedy: /change routes\.pages\.internet/,
    },
  ],
])('refuses %s', async (_, wrong) => {
  await expectRefused(wrong);
});
