/** Spellings of paths that Envoy reads as one below `/admin`. */
export const belowAdmin = [
  ...['/admin', '/admin/', '/./admin', '/a/../admin', '/../admin', '/a/..//admin', '//admin'],
  ...['/%2e/admin', '/%2e%2e/admin', '/a/%2e%2E/admin', '/a/.%2e/admin', '/adm%69n', '/%61dmin'],
  ...['/a\\..\\admin', '/a;/../admin', '/..;/admin', '/admin?x=%2f'],
];
/** As the application sees each of them. */
export const seenBelowAdmin = /^\/admin\/?(\?x=%2f)?$/;

/** Paths that are refused whoever asks. */
export const refusedPaths = [
  ...['/.%2fadmin', '/..%2Fadmin', '/admin%2f', '/a%5c..%5cadmin', '/admin%00', '/%00/admin'],
  ...['/#/../admin', '/admin#x'],
];

/** Paths that are not below `/admin`, and what the application sees. */
export const pathsElsewhere = [
  ['/a//b', '/a/b'],
  ['/a\\b', '/a/b'],
  ['/admin/..', '/'],
  ['/admin/../b?c=../d%2f', '/b?c=../d%2f'],
  ['/a/...', '/a/...'],
  ['/a%0ab', '/a%0ab'],
] as const;

/** Paths that some applications take for `/admin`, and Envoy does not. */
export const pathsAsTheyAre = ['/admin;x', '/admin;/x', '/;/admin', '/ADMIN', '/%252e%252e/admin', '/admin.'];

/** Lines in which a client says who it is. */
export const identityLines = [
  ...['x-user-id: admin', 'X-USER-ID: admin', 'X-User-ID:admin', 'x-user-email: admin', 'X-User: admin'],
  ...['X-USERNAME: admin', 'Remote-User: admin', 'X-Remote-User: admin', 'X-Forwarded-User: admin'],
  ...['X-Auth-Request-Email: admin', 'X-authentik-username: admin', 'X-WebAuth-User: admin'],
  ...['X-Token-User-Name: admin', 'Tailscale-User-Login: admin', 'X-Pomerium-Claim-Email: admin'],
  ...['X-Vouch-User: admin', 'X-Goog-Authenticated-User-Email: admin', 'X-MS-Client-Principal-Name: admin'],
  ...['X-Amzn-Oidc-Identity: admin', 'Cf-Access-Authenticated-User-Email: admin'],
  ...['X-Forwarded-Client-Cert: Subject="CN=admin"', 'Ssl-Client-Verify: SUCCESS'],
];
