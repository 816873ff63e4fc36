import { expect, it } from 'vitest';
import { proxyFor } from './proxy.ts';

it.each<[string, Record<string, string>, string | undefined]>([
  ['https://192.0.2.1:6443', {}, undefined],
  ['https://192.0.2.1:6443', { HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
  ['https://192.0.2.1:6443', { https_proxy: 'proxy:3128' }, 'http://proxy:3128'],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: 'proxy:3128' }, undefined],
  ['https://[::1]:6443', { HTTPS_PROXY: 'proxy:3128' }, undefined],
  ['http://localhost:8001', { HTTPS_PROXY: 'proxy:3128' }, undefined],
  ['https://192.0.2.1:6443', { HTTPS_PROXY: 'p', NO_PROXY: '192.0.2.0/24' }, undefined],
  ['https://192.0.3.1:6443', { HTTPS_PROXY: 'p', NO_PROXY: '192.0.2.0/24' }, 'http://p'],
  ['https://192.0.2.1:6443', { HTTPS_PROXY: 'p', NO_PROXY: 'a, 192.0.2.1' }, undefined],
  ['https://192.0.2.1:6443', { HTTPS_PROXY: 'p', NO_PROXY: '192.0.2.1:443' }, 'http://p'],
  ['https://k8s.home.example', { HTTPS_PROXY: 'p', NO_PROXY: '.home.example' }, undefined],
  ['https://k8s.home.example', { HTTPS_PROXY: 'p', NO_PROXY: 'home.example:443' }, undefined],
  ['https://k8s.home.example', { HTTPS_PROXY: 'p', NO_PROXY: 'example.com,ome.example' }, 'http://p'],
  ['https://k8s.home.example', { HTTPS_PROXY: 'p', NO_PROXY: '*' }, undefined],
])('%s with %j goes through %s', (server, env, proxy) => {
  expect(proxyFor(server, env)).toBe(proxy);
});
