import { pairsOf, type WrittenPair } from './writtenPair.ts';

const group = 'gateway.networking.k8s.io/v1';
const parent = { name: 'a' };
const twoParents = {
  parentRefs: [
    { ...parent, sectionName: 'http' },
    { ...parent, sectionName: 'https' },
  ],
};
const sameParentTwice = { parentRefs: [parent, { ...parent, sectionName: 'https' }] };
const tooManyMatches =
  'While 16 rules and 64 matches per rule are allowed, the total number of matches across all rules in a route must be less than 128';
const twoOfOneParent =
  'sectionName must be specified when parentRefs includes 2 or more references to the same parent';

/** Three rules that have so many matches in all. */
const matched = (count: number, match: (number: number) => object) => ({
  rules: [64, 64, count - 128]
    .filter((size) => size > 0)
    .map((size, rule) => ({
      matches: Array.from({ length: size }, (_, index) => match(rule * 64 + index)),
    })),
});
const path = (value: string, type = 'PathPrefix') => ({ path: { type, value } });
const backend = { name: 'a', port: 80 };
const rule = (fields: object) => ({ rules: [{ matches: [path('/a')], ...fields }] });
const prefix = { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/b' } };
const redirect = { type: 'RequestRedirect', requestRedirect: prefix };
const rewrite = { type: 'URLRewrite', urlRewrite: prefix };
const cors = { type: 'CORS', cors: { allowOrigins: ['https://a.example.org'] } };
const twoMatches = [path('/a'), path('/c')];
/** A rule whose filters are those of its backend. */
const filtered = (filters: readonly object[], fields: object = {}) =>
  rule({ backendRefs: [{ ...backend, filters }], ...fields });

const httpRoutes = pairsOf(group, 'HTTPRoute', {
  [tooManyMatches]: [matched(128, (at) => path(`/${at}`)), matched(129, (at) => path(`/${at}`))],
  'RequestRedirect filter must not be used together with backendRefs': [
    rule({ filters: [redirect] }),
    rule({ filters: [redirect], backendRefs: [backend] }),
  ],
  'When using RequestRedirect filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified':
    [rule({ filters: [redirect] }), rule({ filters: [redirect], matches: twoMatches })],
  'When using URLRewrite filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified':
    [rule({ filters: [rewrite] }), rule({ filters: [rewrite], matches: [path('/a', 'Exact')] })],
  'Within backendRefs, when using RequestRedirect filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified':
    [filtered([redirect]), filtered([redirect], { matches: twoMatches })],
  'Within backendRefs, When using URLRewrite filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified':
    [filtered([rewrite]), filtered([rewrite], { matches: twoMatches })],
  'May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both': [
    rule({ filters: [rewrite] }),
    rule({ filters: [rewrite, redirect] }),
  ],
  'CORS filter cannot be repeated': [rule({ filters: [cors] }), rule({ filters: [cors, cors] })],
  'URLRewrite filter cannot be repeated': [
    rule({ filters: [rewrite] }),
    rule({ filters: [rewrite, { ...rewrite, urlRewrite: { hostname: 'a.example.org' } }] }),
  ],
  "must not contain '#' when type one of ['Exact', 'PathPrefix']": [
    rule({ matches: [path('/a')] }),
    rule({ matches: [path('/a#b')] }),
  ],
});

const grpcRoutes = pairsOf(group, 'GRPCRoute', {
  [twoOfOneParent]: [twoParents, sameParentTwice],
  [tooManyMatches]: [
    matched(128, (at) => ({ method: { service: `a${at}` } })),
    matched(129, (at) => ({ method: { service: `a${at}` } })),
  ],
});

const tlsRoute = (...hostnames: readonly string[]) => ({ hostnames, rules: [{ backendRefs: [backend] }] });

const tlsRoutes = pairsOf(group, 'TLSRoute', {
  'Hostnames must be valid based on RFC-1123': [tlsRoute('a.example.org'), tlsRoute('a.Example.org')],
  'Wildcards on hostnames must be the first label, and the rest of hostname must be valid based on RFC-1123':
    [tlsRoute('*.example.org'), tlsRoute('a.*.example.org')],
});

const targetRef = { group: '', kind: 'Service', name: 'a' };
const checked = (...targetRefs: readonly object[]) => ({
  targetRefs,
  validation: { hostname: 'a.example.org', wellKnownCACertificates: 'System' },
});

const backendTlsPolicies = pairsOf(group, 'BackendTLSPolicy', {
  'sectionName must be specified when targetRefs includes 2 or more references to the same target': [
    checked({ ...targetRef, sectionName: 'http' }, { ...targetRef, sectionName: 'https' }),
    checked(targetRef, { ...targetRef, sectionName: 'https' }),
  ],
});

export const routes: readonly WrittenPair[] = [
  ...httpRoutes,
  ...grpcRoutes,
  ...tlsRoutes,
  ...backendTlsPolicies,
];
