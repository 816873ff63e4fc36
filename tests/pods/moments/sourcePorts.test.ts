import { expect, test } from 'vitest';
import { sourcePorts } from './sourcePorts.ts';
import type { Watched } from './watched.ts';

const connection = (host: string, port: number, protocol: 'TCP' | 'UDP' = 'TCP'): Watched => ({
  ...{ id: 'x', kind: 'connection' },
  question: { protocol, host, port },
});
const request = (url: string): Watched => ({
  ...{ id: 'y', kind: 'request', passes: [200] },
  request: { url, address: '192.0.2.10' },
});

test('each address is asked from one port after another, and from none again within 120 s', () => {
  const { next } = sourcePorts();
  // Ten questions a second, of twelve kinds.
  const ports = Array.from({ length: 120 * 10 * 12 }, () => next(connection('192.0.2.10', 80)));
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test('connections and requests to one address share its ports, and other addresses have their own', () => {
  const { next } = sourcePorts();
  const [first, second, third] = [
    connection('192.0.2.10', 80),
    request('http://photos.example.org/api'),
    request('http://photos.example.org:80/other'),
  ].map(next);
  expect([second, third]).toEqual([(first ?? 0) + 1, (first ?? 0) + 2]);
  const others = [
    connection('192.0.2.10', 81),
    connection('192.0.2.11', 80),
    request('https://photos.example.org/api'),
  ].map(next);
  expect(others).toEqual([first, first, first]);
});

test('all datagrams share the ports: one belongs to one socket', () => {
  const { next } = sourcePorts();
  const ports = [connection('192.0.2.10', 53, 'UDP'), connection('192.0.2.11', 54, 'UDP')].map(next);
  expect(new Set(ports).size).toBe(2);
});
