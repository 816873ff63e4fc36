/**
 * The request headers that pass to every app: those of HTTP itself, of browsers and of uploads (RFC 9110, RFC 9111, RFC
 * 9530, RFC 6455, the Fetch standard, tus 1.0, draft-ietf-httpbis-resumable-upload). No other header passes, since apps
 * and their libraries take identities, addresses and paths from headers whose names nobody lists completely. nginx itself
 * sets `Content-Length` and `Transfer-Encoding`.
 */
const passed = [
  'Accept',
  'Accept-Charset',
  'Accept-Encoding',
  'Accept-Language',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Method',
  'Authorization',
  'Cache-Control',
  'Content-Digest',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Location',
  'Content-MD5',
  'Content-Range',
  'Content-Type',
  'Digest',
  'DNT',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'If-Unmodified-Since',
  'Last-Event-ID',
  'Origin',
  'Pragma',
  'Prefer',
  'Priority',
  'Range',
  'Referer',
  'Repr-Digest',
  'Save-Data',
  'Sec-CH-UA',
  'Sec-CH-UA-Mobile',
  'Sec-CH-UA-Platform',
  'Sec-Fetch-Dest',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Site',
  'Sec-Fetch-User',
  'Sec-GPC',
  'Sec-Purpose',
  'Sec-WebSocket-Extensions',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Protocol',
  'Sec-WebSocket-Version',
  'Service-Worker',
  'Service-Worker-Navigation-Preload',
  'Tus-Resumable',
  'Upgrade-Insecure-Requests',
  'Upload-Checksum',
  'Upload-Complete',
  'Upload-Concat',
  'Upload-Defer-Length',
  'Upload-Draft-Interop-Version',
  'Upload-Incomplete',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
  'User-Agent',
  'Want-Content-Digest',
  'Want-Digest',
  'Want-Repr-Digest',
  'X-Requested-With',
];

/** The headers that nginx sets. `$remote_addr` is the user's address, which the real IP module sets. */
const set: readonly (readonly [name: string, value: string])[] = [
  ['Host', '$http_host'],
  ['Upgrade', '$gatehouse_upgrade'],
  ['Connection', '$gatehouse_connection'],
  ['Cookie', '$gatehouse_cookies'],
  ['X-Real-IP', '$remote_addr'],
  ['X-Forwarded-For', '$remote_addr'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', '$http_host'],
  ['Cf-Connecting-IP', '$remote_addr'],
  ['Cf-Access-Authenticated-User-Email', '$gatehouse_email'],
];

/**
 * The lines by which only known headers pass to the app, without indentation. nginx sends no header whose value is empty.
 *
 * @param own headers of the app itself
 */
export function forwardedHeaders(own: readonly string[]): string[] {
  return [
    // There are more names than the tables of nginx expect.
    'proxy_headers_hash_max_size 2048;',
    'proxy_headers_hash_bucket_size 128;',
    'proxy_pass_request_headers off;',
    ...set.map(([name, value]) => `proxy_set_header ${name} ${value};`),
    ...[...passed, ...own].map((name) => `proxy_set_header ${name} $http_${variableOf(name)};`),
  ];
}

function variableOf(header: string): string {
  return header.toLowerCase().replaceAll('-', '_');
}

/**
 * Access sets up to five cookies for an application: `CF_Authorization` with the token itself, `CF_Session`,
 * `CF_AppSession`, `CF_Binding` and `CF_Device`
 * (https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/).
 */
const cookiesOfAccess = 5;

/**
 * Maps that give the cookies of a request without those of Access in `$gatehouse_cookies`: with them the app, or who gets
 * into it, could act as the user elsewhere. A map removes one cookie. A request with more than a browser has of them gets
 * none through.
 */
export function cookieMaps(): string[] {
  const name = (index: number) => (index === 0 ? '$http_cookie' : `$gatehouse_cookies_${index}`);
  const removals = Array.from({ length: cookiesOfAccess }, (_, index) => [
    `map ${name(index)} ${name(index + 1)} {`,
    `  default ${name(index)};`,
    '  "~*^((?:[^;,]*[;,])*?\\s*)CF_[^;,]*(?:[;,]\\s*(.*))?$" $1$2;',
    '}',
  ]);
  return [
    ...removals.flat(),
    `map ${name(cookiesOfAccess)} $gatehouse_cookies {`,
    `  default ${name(cookiesOfAccess)};`,
    '  "~*(?:^|[;,])\\s*CF_" "";',
    '}',
  ];
}
