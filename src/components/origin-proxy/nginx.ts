import { freePlanBodyLimitBytes } from '../shared/cloudflare.ts';
import { cookieMaps, forwardedHeaders } from './nginxHeaders.ts';
import { reachLines, statusLines } from './nginxOwnServers.ts';
import { plain, quoted, whole } from './nginxText.ts';

/** The paths in the container. The component mounts volumes accordingly. */
export const nginxPaths = {
  /** Directory of the ConfigMap with the configuration; not a subPath, so that a reload sees a change. */
  configuration: '/etc/gatehouse/nginx',
  configurationFile: 'nginx.conf',
  /** Directory of the ConfigMap with the verifier. */
  verifier: '/etc/gatehouse/verifier',
  verifierFile: 'verifier.js',
  /** Small files: the process id and the unused directories of nginx. */
  scratch: '/tmp',
  /** Uploads that are not complete yet, on an emptyDir of {@link bodyBufferBytes} bytes. */
  bodies: '/var/cache/gatehouse/bodies',
  /** Public certificate authorities, in `nginx-unprivileged` alpine as in Debian. */
  certificateAuthorities: '/etc/ssl/certs/ca-certificates.crt',
  module: '/usr/lib/nginx/modules/ngx_http_js_module.so',
} as const;

export const defaultBodyLimitBytes = freePlanBodyLimitBytes;

/** Enough for a household with a web socket in each tab. */
export const defaultConnections = 256;

const defaultWorkers = 2;

/** A proxy that starts waits no longer for an app that is down, seconds. */
export const defaultAppWaitSeconds = 60;

/**
 * Requests with an unknown key that may wait for keys at a time. A page of an app asks for about so much at once. They
 * are not counted among the others, since anybody can send them.
 */
const waitingForKeys = 32;

/**
 * Options of the origin proxy. A text that Flux substitutes may hold `${NAME}`, in capitals; every other character is
 * literal.
 */
export interface NginxOptions {
  /** TCP port for the tunnel, at least 1024, since nginx runs as an unprivileged user. */
  listenPort: number;
  /** TCP port for the kubelet and Prometheus. */
  statusPort: number;
  /** TCP port on which the program asks nginx whether the app answers; only from within the pod. */
  loopbackPort: number;
  /** The app behind the proxy, by the full DNS name of its Service. */
  upstream: { serviceName: string; port: number };
  /** Request headers of the app itself, which pass beside those that every app may read. Default none. */
  headers?: readonly string[];
  /** The cluster's DNS server: an address, or a name which the container itself can resolve. */
  resolver: string;
  /** Whether names are also resolved to IPv6 addresses. Default false. */
  ipv6?: boolean;
  access: {
    /** `https://<team>.cloudflareaccess.com`, without a slash at the end: compared byte by byte with `iss`. */
    issuer: string;
    /** Where the keys are. Default: the issuer followed by `/cdn-cgi/access/certs`. */
    certificatesUrl?: string;
    /** Audience tags of the Access applications that may pass; at least one. */
    audiences: readonly string[];
    /** Age at which keys are fetched anew, seconds, at most 3600. Default 900. */
    keyLifetimeSeconds?: number;
    /** At most one fetch of keys in this time, seconds. Default 30. */
    keyCooldownSeconds?: number;
    /** If set (even empty), only these users pass. Compared without case. */
    allowedEmails?: readonly string[];
    /** If set (even empty), only these service tokens pass, by `common_name` (`<client id>.access`). */
    allowedServiceTokens?: readonly string[];
  };
  /** Largest request body, bytes. Default {@link defaultBodyLimitBytes}. */
  bodyLimitBytes?: number;
  /** Bodies above {@link bodyInMemoryBytes} that are received at the same time; further ones get 503. */
  maximumUploads: number;
  /** Other requests at the same time, web sockets among them; further ones get 503. Default {@link defaultConnections}. */
  maximumConnections?: number;
  /** CIDRs of peers (cloudflared) whose `CF-Connecting-IP` is trusted. Empty: the peer itself is the client. */
  trustedPeers: readonly string[];
  /** Silence of the app or the client after which a request ends, seconds. Default 600. */
  timeoutSeconds?: number;
  /** How long a proxy that starts is not ready while the app does not answer, seconds. Default {@link defaultAppWaitSeconds}. */
  appWaitSeconds?: number;
  /** How long requests may go on after a stop or a reload, seconds. Default 120. */
  shutdownSeconds?: number;
  /** Processes. Default {@link defaultWorkers}. */
  workers?: number;
}

/** A body up to this size never touches the disk and is not counted as an upload. */
export const bodyInMemoryBytes = 99_999;

/**
 * Size of the emptyDir for {@link nginxPaths.bodies}, bytes. The kubelet evicts a pod whose emptyDir exceeds
 * its limit, so it holds every upload that nginx may keep at a time, and 64 MiB more, since blocks are rounded up.
 */
export function bodyBufferBytes(options: Pick<NginxOptions, 'bodyLimitBytes' | 'maximumUploads'>): number {
  return (options.bodyLimitBytes ?? defaultBodyLimitBytes) * options.maximumUploads + 64 * 1024 * 1024;
}

/**
 * Memory that the pod may need, bytes: each request holds a JavaScript context and buffers until it ends, about 330 KiB
 * (measured with web sockets, benchmarks/origin-proxy), and each worker about 32 MiB more.
 */
export function memoryBytes(
  options: Pick<NginxOptions, 'maximumConnections' | 'maximumUploads' | 'workers'>,
): number {
  const users = (options.maximumConnections ?? defaultConnections) + options.maximumUploads;
  const requests = users + waitingForKeys;
  return requests * 400 * 1024 + (options.workers ?? defaultWorkers) * 32 * 1024 * 1024;
}

/**
 * The text of nginx.conf for nginx 1.30 with njs 1.0 (`nginx-unprivileged` alpine, user 101, read-only root).
 * Its only `${` are those of the options, since Flux substitutes the ConfigMap. A name that is not substituted is an
 * unknown variable to nginx, so nginx refuses to start rather than to run with a placeholder.
 *
 * A request is checked for its token first, then for its size. nginx itself checks a declared length first; `error_page`
 * then leads to a location that requires the token before it answers 413.
 *
 * @throws RangeError when an option is invalid in the text, or there is no audience. No message holds a value.
 */
export function nginxConfiguration(options: NginxOptions): string {
  if (options.access.audiences.length === 0) {
    throw new RangeError('access.audiences must name at least one audience');
  }
  if (options.access.issuer.endsWith('/')) {
    throw new RangeError('access.issuer must not end with a slash: tokens carry it without');
  }
  return `${[
    ...processLines(options),
    'http {',
    ...indent([
      ...httpLines(options),
      '',
      ...verifierLines(options),
      '',
      ...limitLines(options),
      '',
      ...upstreamLines(options),
      '',
      'server {',
      ...indent(gateLines(options)),
      '}',
      '',
      'server {',
      ...indent(statusLines(options)),
      '}',
      '',
      'server {',
      ...indent(reachLines(options)),
      '}',
    ]),
    '}',
  ].join('\n')}\n`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

function processLines(options: NginxOptions): string[] {
  const connections = options.maximumConnections ?? defaultConnections;
  return [
    `load_module ${nginxPaths.module};`,
    `worker_processes ${whole('workers', options.workers ?? defaultWorkers, 1, 64)};`,
    `worker_shutdown_timeout ${whole('shutdownSeconds', options.shutdownSeconds ?? 120, 1, 86_400)}s;`,
    'daemon off;',
    `pid ${nginxPaths.scratch}/nginx.pid;`,
    'error_log /dev/stderr warn;',
    '',
    'events {',
    // A proxied request needs two; the rest is for probes and for answers 503.
    `  worker_connections ${whole('maximumConnections', connections, 1, 16_384) * 2 + 256};`,
    '}',
    '',
  ];
}

function httpLines(options: NginxOptions): string[] {
  const timeout = whole('timeoutSeconds', options.timeoutSeconds ?? 600, 1, 86_400);
  return [
    'server_tokens off;',
    'default_type application/octet-stream;',
    `client_body_temp_path ${nginxPaths.bodies};`,
    ...['proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${nginxPaths.scratch}/${kind};`,
    ),
    '',
    // No query, no cookie, no header: they carry share keys and tokens.
    'log_format gatehouse escape=json \'{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method",\'',
    '  \'"path":"$uri","status":"$status","bytes":"$body_bytes_sent","seconds":"$request_time",\'',
    '  \'"upstream":"$upstream_status","refused":"$gatehouse_reason"}\';',
    'access_log /dev/stdout gatehouse;',
    '',
    'sendfile on;',
    'tcp_nopush on;',
    // cloudflared keeps idle connections for 90 s (keepAliveTimeout); who closes first must not be the server.
    'keepalive_timeout 100s;',
    'keepalive_requests 10000;',
    'large_client_header_buffers 4 16k;',
    'client_header_timeout 30s;',
    `client_body_timeout ${timeout}s;`,
    `send_timeout ${timeout}s;`,
    // A refused upload must not occupy its slot for long.
    'lingering_time 10s;',
    'lingering_timeout 3s;',
    'reset_timedout_connection on;',
    '',
    `resolver ${plain('resolver', options.resolver)} valid=10s${options.ipv6 === true ? '' : ' ipv6=off'};`,
    'resolver_timeout 5s;',
  ];
}

function verifierLines(options: NginxOptions): string[] {
  const { access } = options;
  const list = (option: string, values: readonly string[]) =>
    values.map((value) => quoted(option, value).slice(1, -1)).join(' ');
  const certificates = access.certificatesUrl ?? `${access.issuer}/cdn-cgi/access/certs`;
  const lists: [name: string, option: string, values: readonly string[] | undefined][] = [
    ['emails', 'access.allowedEmails', access.allowedEmails],
    ['service_tokens', 'access.allowedServiceTokens', access.allowedServiceTokens],
  ];
  return [
    'js_engine qjs;',
    // A request holds a context until it ends, and creating one costs as much as verifying a token.
    `js_context_reuse ${options.maximumConnections ?? defaultConnections};`,
    `js_import gatehouse from ${nginxPaths.verifier}/${nginxPaths.verifierFile};`,
    // An entry is about 300 bytes; a full zone evicts the oldest, so memory is bounded.
    'js_shared_dict_zone zone=gatehouse_verdicts:4m timeout=600s evict;',
    'js_shared_dict_zone zone=gatehouse_keys:256k timeout=365d;',
    `js_fetch_trusted_certificate ${nginxPaths.certificateAuthorities};`,
    'js_fetch_verify on;',
    'js_fetch_protocols TLSv1.2 TLSv1.3;',
    'js_fetch_timeout 5s;',
    'js_fetch_buffer_size 16k;',
    'js_fetch_max_response_buffer_size 128k;',
    `js_var $gatehouse_issuer ${quoted('access.issuer', access.issuer)};`,
    `js_var $gatehouse_certificates ${quoted('access.certificatesUrl', certificates)};`,
    `js_var $gatehouse_audiences "${list('access.audiences', access.audiences)}";`,
    `js_var $gatehouse_allowlist "${lists.some(([, , values]) => values !== undefined) ? 'on' : 'off'}";`,
    ...lists.map(([name, option, values]) => `js_var $gatehouse_${name} "${list(option, values ?? [])}";`),
    `js_var $gatehouse_body_limit "${whole('bodyLimitBytes', options.bodyLimitBytes ?? defaultBodyLimitBytes, bodyInMemoryBytes, 2 ** 50)}";`,
    `js_var $gatehouse_key_lifetime "${whole('access.keyLifetimeSeconds', access.keyLifetimeSeconds ?? 900, 1, 3600)}";`,
    `js_var $gatehouse_key_cooldown "${whole('access.keyCooldownSeconds', access.keyCooldownSeconds ?? 30, 1, 3600)}";`,
    `js_var $gatehouse_key_waiting "${waitingForKeys}";`,
    `js_var $gatehouse_app "http://127.0.0.1:${whole('loopbackPort', options.loopbackPort, 1024, 65_535)}/";`,
    `js_var $gatehouse_app_wait "${whole('appWaitSeconds', options.appWaitSeconds ?? defaultAppWaitSeconds, 0, 86_400)}";`,
    'js_var $gatehouse_email "";',
    'js_var $gatehouse_counted "";',
    'js_set $gatehouse_known gatehouse.known;',
    'js_var $gatehouse_reason "";',
  ];
}

function limitLines(options: NginxOptions): string[] {
  return [
    // Only web sockets are upgraded: any other upgrade would bypass the rules for HTTP.
    'map $http_upgrade $gatehouse_upgrade {',
    '  default "";',
    '  "~*^websocket$" websocket;',
    '}',
    'map $gatehouse_upgrade $gatehouse_connection {',
    '  default "";',
    '  websocket upgrade;',
    '}',
    // Small bodies stay in memory and are not counted; a chunked one may become large.
    'map $http_transfer_encoding $gatehouse_upload {',
    '  default yes;',
    '  "" $gatehouse_long;',
    '}',
    'map $content_length $gatehouse_long {',
    '  default yes;',
    '  "" "";',
    '  "~^[0-9][0-9]?[0-9]?[0-9]?[0-9]?$" "";',
    '}',
    'limit_conn_zone $server_port zone=gatehouse_uploads:64k;',
    // nginx counts a request once: an upload must not be counted among the other requests.
    // A request without a verified token is not counted at all: it must not take the place of a user's.
    'limit_conn_zone $gatehouse_counted zone=gatehouse_requests:64k;',
    ...options.trustedPeers.map((range) => `set_real_ip_from ${plain('trustedPeers', range)};`),
    'real_ip_header CF-Connecting-IP;',
    ...cookieMaps(),
  ];
}

function upstreamLines(options: NginxOptions): string[] {
  const { serviceName, port } = options.upstream;
  return [
    'upstream gatehouse_app {',
    // nginx resolves the name again while it runs only with a zone.
    '  zone gatehouse_app 256k;',
    `  server ${plain('upstream.serviceName', serviceName)}:${whole('upstream.port', port, 1, 65_535)} resolve max_fails=0;`,
    '  keepalive 32;',
    // Shorter than servers wait: gunicorn 2 s, Node and uvicorn 5 s. A POST that meets their end is not sent again.
    '  keepalive_timeout 1s;',
    '}',
  ];
}

function gateLines(options: NginxOptions): string[] {
  const timeout = options.timeoutSeconds ?? 600;
  const connections = options.maximumConnections ?? defaultConnections;
  return [
    `listen ${whole('listenPort', options.listenPort, 1024, 65_535)};`,
    'server_name _;',
    // Below this level nginx writes the whole request line, query included.
    'error_log /dev/stderr crit;',
    `client_max_body_size ${options.bodyLimitBytes ?? defaultBodyLimitBytes};`,
    'client_body_buffer_size 100k;',
    'limit_conn_status 503;',
    `limit_conn gatehouse_requests ${connections};`,
    // Codes of nginx itself lead to locations; those of the app pass unchanged. Only we use 418.
    'recursive_error_pages on;',
    'error_page 413 = @too_large;',
    'error_page 418 = @authorize_upload;',
    'error_page 494 =401 @refused;',
    'error_page 502 503 504 =503 @unavailable;',
    ...proxyLines(options, timeout),
    '',
    'location / {',
    '  if ($gatehouse_upload) { return 418; }',
    '  js_access gatehouse.authorize;',
    // nginx itself compares a recently verified token and its e-mail, which costs half as much. An e-mail that equals a
    // verified one is verified.
    '  if ($gatehouse_known = "known:$http_cf_access_jwt_assertion $http_cf_access_authenticated_user_email") {',
    '    set $gatehouse_email $http_cf_access_authenticated_user_email;',
    '    set $gatehouse_counted yes;',
    '    js_access "";',
    '  }',
    '  proxy_pass http://gatehouse_app;',
    '}',
    '',
    // nginx checks limits before access, so requests get here after their token was verified.
    ...countedLocation('admitted', 'requests', connections),
    'location @authorize_upload {',
    '  js_access gatehouse.authorizeUpload;',
    '}',
    '',
    ...countedLocation('upload', 'uploads', whole('maximumUploads', options.maximumUploads, 1, 1024)),
    'location @too_large {',
    '  js_access gatehouse.refuseTooLarge;',
    '}',
    '',
    // A client without a verified token must not hold a connection for long by the rest of a body.
    'location @refused {',
    '  lingering_time 1s;',
    '  lingering_timeout 200ms;',
    '  default_type text/plain;',
    '  return 401 "Unauthorized\\n";',
    '}',
    'location @unavailable {',
    '  default_type text/plain;',
    '  return 503 "Service unavailable\\n";',
    '}',
  ];
}

function countedLocation(name: string, zone: string, most: number): string[] {
  return [
    `location @${name} {`,
    `  limit_conn gatehouse_${zone} ${most};`,
    '  proxy_pass http://gatehouse_app;',
    '}',
    '',
  ];
}

/** What all locations share that forward requests to the app. */
function proxyLines({ headers = [] }: NginxOptions, timeout: number): string[] {
  return [
    'proxy_http_version 1.1;',
    // The app receives a request only when its body is complete and within the limit.
    'proxy_request_buffering on;',
    // A response passes through memory only, whatever its size.
    'proxy_max_temp_file_size 0;',
    'proxy_buffers 8 32k;',
    'proxy_buffer_size 32k;',
    'proxy_busy_buffers_size 64k;',
    'proxy_connect_timeout 10s;',
    `proxy_read_timeout ${timeout}s;`,
    `proxy_send_timeout ${timeout}s;`,
    // The app decides nothing about the proxy, above all not which location answers.
    'proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;',
    ...forwardedHeaders(headers.map((name) => plain('headers', name))),
  ];
}
