/**
 * Headers from which an app may learn the user, the address or the host. A client must not choose them, so none of them
 * passes. nginx sets those that it knows and drops the others (an empty value). Names with an underscore never pass:
 * nginx drops them by default (`underscores_in_headers off`).
 */
const dropped = [
  'Cf-Access-Authenticated-User-Id',
  'Cf-Access-Client-Id',
  'Cf-Access-Client-Secret',
  'Cf-Access-Jwt-Assertion',
  'Cf-Access-Token',
  'Cf-Connecting-IPv6',
  'Forwarded',
  'Front-End-Https',
  'Proxy',
  'Remote-Email',
  'Remote-Groups',
  'Remote-Name',
  'Remote-User',
  'True-Client-IP',
  'X-Auth-Request-Email',
  'X-Auth-Request-User',
  'X-Client-IP',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Server',
  'X-Forwarded-User',
  'X-Original-URL',
  'X-Remote-User',
  'X-Rewrite-URL',
  'X-WebAuth-User',
];

/** The headers that nginx sets. `$remote_addr` is the user's address, which the real IP module sets. */
const set: readonly (readonly [name: string, value: string])[] = [
  ['Host', '$http_host'],
  ['Upgrade', '$gatehouse_upgrade'],
  ['Connection', '$gatehouse_connection'],
  ['X-Real-IP', '$remote_addr'],
  ['X-Forwarded-For', '$remote_addr'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', '$http_host'],
  ['Cf-Connecting-IP', '$remote_addr'],
  ['Cf-Access-Authenticated-User-Email', '$gatehouse_email'],
];

/** The `proxy_set_header` lines of the app, without indentation. */
export function forwardedHeaders(): string[] {
  return [
    ...set.map(([name, value]) => `proxy_set_header ${name} ${value};`),
    ...dropped.map((name) => `proxy_set_header ${name} "";`),
  ];
}
