import {
  type BrokenPromise,
  type Family,
  type Mutation,
  type Operator,
  ofKind,
  placeOf,
} from '../operator.ts';
import type { Document, Tree } from '../tree.ts';

/** ConfigMaps that hold a configuration of nginx, with the key. */
function configurations(tree: Tree): readonly [document: Document, key: string][] {
  return ofKind(tree, 'ConfigMap').flatMap((document) =>
    Object.entries<string>(document.object.data ?? {}).flatMap(([key, text]): [Document, string][] =>
      /^\s*events \{/m.test(text) ? [[document, key]] : [],
    ),
  );
}

const demands: readonly BrokenPromise[] = [{ invariant: 'proxy-demands' }];
const authorize = 'js_access gatehouse.authorize;';

const rewriting = (
  id: string,
  does: string,
  rewrite: (text: string) => string,
  source: string,
  { equivalent, open: survives }: Pick<Operator, 'equivalent' | 'open'> = {},
): Operator => ({
  ...{ id, does, source, equivalent, open: survives },
  mutations: (tree: Tree): readonly Mutation[] =>
    configurations(tree).flatMap(([document, key]): Mutation[] => {
      if (rewrite(document.object.data[key]) === document.object.data[key]) return [];
      return [
        {
          where: placeOf(document),
          change: (draft) => {
            const { data } = draft.get(document);
            data[key] = rewrite(data[key]);
          },
          breaks: equivalent === undefined ? demands : [],
        },
      ];
    }),
});

const open = 'proxy_pass http://gatehouse_app;';
const beforeRoot = (text: string) => (configuration: string) =>
  configuration.replace('location / {', `${text}\nlocation / {`);
const inRoot = (text: string) => (configuration: string) =>
  configuration.replace('location / {', `location / {\n${text}`);
const access = 'nginx, ngx_http_core_module and ngx_http_js_module';

export const nginxFamily: Family = {
  title: 'Origin proxies',
  operators: [
    rewriting('check-removed', 'Removes the verification', (text) => text.replace(authorize, ''), access),
    rewriting(
      'check-of-presence',
      'Puts a presence check of the header in the place of the verification',
      (text) => text.replace(authorize, 'if ($http_cf_access_jwt_assertion = "") { return 401; }'),
      access,
      { equivalent: 'the tunnel verifies the token, and the proxy still demands something' },
    ),
    rewriting(
      'check-in-another-location',
      'Adds a location without the verification',
      beforeRoot(`location /api { ${open} }`),
      access,
    ),
    rewriting(
      'check-in-a-regular-expression',
      'Adds a location with a regular expression, without the verification',
      beforeRoot(`location ~* \\.jpg$ { ${open} }`),
      access,
    ),
    rewriting(
      'check-in-an-exact-location',
      'Adds an exact location without the verification',
      beforeRoot(`location = /open { ${open} }`),
      access,
    ),
    rewriting(
      'check-on-another-server',
      'Adds a server with another name, without the verification',
      (text) =>
        text.replace(
          /server \{\n +listen 8080;/,
          (server) =>
            `server { listen 8080; server_name open.example.org; location / { ${open} } }\n${server}`,
        ),
      access,
    ),
    rewriting(
      'check-on-another-port',
      'Adds a server on another port, without the verification',
      (text) =>
        text.replace(
          /server \{\n +listen 8080;/,
          (server) => `server { listen 8090; location / { ${open} } }\n${server}`,
        ),
      access,
      { equivalent: 'policies let nothing connect to that port' },
    ),
    rewriting(
      'check-satisfied-by-any',
      'Sets `satisfy any` with `allow all`',
      inRoot('satisfy any; allow all;'),
      'nginx, ngx_http_core_module, `satisfy`',
    ),
    rewriting(
      'check-by-an-error-page',
      'Lets an error page forward the request',
      beforeRoot(`error_page 401 403 = @open;\nlocation @open { ${open} }`),
      'nginx, ngx_http_core_module, `error_page`',
    ),
    rewriting(
      'check-by-a-subrequest',
      'Puts `auth_request` to a location that always says yes in the place of the verification',
      (text) => beforeRoot('location = /yes { return 204; }')(text.replace(authorize, 'auth_request /yes;')),
      'nginx, ngx_http_auth_request_module',
    ),
    rewriting(
      'check-off-in-a-nested-location',
      'Adds a nested location that turns the verification off',
      inRoot(`location /api { js_access ""; ${open} }`),
      access,
    ),
    rewriting(
      'nginx-include',
      'Includes files from elsewhere',
      (text) => text.replace('server_tokens off;', 'include /etc/nginx/other/*.conf;'),
      'what they hold is not among the objects',
    ),
    rewriting(
      'nginx-upstream-of-the-client',
      'Lets the client name the upstream',
      (text) => text.replace(open, 'proxy_pass http://$http_x_upstream;'),
      'nginx, ngx_http_proxy_module, `proxy_pass` with variables',
    ),
    rewriting(
      'nginx-other-program',
      'Imports the program of the verification from another file',
      (text) => text.replace('/etc/gatehouse/verifier/verifier.js', '/tmp/verifier.js'),
      'what it holds is not among the objects',
    ),
    rewriting(
      'nginx-broken',
      'Breaks the configuration',
      (text) => text.replace('events {', 'events {{'),
      'nginx does not start, and a running one keeps what it had',
    ),
    {
      id: 'verifier-emptied',
      does: 'Replaces the program of the verification with one that lets everybody pass',
      source: 'ngx_http_js_module: `js_access` with a function that returns admits the request',
      mutations: (tree) =>
        ofKind(tree, 'ConfigMap').flatMap((document): Mutation[] => {
          const key = Object.keys(document.object.data ?? {}).find((name) => name.endsWith('.js'));
          if (key === undefined) return [];
          return [
            {
              where: placeOf(document),
              change: (draft) => {
                draft.get(document).data[key] =
                  'export default { authorize(r) {}, known() { return ""; } };\n';
              },
              breaks: demands,
            },
          ];
        }),
    },
  ],
};
