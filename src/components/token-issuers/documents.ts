import { reference } from '../../config/private.ts';
import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import { outsidePath } from '../shared/chapters.ts';
import type { TokenIssuer, TokenIssuersSection } from './section.ts';

type Context = BuildContext<TokenIssuersSection>;

/** The chapters of the issuers of tokens in the operator documents. */
export function tokenIssuersDocuments({ section }: Context): ComponentDocuments {
  const issuers = Object.entries(section.issuers);
  if (issuers.length === 0) return {};
  return {
    prerequisites: ['an issuer of tokens (OpenID Connect), such as Keycloak'],
    tools: ['curl'],
    decisions: [whoseTokens(issuers, section.byLabel)],
    steps: [keysStep(issuers)],
    symptoms: [refusedTokens(issuers)],
  };
}

type Issuers = readonly (readonly [name: string, issuer: TokenIssuer])[];

function whoseTokens(issuers: Issuers, byLabel: TokenIssuersSection['byLabel']): Decision {
  const rows = issuers.map(
    ([name, { issuer, keys, claims }]) =>
      `| \`${name}\` | \`${reference(issuer)}\` | ${keysOf(keys)} | ${headersOf(claims)} |`,
  );
  return {
    title: 'Whose tokens count',
    decided: `Those of ${issuers.map(([name]) => `\`${name}\``).join(', ')}, on routes that name the issuer and an audience.`,
    because: `| issuer | claim \`iss\` | keys | request headers for the app |
|---|---|---|---|
${rows.join('\n')}

The audience is demanded on each route: without it a token that the issuer made for any other app would do. Keys are read again
after five minutes, and never because a token names a key that is not known: the issuer publishes a new key five minutes before it
signs with it. A key that the issuer took back counts five minutes longer, and as long as the issuer does not answer or publishes no
key. Envoy forgets the keys when it starts, and when its Gateway gets, changes or loses a login with a token: while the issuer is down,
each of its tokens is refused (401) from then on. A token counts for a minute after its end, and one without \`exp\` always. Envoy writes a text, a number or a truth value
into a header, and no list: groups and roles decide who passes, or the app reads the token itself. A token that is missing or bad
is never let through (\`failOpen\` and \`optional\` of Envoy Gateway would do that, and have no field here).${byLabelText(byLabel)}`,
    field: 'tokenIssuers.issuers',
  };
}

function keysOf({ url, service }: TokenIssuer['keys']): string {
  if (service !== undefined)
    return `Service \`${service.name}\` in \`${service.namespace}\`, port ${service.port}, \`${service.path}\``;
  return url === undefined ? '' : `\`${reference(url)}\``;
}

function headersOf(claims: TokenIssuer['claims']): string {
  const own = claims.map(({ claim, header }) => `\`${claim}\` as \`${header}\``);
  return ['`sub` as `X-User-ID`', '`email` as `X-User-Email`', ...own].join(', ');
}

function byLabelText(byLabel: TokenIssuersSection['byLabel']): string {
  if (byLabel === undefined) return '';
  const { issuer, audiences, namespaces } = byLabel;
  return `

Routes of your own may have the policy \`jwt-auth\` by the label \`security: jwt-protected\`, in ${namespaces.map((each) => `\`${each}\``).join(', ')}: it demands a
token of \`${issuer}\` for ${audiences.map((each) => `\`${each}\``).join(' or ')}. In another namespace the label protects nothing, and \`gatehouse check\` says so.`;
}

function keysStep(issuers: Issuers): Step {
  const lines = issuers.map(([name, { issuer, keys }]) => {
    const discovery = `curl -fsS '${reference(issuer)}/.well-known/openid-configuration'    # ${name}`;
    return keys.url === undefined ? discovery : `${discovery}\ncurl -fsS '${reference(keys.url)}'`;
  });
  return {
    phase: phases.finish,
    title: 'See that the issuers of tokens answer',
    minutes: 2,
    body: `\`\`\`sh
${lines.join('\n')}
\`\`\``,
    check:
      'the first says `issuer` letter by letter as in the table "Whose tokens count" of [decisions](decisions.md), with or without a slash at the end as there, and `jwks_uri`; the second lists `keys`.',
  };
}

function refusedTokens(issuers: Issuers): Symptom {
  const inside = issuers.some(([, { keys }]) => keys.service !== undefined);
  return {
    chapter: outsidePath,
    symptom: 'Every token of an issuer is refused with 401',
    causes: [
      {
        cause:
          'the claim `iss` is written in another way than the issuer of the configuration, mostly by a slash at the end',
        look: 'the claim: `cut -d. -f2 | base64 -d` of the token, beside `gatehouse explain tokenIssuers.issuers`',
        fix: 'the field `issuer`, letter by letter as in the token',
      },
      {
        cause: 'the Gateway cannot fetch the keys',
        look: '`kubectl -n NAMESPACE logs -l app.kubernetes.io/name=envoy -c envoy --tail=50` says `Jwks` and `fetch`',
        fix: inside
          ? 'the Service, port and path of `keys.service`, and the labels of its pods: the network policy admits the Gateway by them'
          : 'the URL `keys.url`: it must answer from the cluster, by HTTPS with a certificate that everybody trusts',
      },
      {
        cause:
          'the issuer was down when Envoy started, or when a route with a token changed on the Gateway: Envoy has no keys since then',
        look: 'the issuer itself, by the command of the step "See that the issuers of tokens answer"',
        fix: 'bring the issuer up: Envoy asks it each second until it answers',
      },
      {
        cause: 'the issuer has new keys, and the Gateway has read the old ones',
        look: 'it ends by itself within five minutes',
        fix: 'let the issuer publish a new key before it signs with it',
      },
    ],
  };
}
