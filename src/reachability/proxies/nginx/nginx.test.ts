import { describe, expect, it } from 'vitest';
import { recentFor } from '../../../../proxy/recent.ts';
import { readConfigurationSources } from '../../../manifests/configurationSources.ts';
import { workloadOf } from '../../model/workload.ts';
import { nginx } from './nginx.ts';
import { parseNginx } from './syntax.ts';

const pod = (mounts: unknown[], image = 'nginxinc/nginx-unprivileged:1.30.4-alpine') => ({
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'proxy', namespace: 'edge' },
    spec: {
      containers: [{ name: 'c', image, volumeMounts: mounts }],
      volumes: [
        { name: 'v', configMap: { name: 'files' } },
        { name: 'elsewhere', configMap: { name: 'elsewhere' } },
        { name: 'empty', emptyDir: {} },
      ],
    },
  },
  file: 'pod.yaml',
});
const read = (data: Record<string, string>, mounts: unknown[] = [{ name: 'v', mountPath: '/etc/nginx' }]) => {
  const files = {
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'files', namespace: 'edge' }, data },
    file: 'files.yaml',
  };
  const workload = workloadOf(pod(mounts));
  return workload === undefined
    ? undefined
    : nginx.read(readConfigurationSources([files]), { ...workload, index: 0 })[0];
};
const server = (inside: string, http = '') => ({
  'nginx.conf': `events {}\nhttp { ${http} server { listen 8080; ${inside} } }`,
});
const routes = (data: Record<string, string>) =>
  read(data)?.routes.map(({ upstream, controls }) => [
    upstream.kind === 'address' ? `${upstream.host}:${upstream.port}` : 'unknown',
    ...controls.map(({ certainty }) => certainty),
  ]);

it.each([
  ['/users/file', '/users', 'unknown'],
  ['users/file', '/etc/nginx/users', 'unknown'],
  ['/other/file', '/users', 'verified'],
])(
  'does not know a file of users in a volume that is written while the pod runs: %s',
  (file, at, expected) => {
    const mounts = [
      { name: 'v', mountPath: '/etc/nginx' },
      { name: 'empty', mountPath: at },
    ];
    const found = read(
      server(`auth_basic home; auth_basic_user_file ${file}; location / { proxy_pass http://app:1; }`),
      mounts,
    );
    expect(found?.routes.flatMap(({ controls }) => controls.map(({ certainty }) => certainty))).toEqual([
      expected,
    ]);
  },
);

it('says how long a key passes that Access has withdrawn, in what the origin proxy verifies', () => {
  const keys = 'js_var $gatehouse_key_lifetime "600"; js_var $gatehouse_key_cooldown "20";';
  const found = read(
    server(
      `location / { js_access gatehouse.authorize; proxy_pass http://app:1; } location /open { proxy_pass http://app:1; }`,
      keys,
    ),
  );
  expect(found?.routes.map(({ assumptions }) => assumptions)).toEqual([
    [
      `A key that Access withdraws passes at Pod edge/proxy until the keys are fetched again: after about 10 minutes, or ${20 + recentFor / 1_000} s where tokens with a new key arrive, and later where Access does not answer`,
    ],
    undefined,
  ]);
});

describe('parseNginx', () => {
  it('reads words, quotes, comments, variables in braces and lines', () => {
    expect(
      parseNginx(`a 'b c' "d \\" e"; # x { y\nif ($http_x = "") {\n  return 401;\n}\nlog "\${name}" \${x}y;`),
    ).toEqual([
      { name: 'a', args: ['b c', 'd " e'], line: 1 },
      {
        name: 'if',
        args: ['($http_x', '=', '', ')'],
        line: 2,
        block: [{ name: 'return', args: ['401'], line: 3 }],
      },
      { name: 'log', args: ['${name}', '${x}y'], line: 5 },
    ]);
  });

  it.each(['a', 'a {', '}', 'a "b;', 'a { b }', '{ a; }', ';'])('refuses %j', (text) => {
    expect(parseNginx(text)).toBeUndefined();
  });
});

describe('nginx', () => {
  it.each<[string, Record<string, string>, string[][]]>([
    ['nothing asked', server('location / { proxy_pass http://app; }'), [['app:80']]],
    [
      'a header by if',
      server('location / { if ($http_x = "") { return 401; } proxy_pass http://app:1; }'),
      [['app:1', 'presence']],
    ],
    [
      'a header by negation',
      server('location / { if ($http_x !~ "^ey") { return 401; } proxy_pass http://app:1; }'),
      [['app:1', 'presence']],
    ],
    [
      'an if that refuses one value only',
      server('location / { if ($http_x = "bad") { return 401; } proxy_pass http://app:1; }'),
      [['app:1']],
    ],
    [
      'an if of the server',
      server('if ($http_x = "") { return 401; } location / { proxy_pass http://app:1; }'),
      [['app:1', 'presence']],
    ],
    [
      'a map with a pattern',
      server(
        'if ($no) { return 403; } location / { proxy_pass http://app:1; }',
        'map $http_x $no { ~^ey 0; default 1; }',
      ),
      [['app:1', 'presence']],
    ],
    [
      'a program by js_access',
      server('js_access gate.check; location / { proxy_pass http://app:1; }'),
      [['app:1', 'program']],
    ],
    [
      'a program that is turned off inside',
      server('js_access g.c; location / { js_access ""; proxy_pass http://app:1; }'),
      [['app:1']],
    ],
    [
      'a program that a header turns off',
      server('location / { js_access g.c; if ($http_x = a) { js_access ""; } proxy_pass http://app:1; }'),
      [['app:1', 'unknown']],
    ],
    [
      'a program that a method turns off',
      server('location / { js_access g.c; limit_except POST { js_access ""; } proxy_pass http://app:1; }'),
      [['app:1', 'unknown']],
    ],
    [
      'a program that another program turns off',
      server(
        'location / { js_access g.c; if ($known = $http_x) { js_access ""; } proxy_pass http://app:1; }',
        'js_set $known h.c;',
      ),
      [['app:1', 'unknown']],
    ],
    [
      'a program that turns itself off',
      server(
        'location / { js_access g.c; if ($known = "k:$http_x") { js_access ""; } proxy_pass http://app:1; }',
        'js_set $known g.known;',
      ),
      [['app:1', 'program']],
    ],
    [
      'a program by js_set',
      server(
        'if ($ok = no) { return 401; } location / { proxy_pass http://app:1; }',
        'js_set $ok gate.check;',
      ),
      [['app:1', 'program']],
    ],
    [
      'a program by auth_request over a socket',
      {
        'nginx.conf': `events {} http {
          server { listen 8080; auth_request /auth;
            location = /auth { internal; proxy_pass http://unix:/run/verdict.sock:/; }
            location / { proxy_pass http://app:1; } }
          server { listen unix:/run/verdict.sock; location / { js_content gate.check; } } }`,
      },
      [['app:1', 'program']],
    ],
    [
      'auth_request turned off inside',
      server(
        'auth_request /a; location = /a { internal; js_content g.c; } location /open { auth_request off; proxy_pass http://app:1; }',
      ),
      [['app:1']],
    ],
    [
      'auth_request that always agrees',
      server('location = /a { return 204; } location / { auth_request /a; proxy_pass http://app:1; }'),
      [['app:1', 'none']],
    ],
    [
      'another service that decides',
      server(
        'location = /a { internal; proxy_pass http://sso:4180; } location / { auth_request /a; proxy_pass http://app:1; }',
      ),
      [['app:1', 'program']],
    ],
    [
      'a password',
      server('auth_basic home; auth_basic_user_file /users; location / { proxy_pass http://app:1; }'),
      [['app:1', 'verified']],
    ],
    [
      'one of two',
      server(
        'satisfy any; auth_basic home; auth_basic_user_file /users; location / { proxy_pass http://app:1; }',
      ),
      [['app:1', 'unknown']],
    ],
    [
      'an upstream group',
      server('location / { proxy_pass http://apps; }', 'upstream apps { server a:1; server b:2; }'),
      [['a:1'], ['b:2']],
    ],
    ['a variable', server('set $up http://app:3; location / { proxy_pass $up$request_uri; }'), [['app:3']]],
    ['a name from the client', server('location / { proxy_pass http://$http_host; }'), [['unknown']]],
    [
      'nested locations',
      server('location / { js_access g.c; location /x { proxy_pass http://app:1; } }'),
      [['app:1', 'program']],
    ],
    [
      'a server that answers itself',
      server('return 301 https://x; location / { proxy_pass http://app:1; }'),
      [],
    ],
    [
      'a named location after try_files',
      server('location / { js_access g.c; try_files $uri @app; } location @app { proxy_pass http://app:1; }'),
      [['app:1', 'program']],
    ],
    [
      'a named location after a refusal',
      server(
        'location / { js_access g.c; error_page 401 = @app; return 401; } location @app { proxy_pass http://app:1; }',
      ),
      [['app:1']],
    ],
    [
      'a password without a file of users, which nginx does not ask for',
      server('auth_basic home; location / { proxy_pass http://app:1; }'),
      [['app:1']],
    ],
    [
      'a password that a variable turns off',
      server('auth_basic $realm; auth_basic_user_file /users; location / { proxy_pass http://app:1; }'),
      [['app:1', 'unknown']],
    ],
    [
      'a password for some methods only',
      server(
        'auth_basic home; auth_basic_user_file /users; location / { limit_except GET { auth_basic off; } proxy_pass http://app:1; }',
      ),
      [['app:1', 'unknown']],
    ],
    [
      'another upstream for some methods',
      server('location / { proxy_pass http://app:1; limit_except GET { proxy_pass http://other:2; } }'),
      [['app:1'], ['other:2']],
    ],
    [
      'a condition that an earlier break leaves out',
      server(
        'location / { if ($http_y) { break; } if ($http_x = "") { return 401; } proxy_pass http://app:1; }',
      ),
      [['app:1', 'unknown']],
    ],
    [
      'a condition of the server that an earlier rewrite leaves out',
      server(
        'rewrite ^/x /y last; if ($http_x = "") { return 401; } location / { proxy_pass http://app:1; }',
      ),
      [['app:1', 'unknown']],
    ],
    [
      'a return of the server that a condition leaves out',
      server('if ($http_x) { break; } return 404; location / { proxy_pass http://app:1; }'),
      [['app:1']],
    ],
    [
      'a secret in a header by a variable',
      server(
        'location / { if ($http_x = secret) { set $ok 1; } if ($ok != 1) { return 401; } proxy_pass http://app:1; }',
      ),
      [['app:1', 'unknown']],
    ],
    [
      'an upstream that a condition changes',
      server('set $up http://a:1; if ($http_x) { set $up http://b:2; } location / { proxy_pass $up; }'),
      [['unknown']],
    ],
    [
      'an upstream whose host arguments extend',
      server('location / { proxy_pass http://app$args; }'),
      [['unknown']],
    ],
    [
      'a rewrite to an internal location, which leaves before the check',
      server(
        'location / { js_access g.c; rewrite ^ /in last; } location /in { internal; proxy_pass http://app:1; }',
      ),
      [['app:1']],
    ],
    [
      'an internal location of two callers, by the weaker one',
      server(
        'location /a { js_access g.c; try_files $uri @app; } location /b { try_files $uri @app; } location @app { proxy_pass http://app:1; }',
      ),
      [['app:1']],
    ],
    [
      'auth_request that a header answers',
      server(
        'location = /a { if ($http_x) { return 204; } proxy_pass http://sso; } location / { auth_request /a; proxy_pass http://app:1; }',
      ),
      [['sso:80'], ['app:1', 'unknown']],
    ],
    [
      'auth_request whose refusal an error page turns into a page',
      server(
        'location = /a { internal; proxy_pass http://sso; proxy_intercept_errors on; error_page 401 =200 /ok; } location / { auth_request /a; proxy_pass http://app:1; }',
      ),
      [['app:1', 'unknown']],
    ],
    [
      'auth_request that a regular expression may answer',
      server(
        'location ~ ^/a { return 204; } location /a { proxy_pass http://sso; } location / { auth_request /a; proxy_pass http://app:1; }',
      ),
      [['sso:80'], ['app:1', 'unknown']],
    ],
    [
      'other protocols',
      server(
        'location /f { fastcgi_pass php:9000; } location /u { uwsgi_pass py:3031; } location /g { grpc_pass grpc://g:50051; }',
      ),
      [['php:9000'], ['py:3031'], ['g:50051']],
    ],
    ['a socket of the pod', server('location / { proxy_pass http://unix:/run/app.sock:/; }'), [['unknown']]],
    ['a program that answers', server('location / { js_content app.answer; }'), [['unknown', 'program']]],
    [
      'a stream',
      { 'nginx.conf': 'events {} stream { server { listen 5432; proxy_pass db:5432; } }' },
      [['db:5432']],
    ],
  ])('reads %s', (_name, data, expected) => {
    expect(routes(data)).toEqual(expected);
  });

  it('follows includes and the directory of the image', () => {
    const main = {
      'nginx.conf': 'events {} http { include conf.d/*.conf; }',
      'app.conf': 'server { listen 1; location / { proxy_pass http://app:1; } }',
    };
    const mounts = [
      { name: 'v', mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf' },
      { name: 'v', mountPath: '/etc/nginx/conf.d/app.conf', subPath: 'app.conf' },
    ];
    expect(read(main, mounts)?.routes).toHaveLength(1);
    expect(read({ 'app.conf': main['app.conf'] }, mounts.slice(1))?.routes).toHaveLength(1);
  });

  it.each(['conf.d/*.con?', 'conf.d/ap[a-p].conf', 'conf.d/a?p.*'])('follows the pattern %s', (pattern) => {
    const files = {
      'nginx.conf': `events {} http { include ${pattern}; }`,
      'app.conf': 'server { listen 1; location / { proxy_pass http://app:1; } }',
    };
    const mounts = [
      { name: 'v', mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf' },
      { name: 'v', mountPath: '/etc/nginx/conf.d' },
    ];
    expect(read(files, mounts)?.routes).toHaveLength(1);
  });

  const included = 'events {} http { include conf.d/*.conf; }';
  it.each([
    ['parts', { 'nginx.conf': included }, '/etc/nginx/conf.d'],
    ['templates', { 'nginx.conf': included }, '/etc/nginx/templates'],
    ['parts beside its own main file', { 'app.conf': 'server { listen 1; }' }, '/etc/nginx/templates'],
  ])('does not see %s that are not among the objects', (_, files, hidden) => {
    const [name = ''] = Object.keys(files);
    const at = name === 'nginx.conf' ? '/etc/nginx/nginx.conf' : `/etc/nginx/conf.d/${name}`;
    const mounts = [
      { name: 'v', mountPath: at, subPath: name },
      { name: 'elsewhere', mountPath: hidden },
    ];
    expect(read(files, mounts)?.unseen).toBeTypeOf('string');
  });

  it('sees templates that the start script writes beside the main file', () => {
    const files = {
      'nginx.conf': included,
      'app.conf.template': 'server { listen 1; location / { proxy_pass http://app:1; } }',
    };
    const mounts = [
      { name: 'v', mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf' },
      { name: 'v', mountPath: '/etc/nginx/templates' },
    ];
    const found = read(files, mounts);
    expect([found?.routes.length, found?.unseen !== undefined]).not.toEqual([0, false]);
  });

  it.each([
    ['a file that does not parse', { 'nginx.conf': 'http {' }],
    ['an include that is not there', { 'nginx.conf': 'http { include secret.conf; }' }],
    ['a directory of the image', { 'nginx.conf': 'http { include /etc/nginx/sites/*.conf; }' }],
    ['no file', {}],
  ])('says what it does not see: %s', (_name, data) => {
    expect(read(data)?.unseen).toBeTypeOf('string');
  });

  it.each([
    ['a directive in a wrong block', server('location / { listen 80; proxy_pass http://app; }')],
    ['a directive that wants a block', server('location /;')],
    ['a directive that wants none', server('root /x { }')],
    ['deny in an if', server('location / { if ($http_x = "") { deny all; } proxy_pass http://app; }')],
    ['proxy_pass in a server', server('proxy_pass http://app;')],
    ['no events', { 'nginx.conf': 'http { server { location / { proxy_pass http://app; } } }' }],
  ])('does not start with %s', (_name, data) => {
    const found = read(data);
    expect(found?.refused).toBeTypeOf('string');
    expect(found?.routes).toEqual([]);
  });

  it.each([
    [
      'a directive of an unknown module',
      server('location / { access_by_lua_file x.lua; proxy_pass http://app; }'),
    ],
    ['subrequests of a page', server('location / { ssi on; proxy_pass http://app; }')],
    ['a copy of each request', server('location / { mirror /m; proxy_pass http://app; }')],
    ['a module that is not known', { 'nginx.conf': 'load_module modules/x.so; events {} http { }' }],
    ['mail', { 'nginx.conf': 'events {} mail { server { listen 25; protocol smtp; } }' }],
  ])('says that it does not read %s', (_name, data) => {
    expect(read(data)?.unseen).toMatch(/line 1|line 2|known|read/);
    expect(read(data)?.refused).toBeUndefined();
  });

  it('says that files are written while the pod runs', () => {
    const main = { 'nginx.conf': 'events {} http { include conf.d/*.conf; }' };
    const mounts = [
      { name: 'v', mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf' },
      { name: 'made', mountPath: '/etc/nginx/conf.d' },
    ];
    expect(read(main, mounts)?.unseen).toContain('the volume made');
    expect(read({}, [{ name: 'made', mountPath: '/etc/nginx' }])?.unseen).toContain('the volume made');
  });

  it('says that a script runs before nginx', () => {
    const mounts = [
      { name: 'v', mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf' },
      { name: 'v', mountPath: '/docker-entrypoint.d/40-x.sh', subPath: '40-x.sh' },
    ];
    const data = { 'nginx.conf': 'events {} http { }', '40-x.sh': 'sed -i s/a/b/ /x' };
    expect(read(data, mounts)?.unseen).toContain('/docker-entrypoint.d/40-x.sh');
  });

  it('takes a container for nginx by what it starts, not by a word of its arguments', () => {
    const started = (container: object) => {
      const source = pod([], 'example.org/proxy:1');
      const [first] = source.object.spec.containers;
      const spec = { ...source.object.spec, containers: [{ ...first, ...container }] };
      const workload = workloadOf({ ...source, object: { ...source.object, spec } });
      return workload === undefined ? [] : nginx.read(new Map(), { ...workload, index: 0 });
    };
    expect(started({ args: ['--ingress-class', 'nginx'] })).toEqual([]);
    expect(started({ command: ['/usr/sbin/nginx', '-g', 'daemon off;'] })).toHaveLength(1);
    expect(started({ command: ['sh', '-c', 'envsubst < /t > /c && nginx'] })[0]?.unseen).toContain('script');
  });

  it('reads ranges of ports, and both defaults', () => {
    const ports = (listen: string) =>
      read({ 'nginx.conf': `events {} http { server { ${listen} location / { proxy_pass http://app; } } }` })
        ?.routes[0]?.ports;
    expect(ports('listen 8080-8082;')).toEqual([8080, 8081, 8082]);
    expect(ports('')).toEqual([80, 8000]);
    expect(ports('listen [::]:81; listen 127.0.0.1:82 ssl; listen localhost;')).toEqual([81, 82, 80]);
  });

  it('is no proxy without nginx', () => {
    const workload = workloadOf(pod([], 'traefik:3'));
    expect(workload && nginx.read(new Map(), { ...workload, index: 0 })).toEqual([]);
  });

  it('takes a long body that is led elsewhere for no demand: without a length there is none', () => {
    const maps = 'map $content_length $long { default yes; "" ""; }';
    expect(
      routes(server('location / { if ($long) { return 418; } proxy_pass http://app:80; }', maps)),
    ).toEqual([['app:80']]);
  });
});
