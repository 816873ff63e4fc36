import type { ConfigData } from '../../testDirectory.ts';
import { type Mutation, pod, template } from './mutation.ts';

const config = ['cloudflared', 'config.yaml'] as const;
const nginx = ['immich-origin-proxy', 'nginx.conf'] as const;
const noRoute = '- service: http_status:404';
const access = 'originRequest: {access: {required: true, teamName: example, audTag: [bbbb]}}';
const rule = (host: string, service: string, more = ''): string =>
  `- {hostname: ${host}, service: "${service}"${more === '' ? '' : `, ${more}`}}\n  ${noRoute}`;
const gateway = (controls?: ConfigData): ConfigData[] => [
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'envoy' },
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'front', namespace: 'media' },
    spec: { gatewayClassName: 'envoy', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'photos', namespace: 'media' },
    spec: {
      parentRefs: [{ name: 'front' }],
      rules: [{ backendRefs: [{ name: 'immich-server', port: 2283 }] }],
    },
  },
  ...(controls === undefined
    ? []
    : [
        {
          apiVersion: 'gateway.envoyproxy.io/v1alpha1',
          kind: 'SecurityPolicy',
          metadata: { name: 'photos', namespace: 'media' },
          spec: {
            targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'photos' }],
            ...controls,
          },
        },
      ]),
];

/** Mutations of the tunnel, the proxy behind it, and a Gateway. */
export const edgeMutations: readonly Mutation[] = [
  // The tunnel. The program of the proxy verifies tokens too, but it is not read here
  [
    'Access at the top level',
    (home) => {
      home.rewrite(
        ...config,
        /\n\s+originRequest:\n(?:\s+(?:access:|required:|teamName:|audTag:|- ").*\n)+/,
        '\n',
      );
      home.rewrite(...config, 'ingress:', `${access}\ningress:`);
    },
    'outside-gated',
    'unknown',
  ],
  [
    'required: false',
    (home) => home.rewrite(...config, 'required: true', 'required: false'),
    'outside-gated',
    'unknown',
  ],
  [
    'required as a text',
    (home) => home.rewrite(...config, 'required: true', 'required: "true"'),
    'outside-gated',
    'unknown',
  ],
  [
    'required left out',
    (home) => home.rewrite(...config, 'required: true', 'optional: true'),
    'outside-gated',
    'unknown',
  ],
  [
    'an empty audience',
    (home) => home.rewrite(...config, /audTag:\n\s+- ".*"/, 'audTag: []'),
    'ways-work',
    'refuted',
  ],
  [
    'an audience of nothing',
    (home) => home.rewrite(...config, /audTag:\n\s+- ".*"/, 'audTag: [""]'),
    'ways-work',
    'refuted',
  ],
  [
    'an empty team',
    (home) => home.rewrite(...config, /teamName: .*/, 'teamName: ""'),
    'outside-gated',
    'unknown',
  ],
  [
    'an audience that is still to be filled in',
    (home) => home.rewrite(...config, /audTag:\n\s+- ".*"/, 'audTag: ["${AUDIENCE}"]'),
    'outside-gated',
    'unknown',
  ],
  [
    'a second rule straight to the app',
    (home) =>
      home.rewrite(...config, noRoute, rule('b.example.org', 'http://immich-server.media:2283', access)),
    'outside-gated',
    'refuted',
  ],
  [
    'a second rule without Access',
    (home) =>
      home.rewrite(...config, noRoute, rule('b.example.org', 'http://immich-origin-proxy.networking:8080')),
    'outside-gated',
    'unknown',
  ],
  [
    'a rule to the database',
    (home) => home.rewrite(...config, noRoute, rule('b.example.org', 'tcp://immich-postgres.media:5432')),
    'outside-gated',
    'refuted',
  ],
  [
    'a bastion',
    (home) => home.rewrite(...config, noRoute, rule('b.example.org', 'bastion')),
    'outside-gated',
    'refuted',
  ],
  [
    'a rule for whatever is left',
    (home) => home.rewrite(...config, noRoute, '- service: http://immich-origin-proxy.networking:8080'),
    'outside-gated',
    'unknown',
  ],
  [
    'private networks through the tunnel',
    (home) => home.rewrite(...config, 'ingress:', 'warp-routing: {enabled: true}\ningress:'),
    'outside-gated',
    'unknown',
  ],
  [
    'a token in the place of the credentials',
    (home) => {
      template(home, 'cloudflared').spec.containers[0].args.push('--token', 'abc');
    },
    'outside-gated',
    'unknown',
  ],
  [
    'a second tunnel straight to the app',
    (home) =>
      home.add(
        pod('networking', {
          containers: [
            {
              name: 'c',
              image: 'cloudflare/cloudflared:1',
              args: ['tunnel', '--url', 'http://immich-server.media:2283'],
            },
          ],
        }),
      ),
    'outside-gated',
    'refuted',
  ],
  // The proxy
  [
    'no verification',
    (home) => home.rewrite(...nginx, 'js_access gatehouse.authorize;', ''),
    'proxy-demands',
    'refuted',
  ],
  [
    'another location without verification',
    (home) =>
      home.rewrite(
        ...nginx,
        'location / {',
        'location /api { proxy_pass http://gatehouse_app; }\nlocation / {',
      ),
    'proxy-demands',
    'refuted',
  ],
  [
    'another server without verification',
    (home) =>
      home.rewrite(
        ...nginx,
        'server {\n    listen 8080;',
        'server {\n listen 8080;\n server_name open.example.org;\n location / { proxy_pass http://gatehouse_app; }\n}\nserver {\n    listen 8080;',
      ),
    'proxy-demands',
    'refuted',
  ],
  [
    'a presence check in the place of both verifications',
    (home) => {
      home.rewrite(...config, 'required: true', 'required: false');
      home.rewrite(
        ...nginx,
        'js_access gatehouse.authorize;',
        'if ($http_cf_access_jwt_assertion = "") { return 401; }',
      );
    },
    'outside-gated',
    'refuted',
  ],
  [
    'no verification at all',
    (home) => {
      home.rewrite(...config, 'required: true', 'required: false');
      home.rewrite(...nginx, 'js_access gatehouse.authorize;', '');
    },
    'outside-gated',
    'refuted',
  ],
  [
    'a configuration that is not whole',
    (home) => home.rewrite(...nginx, 'events {', 'events {{'),
    'proxy-demands',
    'unknown',
  ],
  [
    'an include from elsewhere',
    (home) => home.rewrite(...nginx, 'server_tokens off;', 'include /etc/nginx/other/*.conf;'),
    'proxy-demands',
    'unknown',
  ],
  // A Gateway
  ['a route without a policy', (home) => home.add(...gateway()), 'outside-gated', 'unknown'],
  [
    'a route whose verification fails open',
    (home) =>
      home.add(
        ...gateway({
          extAuth: {
            failOpen: true,
            http: { backendRefs: [{ name: 'immich-machine-learning', port: 3003 }] },
          },
        }),
      ),
    'outside-gated',
    'unknown',
  ],
  [
    'a route whose token is optional',
    (home) =>
      home.add(
        ...gateway({
          jwt: {
            optional: true,
            providers: [
              {
                name: 'a',
                issuer: 'https://id.example.org',
                remoteJWKS: { uri: 'https://id.example.org/keys' },
              },
            ],
          },
        }),
      ),
    'outside-gated',
    'unknown',
  ],
  ['a Gateway', (home) => home.add(...gateway()), 'load-balancers', 'refuted'],
];
