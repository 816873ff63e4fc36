// Crosses config, components, compile, operations and private-values: what a person may write wrong about the hosts of routes.
import { it } from 'vitest';
import { expectRefused, http, named, type WrongGateway } from './gateway/wrongGateways.ts';

it.each<[what: string, wrong: WrongGateway]>([
  [
    'a host and a path that an app of another component has',
    {
      text: `routes:${http}
    internet: # here
      login:
        kind: jwt
        issuer: keycloak
        audiences: [pages]
`,
      private: named('token.example.org'),
      code: 'taken',
      message: /the host of a route is taken: \S+ \(\w+\) has it \(\S+\), and \S+ \(\w+\) requires it/,
      expected: /a host or a path of its own/,
      remedy: /change \S+ or \S+/,
    },
  ],
  [
    'a host outside of the domain',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: keycloak, audiences: [pages]}
`,
      private: named('pages.example.net'),
      code: 'wrong-value',
      message: /not one label below envoyGateway\.domain/,
      expected: /directly below the domain, such as app\.example\.org/,
      remedy: /change the host of routes \(pages\), or envoyGateway\.domain/,
    },
  ],
  [
    'a host two labels below the domain, which the certificate does not cover',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: keycloak, audiences: [pages]}
`,
      private: named('pages.home.example.org'),
      code: 'wrong-value',
      message: /not one label below envoyGateway\.domain/,
      expected: /directly below the domain/,
      remedy: /change the host of routes \(pages\)/,
    },
  ],
  [
    'a host of the home network on the Gateway of the internet',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: keycloak, audiences: [pages]}
`,
      private: named('lan.example.org'),
      code: 'taken',
      message: /at home: there it leads to echo \(lan\) \(\S+\), and from the internet to routes \(pages\)/,
      expected: /a host of its own for each app/,
      remedy: /change the host of routes \(pages\) or of echo \(lan\)/,
    },
  ],
])('refuses %s', async (_, wrong) => {
  await expectRefused(wrong);
});
