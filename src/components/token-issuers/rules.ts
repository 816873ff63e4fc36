import type { BuildContext, RuleFinding } from '../contract/component.ts';
import type { TokenIssuersSection } from './section.ts';

/** What apps cannot get from a token in a header, or what a header is already used for. */
export function rules({ section }: BuildContext<TokenIssuersSection>): RuleFinding[] {
  return Object.entries(section.issuers).flatMap(([name, { claims }]) => {
    const at = `tokenIssuers.issuers.${name}.claims`;
    return claims.flatMap(({ claim, header }, index) => [
      ...listFinding(`${at}.${index}.claim`, claim),
      ...headerFinding(`${at}.${index}.header`, header, [
        ...standard,
        ...claims.slice(0, index).map((other) => other.header),
      ]),
    ]);
  });
}

/** Claims that are lists in tokens of Keycloak, Authentik, Entra, Okta, Auth0, Cognito and by RFC 7519 and RFC 8176. */
const lists = new Set([
  'groups',
  'roles',
  'aud',
  'amr',
  'permissions',
  'entitlements',
  'scp',
  'wids',
  'cognito:groups',
]);

function isList(claim: string): boolean {
  const last = claim.split('.').at(-1) ?? '';
  return lists.has(claim) || lists.has(last);
}

function listFinding(field: string, claim: string): RuleFinding[] {
  if (!isList(claim)) return [];
  return [
    {
      code: 'wrong-value',
      field,
      message: `${field}: ${claim} is a list, and Envoy writes no list into a header`,
      expected: 'a claim with a text, a number or a truth value, such as preferred_username',
      remedy:
        'let the login of the route demand groups, have the issuer add a claim that is one text, or let the app read the token itself, which it gets in the header Authorization',
    },
  ];
}

const standard = ['X-User-ID', 'X-User-Email'];

/** Headers that mean something to HTTP, to Envoy or to a proxy on the way. */
const reserved =
  /^(authorization|proxy-.*|cookie|host|connection|upgrade|te|trailer|transfer-encoding|content-.*|accept.*|expect|forwarded|via|x-forwarded-(for|proto|host|port)|x-request-id|x-envoy-.*|cf-.*|sec-.*)$/i;

function headerFinding(field: string, header: string, taken: readonly string[]): RuleFinding[] {
  const isTaken = taken.some((other) => other.toLowerCase() === header.toLowerCase());
  if (!isTaken && !reserved.test(header)) return [];
  return [
    {
      code: isTaken ? 'taken' : 'wrong-value',
      field,
      message: isTaken
        ? `${field}: another claim is written into the header ${header}`
        : `${field}: the header ${header} has another meaning`,
      expected: 'a header of its own, such as X-User-Name',
      remedy: `change ${field}`,
    },
  ];
}
