import { plain, whole } from './nginxText.ts';

/** Paths on the status port. None of them is on the port that the tunnel reaches. */
export const statusPaths = { live: '/live', ready: '/ready', metrics: '/metrics' } as const;

/** The server for the kubelet and Prometheus. */
export function statusLines(options: { statusPort: number }): string[] {
  const answers = (path: string, handler: string) => [
    `location = ${path} {`,
    `  js_content gatehouse.${handler};`,
    '}',
  ];
  return [
    `listen ${whole('statusPort', options.statusPort, 1024, 65_535)};`,
    'server_name _;',
    'access_log off;',
    'location / {',
    '  return 404;',
    '}',
    `location = ${statusPaths.live} {`,
    '  default_type text/plain;',
    '  return 200 "live\\n";',
    '}',
    ...answers(statusPaths.ready, 'ready'),
    ...answers(statusPaths.metrics, 'metrics'),
    'location @keys {',
    // It runs when a worker starts and then periodically; it fetches only when the keys are due.
    '  js_periodic gatehouse.keepKeys interval=10s;',
    '}',
  ];
}

/**
 * The way of all requests to the app, for one fixed request without anything of whoever asks. It is on no address of the
 * pod. Both limits together are shorter than the probe's, which waits for the answer.
 */
export function reachLines({
  loopbackPort,
  upstream,
}: {
  loopbackPort: number;
  upstream: { serviceName: string };
}): string[] {
  return [
    `listen 127.0.0.1:${whole('loopbackPort', loopbackPort, 1024, 65_535)};`,
    'server_name _;',
    'access_log off;',
    'location / {',
    '  return 404;',
    '}',
    'location = / {',
    '  if ($args) { return 404; }',
    '  proxy_pass http://gatehouse_app/;',
    '  proxy_method HEAD;',
    '  proxy_http_version 1.1;',
    '  proxy_pass_request_headers off;',
    '  proxy_pass_request_body off;',
    `  proxy_set_header Host ${plain('upstream.serviceName', upstream.serviceName)};`,
    '  proxy_set_header User-Agent gatehouse;',
    '  proxy_set_header Content-Length "";',
    '  proxy_connect_timeout 2s;',
    '  proxy_send_timeout 2s;',
    '  proxy_read_timeout 2s;',
    '  proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;',
    '}',
  ];
}
