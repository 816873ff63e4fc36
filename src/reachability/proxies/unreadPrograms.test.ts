import { describe, expect, it } from 'vitest';
import { readConfigurationSources } from '../../manifests/configurationSources.ts';
import { type Workload, workloadOf } from '../model/workload.ts';
import { outward, runsUnreadProgram } from './unreadPrograms.ts';

function workload(...containers: object[]): Workload {
  const source = {
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pod', namespace: 'edge' },
      spec: { containers: containers.map((container, index) => ({ name: `c${index}`, ...container })) },
    },
    file: 'pod.yaml',
  };
  const found = workloadOf(source);
  if (found === undefined) throw new Error('a Pod is a workload');
  return { ...found, index: 0 };
}

const unseenOf = (...containers: object[]) =>
  outward.read(new Map(), workload(...containers)).map(({ unseen }) => unseen);

describe('a program that opens a tunnel outwards', () => {
  it.each([
    ['ngrok', { image: 'ngrok/ngrok:3' }],
    ['frp', { image: 'registry.example.org:5000/snowdreamtech/frpc:0.60@sha256:0' }],
    ['Tailscale', { image: 'ghcr.io/tailscale/tailscale' }],
    ['Tailscale', { image: 'docker.io/tailscale/k8s-operator:v1' }],
    ['Twingate', { image: 'twingate/connector:1' }],
    ['WireGuard', { image: 'ghcr.io/wg-easy/wg-easy:14' }],
    ['chisel', { image: 'alpine', command: ['/bin/chisel', 'client', 'x', 'R:80:app:80'] }],
    [
      'chisel',
      { image: 'alpine', command: ['sh', '-c', 'apk add chisel && exec chisel client x R:80:app:80'] },
    ],
    ['EasyTier', { image: 'easytier/easytier:2' }],
    ['EasyTier', { image: 'alpine', command: ['sh', '-c', 'exec easytier-core -d'] }],
    ['ssh', { image: 'alpine', command: ['ssh', '-N', '-R', '80:app:80', 'host.example.org'] }],
    ['ssh', { image: 'alpine', command: ['sh', '-c', 'ssh -NR 80:app:80 host.example.org'] }],
    ['ssh', { image: 'alpine', command: ['ssh', '-o', 'RemoteForward=80 app:80', '-N', 'host'] }],
    ['ssh', { image: 'alpine', command: ['dbclient', '-R', '80:app:80', 'host'] }],
    ['frp', { image: 'alpine', command: ['sh', '-c', 'sleep 1; frpc -c /etc/frpc.toml & wait'] }],
    ['chisel', { image: 'alpine', command: ['sh', '-c', 'apk add x && chisel client x R:80:app:80'] }],
    ['ngrok', { image: 'alpine', command: ['tini', '--', 'ngrok', 'http', '80'] }],
    ['ngrok', { image: 'alpine', command: ['env', 'A=b', '/opt/ngrok-v3-linux-amd64', 'http', '80'] }],
    ['ngrok', { image: 'alpine', command: ['sh', '-c', 'while true; do $(which ngrok) http 80; done'] }],
    ['ngrok', { image: 'alpine', command: ['some-wrapper', 'ngrok', 'http', '80'] }],
    ['ngrok', { image: 'alpine', env: [{ name: 'RUN', value: 'ngrok http 80' }] }],
    ['localtunnel', { image: 'node', command: ['npx', '-y', 'localtunnel', '--port', '80'] }],
    ['localtunnel', { image: 'node', command: ['lt', '--port', '80'] }],
    [
      'WireGuard',
      { image: 'app', lifecycle: { postStart: { exec: { command: ['wg-quick', 'up', 'wg0'] } } } },
    ],
    ['frp', { image: 'app', livenessProbe: { exec: { command: ['sh', '-c', 'pgrep frpc || frpc -c x'] } } }],
    ['OpenZiti', { image: 'openziti/ziti-router:1' }],
    ['Tailscale', { image: 'example.org/hass-tailscale:1' }],
    ['cloudflared', { image: 'alpine', command: ['./cloudflared-linux-amd64', 'tunnel', 'run'] }],
    ['cloudflared', { image: 'alpine', command: ['sh', '-c', 'cloudflared "$MODE"'] }],
  ])('is found: %s', (name, container) => {
    expect(unseenOf(container)).toEqual([expect.stringContaining(`it runs ${name}, which`)]);
  });

  it('is found beside an app', () => {
    expect(unseenOf({ image: 'app:1' }, { image: 'tailscale/tailscale:1' })).toHaveLength(1);
  });

  it.each([
    [{ image: 'example.org/app:1' }],
    [{ image: 'example.org/connector:1' }],
    [{ image: 'ghcr.io/fluxcd/source-controller:v1' }],
    [{ image: 'alpine', command: ['echo', 'ngrok'] }],
    [{ image: 'alpine', command: ['sh', '-c', 'apk add ngrok; sleep 1'] }],
    [{ image: 'app', args: ['--theme', 'nebula', '--mode=tor'] }],
    [{ image: 'app', args: ['--docs', 'https://ngrok.com/ngrok'] }],
    [{ image: 'example.org/tailscale-exporter:1' }],
    [{ image: 'app', env: [{ name: 'VPN_TYPE', value: 'wireguard' }] }],
    [{ image: 'alpine', command: ['cloudflared', 'access', 'tcp', '--hostname', 'x'] }],
    [{ image: 'alpine/git', command: ['ssh-keygen', '-R', 'host'] }],
  ])('is not found in %j', (container) => {
    expect(unseenOf(container)).toEqual([]);
  });
});

describe('a program that a mounted file starts', () => {
  const mounting = (key: string, text: string, container: object = {}) => {
    const configMap = {
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'scripts', namespace: 'edge' },
        data: { [key]: text },
      },
      file: 'scripts.yaml',
    };
    const source = {
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'pod', namespace: 'edge' },
        spec: {
          containers: [
            { name: 'a', image: 'alpine', volumeMounts: [{ name: 's', mountPath: '/s' }], ...container },
          ],
          volumes: [{ name: 's', configMap: { name: 'scripts' } }],
        },
      },
      file: 'pod.yaml',
    };
    const found = workloadOf(source);
    if (found === undefined) throw new Error('a Pod is a workload');
    return outward.read(readConfigurationSources([configMap]), { ...found, index: 0 });
  };

  it.each([
    ['run.sh', 'set -e\nexec ngrok http 80\n', {}],
    ['run', '#!/bin/sh\nfrpc -c /etc/frpc.toml\n', {}],
    ['run', 'zrok share public app:80\n', { command: ['/s/run'] }],
    ['app.conf', '[program:tunnel]\ncommand=/bin/bore local 80 --to bore.pub\n', {}],
    ['unit', '[Service]\nExecStart=/usr/sbin/tailscaled --state=mem:\n', {}],
    ['run.py', 'import subprocess\nsubprocess.run(["ngrok", "http", "80"])\n', {}],
  ])('is found in %s', (key, text, container) => {
    expect(mounting(key, text, container)).toHaveLength(1);
  });

  it.each([
    ['services.yaml', '- ngrok: https://ngrok.com\n'],
    ['run.sh', '# ngrok http 80\necho ngrok\n'],
  ])('is not found in %s', (key, text) => {
    expect(mounting(key, text)).toEqual([]);
  });
});

describe('a program that forwards and has no reader', () => {
  it.each([
    { image: 'traefik:3' },
    { image: 'docker.io/library/haproxy:3-alpine' },
    { image: 'registry.k8s.io/ingress-nginx/controller:v1' },
    { image: 'quay.io/oauth2-proxy/oauth2-proxy:v7' },
    { image: 'ghcr.io/goauthentik/proxy:2026.1' },
    { image: 'alpine/socat:1', args: ['TCP-LISTEN:80,fork', 'TCP:app:80'] },
    { image: 'alpine', command: ['sh', '-c', 'socat TCP-LISTEN:80,fork TCP:app:80'] },
  ])('is found: %j', (container) => {
    expect(runsUnreadProgram(workload(container))).toBe(true);
  });

  it.each([
    { image: 'docker.io/library/httpd:2.4' },
    { image: 'ghcr.io/caddyshack/app' },
    { image: 'postgres:17' },
  ])('is not found in %j', (container) => {
    expect(runsUnreadProgram(workload(container))).toBe(false);
  });
});
