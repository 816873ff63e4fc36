import { describe, expect, it } from 'vitest';
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
    ['ssh', { image: 'alpine', command: ['ssh', '-N', '-R', '80:app:80', 'host.example.org'] }],
    ['ssh', { image: 'alpine', command: ['sh', '-c', 'ssh -NR 80:app:80 host.example.org'] }],
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
    [{ image: 'alpine/git', command: ['ssh-keygen', '-R', 'host'] }],
  ])('is not found in %j', (container) => {
    expect(unseenOf(container)).toEqual([]);
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
