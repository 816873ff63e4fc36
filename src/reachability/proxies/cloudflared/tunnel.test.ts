import { describe, expect, it } from 'vitest';
import { readConfigurationSources } from '../../../manifests/configurationSources.ts';
import { workloadOf } from '../../model/workload.ts';
import type { ProxyWorkload } from '../proxy.ts';
import { cloudflared } from './tunnel.ts';

const image = 'docker.io/cloudflare/cloudflared:2026.8.2';
const run = ['tunnel', '--config', '/c/config.yaml', 'run'];
const access = 'access: {required: true, teamName: home, audTag: [a1]}';

interface Given {
  config?: string;
  container?: object;
  pod?: object;
}

function readAll({ config, container = {}, pod = {} }: Given): readonly ProxyWorkload[] {
  const metadata = { name: 'tunnel', namespace: 'edge' };
  const source = {
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        containers: [{ image, args: run, volumeMounts: [{ name: 'c', mountPath: '/c' }], ...container }],
        volumes: [{ name: 'c', configMap: { name: 'tunnel' } }],
        ...pod,
      },
    },
    file: 'pod.yaml',
  };
  const data = config === undefined ? {} : { 'config.yaml': config };
  const files = { object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, file: 'files.yaml' };
  const workload = workloadOf(source);
  if (workload === undefined) throw new Error('a Pod is a workload');
  return cloudflared.read(readConfigurationSources([files]), { ...workload, index: 0 });
}

function read(given: Given): ProxyWorkload {
  const [found] = readAll(given);
  if (found === undefined) throw new Error('no tunnel');
  return found;
}

const file = (rule: string, above = '') =>
  `tunnel: home\n${above}ingress:\n - {hostname: a.example.org, ${rule}}\n - service: http_status:404\n`;
const withRule = (rule: string, above = '') => read({ config: file(rule, above) });
const app = 'service: "http://app:80"';

describe('the configuration file of cloudflared', () => {
  // Each was asked of cloudflared 2026.8.2: `cloudflared tunnel --config FILE ingress validate`.
  it.each([
    ['a path of the service', file('service: "http://app:80/"')],
    ['a service without a scheme', file('service: "app:80"')],
    ['a service without a host', file('service: "tcp://"')],
    ['a port that is no number', file('service: "http://app:http"')],
    ['no service', file('path: /x')],
    ['a status out of range', file('service: http_status:99')],
    [
      'a port in the hostname',
      'tunnel: t\ningress:\n - {hostname: "a:443", service: "http://app"}\n - service: hello_world',
    ],
    [
      'a wildcard in the middle',
      'tunnel: t\ningress:\n - {hostname: a.*.org, service: "http://app"}\n - service: hello_world',
    ],
    ['a last rule with a path', 'tunnel: t\ningress:\n - {path: /a, service: "http://app"}'],
    ['a last rule with a hostname', 'tunnel: t\ningress:\n - {hostname: a, service: "http://app"}'],
    [
      'a catch-all that is not the last',
      'tunnel: t\ningress:\n - service: "http://app"\n - service: hello_world',
    ],
    [
      'the hostname * that is not the last',
      'tunnel: t\ningress:\n - {hostname: "*", service: "http://app"}\n - service: hello_world',
    ],
    ['an expression with a look-ahead', file(`path: "(?!x)", ${app}`)],
    ['an expression that is not closed', file(`path: "(", ${app}`)],
    ['an audience without a team', file(`${app}, originRequest: {access: {required: true, audTag: [a]}}`)],
    [
      'an audience that is no list',
      file(`${app}, originRequest: {access: {required: true, teamName: t, audTag: a}}`),
    ],
    ['required as a text', file(`${app}, originRequest: {access: {required: "true"}}`)],
    ['access that is no map', file(`${app}, originRequest: {access: true}`)],
    ['a duration without a unit', file(`${app}, originRequest: {connectTimeout: 30}`)],
    ['a port as a text', file(`${app}, originRequest: {proxyPort: "80"}`)],
    ['a negative port', file(`${app}, originRequest: {proxyPort: -1}`)],
    ['options that are no map', file(app, 'originRequest: []\n')],
    ['a field twice', file(`${app}, hostname: b.example.org`)],
    ['a list twice', `${file(app)}ingress: []\n`],
    ['rules that are no list', 'tunnel: t\ningress: {a: b}'],
    ['a rule that is no map', 'tunnel: t\ningress: [a, {service: hello_world}]'],
    ['no tunnel', 'ingress:\n - service: http_status:404'],
  ])('is refused with %s', (_, config) => {
    const found = read({ config });
    expect(found.refused).toBeTypeOf('string');
    expect([found.routes, found.unseen]).toEqual([[], undefined]);
  });

  it.each([
    ['an unknown field', file(`${app}, nope: 1, originRequest: {nope: 1}`)],
    ['a second document', `${file(app)}---\ningress: x\n`],
    [
      'a rule that is null',
      `tunnel: t\ningress:\n -\n - {hostname: a.example.org, ${app}}\n - service: hello_world`,
    ],
    ['a user in the address', file('service: "http://u:p@app:80?x=1#y"')],
    ['options that are null', file(`${app}, originRequest: ~`)],
    ['a number as a hostname', `tunnel: t\ningress:\n - {hostname: 1, ${app}}\n - service: hello-world`],
    ['a capital scheme', file('service: "HTTP://app:80"')],
  ])('is read with %s', (_, config) => {
    const found = read({ config });
    expect([found.refused, found.unseen]).toEqual([undefined, undefined]);
    expect(found.routes[0]?.upstream).toEqual({ kind: 'address', host: 'app', port: 80 });
  });

  it.each(
    [
      ['true', 'yes', 'on', 'Y', '"on"'].map((text) => [text, true] as const),
      ['false', 'no', 'off', '~', '"no"'].map((text) => [text, false] as const),
    ].flat(),
  )('reads bastionMode: %s as %s', (text, isOn) => {
    for (const found of [
      withRule(`${app}, originRequest: {bastionMode: ${text}}`),
      withRule(app, `originRequest: {bastionMode: ${text}}\n`),
    ])
      expect(found.routes[0]?.upstream.kind).toBe(isOn ? 'unknown' : 'address');
  });

  it('lets an option of a rule win over the one above', () => {
    const found = withRule(
      `${app}, originRequest: {bastionMode: false}`,
      'originRequest: {bastionMode: true}\n',
    );
    expect(found.routes[0]?.upstream.kind).toBe('address');
  });

  it.each([
    ['service: bastion'],
    ['service: socks-proxy'],
    ['service: "unix:/run/app.sock"'],
    ['service: "unix+tls:/run/app.sock"'],
    ['service: "tcp://app:22", originRequest: {proxyType: socks}'],
    ['service: "foo://app"'],
    ['service: "http://${APP}"'],
  ])('does not know where %s leads', (rule) => {
    expect(withRule(rule).routes[0]?.upstream.kind).toBe('unknown');
  });

  it.each([
    ['https://app', 443],
    ['wss://app', 443],
    ['ssh://app', 22],
    ['tcp://app', 7864],
    ['http://app:8080', 8080],
  ])('leads %s to port %s', (service, port) => {
    expect(withRule(`service: "${service}"`).routes[0]?.upstream).toEqual({
      kind: 'address',
      host: 'app',
      port,
    });
  });
});

describe('access of a rule', () => {
  it.each([
    [access, 'verified', undefined],
    ['access: {required: yes, teamName: home, audTag: [a1]}', 'verified', undefined],
    ['access: {required: true, teamName: home}', 'verified', expect.stringContaining('no audience')],
    [
      'access: {required: true, teamName: home, audTag: [""]}',
      'verified',
      expect.stringContaining('no audience'),
    ],
    ['access: {required: true}', 'verified', expect.stringContaining('no team')],
    ['access: {teamName: home, audTag: [a1]}', 'none', undefined],
    ['access: {required: false, teamName: home, audTag: [a1]}', 'none', undefined],
    ['access: {required: true, teamName: "${TEAM}", audTag: [a1]}', 'unknown', undefined],
  ])('%s is %s', (written, certainty, refuses) => {
    const [route] = withRule(`${app}, originRequest: {${written}}`).routes;
    expect([route?.controls.map((control) => control.certainty), route?.refuses]).toEqual([
      [certainty],
      refuses,
    ]);
  });

  it('rests on the application of Access only where it verifies', () => {
    const assumptionsOf = (rule: string) => withRule(rule).routes[0]?.assumptions;
    expect(assumptionsOf(`${app}, originRequest: {${access}}`)).toEqual([
      expect.stringContaining('a.example.org'),
    ]);
    expect(assumptionsOf(app)).toEqual([]);
  });

  it.each([
    ['docker.io/cloudflare/cloudflared:2022.9.1', 'none'],
    ['cloudflare/cloudflared:2021.12.4-arm64@sha256:00', 'none'],
    ['cloudflare/cloudflared:2022.10.0', 'verified'],
    ['cloudflare/cloudflared:latest', 'verified'],
    ['localhost:5000/cloudflare/cloudflared', 'verified'],
  ])('is checked by %s: %s', (given, certainty) => {
    const found = read({ config: file(`${app}, originRequest: {${access}}`), container: { image: given } });
    expect(found.routes[0]?.controls[0]?.certainty).toBe(certainty);
  });

  it('is read through an anchor and a merge', () => {
    const found = withRule(`${app}, originRequest: {<<: *x}`, `x: &x {${access}}\n`);
    expect(found.routes[0]?.controls[0]?.certainty).toBe('verified');
  });
});

describe('how cloudflared is started', () => {
  const config = file(`${app}, originRequest: {${access}}`);

  it.each([
    ['--config after run', { args: ['tunnel', 'run', '--config', '/c/config.yaml'] }],
    ['--no-autoupdate after run', { args: [...run, '--no-autoupdate'] }],
    ['--token before run', { args: ['tunnel', '--token', 'x', 'run'] }],
    ['two names', { args: [...run, 'a', 'b'] }],
    ['no run', { args: ['tunnel', '--config', '/c/config.yaml'] }],
  ])('is refused with %s', (_, container) => {
    expect(read({ config, container }).refused).toBeTypeOf('string');
  });

  it.each([
    ['a token', { args: [...run, '--token', 'x'] }, 'token'],
    ['a token by =', { args: [...run, '--token=x'] }, 'token'],
    ['a file with a token', { args: [...run, '-token-file', '/x'] }, 'token'],
    ['a token in the environment', { env: [{ name: 'TUNNEL_TOKEN', value: 'x' }] }, 'token'],
    [
      'a token in a Secret that is not there',
      { env: [{ name: 'TUNNEL_TOKEN_FILE', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
      'token',
    ],
    ['an environment that is not there', { envFrom: [{ secretRef: { name: 's' } }] }, 'may hold a token'],
    ['an unknown option', { args: ['tunnel', '--new-option', 'x', ...run.slice(1)] }, '--new-option'],
    [
      'a script',
      {
        command: [
          'sh',
          '-c',
          'sed s/a/b/ /t > /c/config.yaml; exec cloudflared tunnel --config /c/config.yaml run',
        ],
      },
      'script',
    ],
    ['another file', { args: ['tunnel', '--config', '/x/config.yaml', 'run'] }, 'not among the objects'],
    [
      'a file in an emptyDir',
      {
        args: ['tunnel', '--config', '/e/config.yaml', 'run'],
        volumeMounts: [{ name: 'e', mountPath: '/e' }],
      },
      'the volume e',
    ],
  ])('is unknown with %s', (_, container, why) => {
    const found = read({
      config,
      container,
      pod: {
        volumes: [
          { name: 'c', configMap: { name: 'tunnel' } },
          { name: 'e', emptyDir: {} },
        ],
      },
    });
    expect(found.unseen).toContain(why);
  });

  it.each([
    [
      'a plain script',
      { command: ['sh', '-c', 'exec cloudflared tunnel --config /c/config.yaml run'], args: [] },
    ],
    ['the last of two files', { args: ['tunnel', '--config', '/x.yaml', ...run.slice(1)] }],
    ['an empty token', { env: [{ name: 'TUNNEL_TOKEN', value: '' }] }],
    ['the name of a tunnel', { args: [...run, 'home'] }],
  ])('is read with %s', (_, container) => {
    const found = read({ config, container });
    expect([found.refused, found.unseen, found.routes.length]).toEqual([undefined, undefined, 2]);
  });

  it('reads warp-routing as unknown, beside the rules', () => {
    const found = read({ config: `warp-routing: {enabled: true}\n${config}` });
    expect([found.unseen?.includes('private networks'), found.routes.length]).toEqual([true, 2]);
  });

  it('takes the token of the file', () => {
    expect(read({ config: `token: x\n${config}` }).unseen).toContain('token');
  });

  it.each([
    [{ args: ['tunnel', '--url', 'app:8080'] }, 'app', 8080],
    [{ args: ['tunnel'], env: [{ name: 'TUNNEL_URL', value: 'https://app/x' }] }, 'app', 443],
  ])('makes one rule without a check of %j', (container, host, port) => {
    const [route] = read({ container }).routes;
    expect([route?.upstream, route?.controls]).toEqual([{ kind: 'address', host, port }, []]);
  });

  it('leads requests through a proxy that the environment names', () => {
    const upstreamWith = (...env: object[]) => read({ config, container: { env } }).routes[0]?.upstream.kind;
    expect(upstreamWith({ name: 'HTTP_PROXY', value: 'http://p' })).toBe('unknown');
    expect(upstreamWith({ name: 'HTTPS_PROXY', value: 'http://p' })).toBe('address');
    expect(upstreamWith({ name: 'HTTP_PROXY', value: 'http://p' }, { name: 'NO_PROXY', value: 'app' })).toBe(
      'address',
    );
  });

  it.each([[['access', 'tcp']], [['tunnel', 'info', 'home']], [['version']], [['proxy-dns']]])(
    'opens no tunnel with %j',
    (args) => {
      expect(readAll({ config, container: { args } })).toEqual([]);
    },
  );

  it('reads each of two containers', () => {
    const container = { image, args: run, volumeMounts: [{ name: 'c', mountPath: '/c' }] };
    expect(readAll({ config, pod: { containers: [container, container] } })).toHaveLength(2);
  });
});

describe('what may open another tunnel than the file says', () => {
  const exec = (...command: string[]) => ({ exec: { command } });

  it.each<[string, object]>([
    ['an option that is not known', { args: ['tunnel', '--new', '--config', '/c/config.yaml', 'run'] }],
    ['a command that is not known', { args: ['tunnel', 'expose', '--url', 'http://app'] }],
    ['a hook', { lifecycle: { postStart: exec('sh', '-c', 'cloudflared tunnel --url http://app:80 &') } }],
    ['a probe', { livenessProbe: exec('cloudflared', 'tunnel', '--url', 'http://app:80') }],
  ])('is unknown: %s', (_, container) => {
    const { unseen, routes } = read({ config: file(`${app}, originRequest: {${access}}`), container });
    expect(unseen).toBeDefined();
    expect(routes).toEqual([]);
  });

  it('is not a probe of the tunnel, and not a hook at its end', () => {
    const container = {
      livenessProbe: exec('cloudflared', 'tunnel', '--metrics', 'localhost:2000', 'ready'),
      lifecycle: { preStop: exec('sleep', '10') },
    };
    const { unseen } = read({ config: file(`${app}, originRequest: {${access}}`), container });
    expect(unseen).toBeUndefined();
  });

  it.each(['other.example.org/x', 'other.example.org#', 'a b', 'other/'])(
    'is no team that signs: %s',
    (teamName) => {
      const originRequest = `originRequest: {access: {required: true, teamName: "${teamName}", audTag: [a1]}}`;
      expect(withRule(`${app}, ${originRequest}`).routes[0]?.controls).toMatchObject([
        { certainty: 'unknown' },
      ]);
    },
  );
});
