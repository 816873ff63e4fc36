import { describe, expect, it } from 'vitest';
import { readConfigurationSources } from '../../../manifests/configurationSources.ts';
import { workloadOf } from '../../model/workload.ts';
import type { ProxyWorkload } from '../proxy.ts';
import { nginx } from './nginx.ts';

function read(data: Record<string, string>, mounts: unknown[], container: object = {}): ProxyWorkload {
  const object = (kind: string, rest: object) => ({
    object: { apiVersion: 'v1', kind, metadata: { name: 'x', namespace: 'edge' }, ...rest },
    file: 'x.yaml',
  });
  const spec = {
    containers: [{ name: 'c', image: 'docker.io/library/nginx:1.30', volumeMounts: mounts, ...container }],
    volumes: [{ name: 'v', configMap: { name: 'x' } }],
  };
  const workload = workloadOf(object('Pod', { spec }));
  const sources = readConfigurationSources([object('ConfigMap', { data })]);
  const found = workload === undefined ? [] : nginx.read(sources, { ...workload, index: 0 });
  return found[0] as ProxyWorkload;
}

const whole = [{ name: 'v', mountPath: '/etc/nginx' }];
const server = (inside: string, http = '') => ({
  'nginx.conf': `events {}\nhttp { ${http}\nserver { listen 8080; ${inside} } }`,
});
const certainties = (data: Record<string, string>) =>
  read(data, whole).routes.map(({ name, controls }) => [
    name.replace(/ \(.*/, ''),
    ...controls.map(({ certainty }) => certainty),
  ]);

const pass = 'proxy_pass http://app:80;';
const without = 'if ($http_x = "") { return 401; }';
const password = 'auth_basic home; auth_basic_user_file /etc/nginx/users;';

// Each of these was asked of nginx 1.30 with a request without the header or the password.
describe('a way around a check of nginx', () => {
  it.each<[string, Record<string, string>, string[][]]>([
    [
      'the error page of a condition of the server',
      server(`${without} error_page 401 = @app; location / { ${pass} } location @app { ${pass} }`),
      [['location /', 'presence'], ['location @app']],
    ],
    [
      'the same, set for all servers',
      server(`${without} location / { ${pass} } location @app { ${pass} }`, 'error_page 401 = @app;'),
      [['location /', 'presence'], ['location @app']],
    ],
    [
      'an error page of a location',
      server(
        `${without} location / { error_page 401 = @app; ${pass} } location @app { ${password} ${pass} }`,
      ),
      [
        ['location /', 'presence'],
        ['location @app', 'verified'],
      ],
    ],
    [
      'a named location that is no error page',
      server(`${without} location / { try_files /none @app; } location @app { ${pass} }`),
      [['location @app', 'presence', 'presence']],
    ],
    [
      'the error page of what a server always returns',
      server(`error_page 404 = @app; return 404; location @app { ${pass} }`),
      [['location @app']],
    ],
    [
      'an error page of another status',
      server(`error_page 500 = @app; return 404; location @app { ${pass} }`),
      [],
    ],
    [
      'a break before the refusal',
      server(`if ($http_x = "") { break; return 401; } location / { ${pass} }`),
      [['location /']],
    ],
    [
      'a rewrite before the refusal',
      server(`location / { if ($http_x = "") { rewrite ^ /y break; return 401; } ${pass} }`),
      [['location /']],
    ],
    [
      'a rewrite below the location of auth_request',
      server(
        `location /auth { internal; ${pass} } location /x/ { rewrite ^/x/(.*)$ /auth/$1 last; } location / { auth_request /auth; ${password} ${pass} }`,
      ),
      [['location /auth'], ['location /', 'program', 'verified']],
    ],
    [
      'a rewrite with a variable',
      server(
        `location = /auth { internal; ${pass} } location /x { rewrite ^/x(.*)$ $1 last; } location / { auth_request /auth; ${pass} }`,
      ),
      [['location = /auth'], ['location /', 'program']],
    ],
    [
      'a rewrite to another location',
      server(
        `location = /auth { internal; ${pass} } location /x { rewrite ^/x(.*)$ /auth/$1 last; } location / { auth_request /auth; ${pass} }`,
      ),
      [['location /', 'program']],
    ],
    [
      'an answer of auth_request that is cached',
      server(
        `auth_request /auth; location = /auth { internal; proxy_cache a; proxy_cache_key $request_uri; ${pass} } location / { ${pass} }`,
      ),
      [['location /', 'unknown']],
    ],
    [
      'a file of users that the client names',
      server(`auth_basic home; auth_basic_user_file /etc/nginx/$arg_u; location / { ${pass} }`),
      [['location /', 'unknown']],
    ],
  ])('%s', (_, data, expected) => {
    expect(certainties(data)).toEqual(expected);
  });

  it('is a file that is mounted in the place of one of the image', () => {
    const data = {
      ...server(`${password} include mime.types; location / { ${pass} }`),
      'mime.types': `location /open { auth_basic off; ${pass} }`,
    };
    expect(certainties(data)).toEqual([['location /open'], ['location /', 'verified']]);
  });

  it('is an upstream that the client names', () => {
    const upstreams = (target: string) =>
      read(server(`location / { proxy_pass ${target}; }`), whole).routes.map(({ upstream }) => upstream);
    expect(upstreams('http://app$arg_x:80')).toEqual([
      { kind: 'unknown', why: 'the client names its upstream' },
    ]);
    expect(upstreams('http://$cookie_x.web.svc')).toMatchObject([{ kind: 'unknown' }]);
    expect(upstreams('http://app:80$request_uri?$args')).toMatchObject([{ kind: 'address', host: 'app' }]);
  });

  it.each([
    'auth_basic off; auth_basic home;',
    'satisfy any; satisfy all;',
    'location /b { proxy_pass http://a; proxy_pass http://b; }',
  ])('%s is refused by nginx', (inside) => {
    expect(read(server(`${inside} location / { ${pass} }`), whole).refused).toMatch(/is there twice/);
  });
});

describe('what the image does before nginx starts', () => {
  const template = [{ name: 'v', mountPath: '/etc/nginx/templates' }];
  const text = `server { listen \${PORT}; ${password} satisfy \${HOW}; location / { ${pass} } }`;
  const env = (how: object) => ({
    env: [
      { name: 'PORT', value: '8081' },
      { name: 'HOW', ...how },
    ],
  });

  it('fills variables of the environment into templates', () => {
    const of = (how: string) => read({ 'a.conf.template': text }, template, env({ value: how })).routes;
    expect(of('all')).toMatchObject([{ ports: [8081], controls: [{ certainty: 'verified' }] }]);
    expect(of('any')).toMatchObject([{ ports: [8081], controls: [{ certainty: 'unknown' }] }]);
  });

  it('is unknown where a value is not known', () => {
    const how = { valueFrom: { secretKeyRef: { name: 'none', key: 'how' } } };
    expect(read({ 'a.conf.template': text }, template, env(how)).unseen).toBeDefined();
  });

  it.each<[string, object]>([
    ['a hook', { lifecycle: { postStart: { exec: { command: ['sh', '-c', 'nginx -s reload'] } } } }],
    ['another directory of templates', { env: [{ name: 'NGINX_ENVSUBST_TEMPLATE_DIR', value: '/t' }] }],
  ])('is unknown with %s', (_, container) => {
    expect(read(server(`${password} location / { ${pass} }`), whole, container).unseen).toBeDefined();
  });

  it('is known with a hook that runs at the end', () => {
    const lifecycle = { preStop: { exec: { command: ['nginx', '-s', 'quit'] } } };
    expect(read(server(`${password} location / { ${pass} }`), whole, { lifecycle }).unseen).toBeUndefined();
  });
});
