/** A variant of the access check, as a change of the generated configuration. */
export interface Variant {
  readonly name: string;
  readonly edit: (configuration: string) => string;
}

/** What the app's location asks for: the program, and nginx's own comparison with what the program knows. */
const verified =
  /js_access gatehouse\.authorize;\n *if \(\$gatehouse_known = "known:\$http_cf_access_jwt_assertion [^"]*"\) \{[^}]*\}/;
/** A proxy that verifies nothing: the app receives the e-mail that the client sends. */
const believed = 'set $gatehouse_email $http_cf_access_authenticated_user_email;';
/** The program in every request, as before nginx compared. */
const program = 'js_access gatehouse.authorize;';

/** The generated configuration and the same one with another guard, or with none: the app gets the same request from each. */
export const variants: readonly Variant[] = [
  { name: 'no check', edit: (text) => instead(text, believed) },
  {
    name: 'presence only',
    edit: (text) => instead(text, `if ($http_cf_access_jwt_assertion = "") { return 401; } ${believed}`),
  },
  { name: 'verified', edit: (text) => text },
  { name: 'verified by the program each time', edit: (text) => instead(text, program) },
  { name: 'verified by auth_request and proxy_cache', edit: cached },
];

function instead(text: string, guard: string): string {
  if (!verified.test(text)) throw new Error('the guard is not where it was');
  return text.replace(verified, () => guard);
}

/** The other design: a subrequest, answered by nginx's own cache in front of an internal server. */
function cached(text: string): string {
  const directory = /pid (.*)\/nginx\.pid;/.exec(text)?.[1];
  const server = `
  proxy_cache_path ${directory}/verdicts keys_zone=verdicts:4m max_size=64m inactive=10m use_temp_path=off;
  server {
    listen unix:${directory}/verdict.socket;
    access_log off;
    location / { js_access gatehouse.authorize; }
    # Where the program leads to.
    location @admitted { add_header X-Email $gatehouse_email; return 204; }
    location @refused { return 401; }
    location @unavailable { return 503; }
  }
  upstream verdict { server unix:${directory}/verdict.socket; keepalive 8; }
`;
  const verdict = `
    location = /verdict {
      internal;
      proxy_pass http://verdict;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header Cf-Access-Jwt-Assertion $http_cf_access_jwt_assertion;
      proxy_cache verdicts;
      proxy_cache_key $http_cf_access_jwt_assertion;
      proxy_cache_valid 204 60s;
      proxy_cache_lock on;
    }
    location / {`;
  return instead(text, 'auth_request /verdict; auth_request_set $gatehouse_email $upstream_http_x_email;')
    .replace('    location / {', verdict)
    .replace('\n  server {', `${server}\n  server {`);
}
