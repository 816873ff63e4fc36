// Crosses the Gateway analysis of the prover and a real Envoy Gateway: what one listener or policy decides for others.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { insideAddress } from '../fixtures/separateNetwork.ts';
import { type Bench, envoyBench } from './bench.ts';
import * as make from './objects.ts';

const homeRange = '203.0.113.0/24';
const ports = { tls: 8443, web: 8091, marker: 8092 } as const;
/** A client says by the proxy protocol that it is at home. */
const pretence = `PROXY TCP4 203.0.113.9 ${insideAddress} 40000 ${ports.tls}\r\n`;

envoySuite('what a listener or a policy decides for others of its Envoy', (parts) => {
  let bench: Bench;
  const at = () => bench.named('edge');
  const gate = () => bench.named('gate');
  const routeOn = (name: string, sectionName: string) =>
    make.route(at(), name, {
      hostnames: [`${name}.test`],
      parentRefs: [{ name: gate(), sectionName }],
      rules: [make.rule(at(), name, '/')],
    });
  const onRoute = (name: string, features: make.Data) =>
    make.policy(at(), name, [make.target('HTTPRoute', name)], features);

  beforeAll(async () => {
    bench = await envoyBench(parts);
    const listeners = [
      make.tlsListener('home', ports.tls, { hostname: 'home.test' }),
      make.tlsListener('other', ports.tls, { hostname: 'other.test' }),
      make.listener('web', ports.web),
      make.marker(ports.marker),
    ];
    const allowing = { action: 'Allow', principal: { clientCIDRs: [homeRange] } };
    await bench.apply([
      ...bench.room(at()),
      make.gateway(at(), gate(), bench.gateway.className, listeners),
      routeOn('home', 'home'),
      onRoute('home', { authorization: { defaultAction: 'Deny', rules: [allowing] } }),
      routeOn('blank', 'web'),
      routeOn('empty', 'web'),
      // A policy that comes before its Secret answers 500 until that is there.
      make.secret(at(), 'blank', { '.htpasswd': ' \n' }),
      make.secret(at(), 'empty', { anybody: '' }),
    ]);
    await bench.settled();
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  test('the proxy protocol of one listener gives the clients of each of its port any address', async () => {
    const isSeen = () =>
      bench.analysed().flatMap(({ route, seesClient }) => (route.name === 'home' ? [seesClient] : []));
    expect([await statusOf(bench, ''), isSeen()]).toEqual([403, [true]]);
    await bench.apply([
      {
        apiVersion: 'gateway.envoyproxy.io/v1alpha1',
        kind: 'ClientTrafficPolicy',
        metadata: { namespace: at(), name: 'other' },
        spec: {
          targetRefs: [make.target('Gateway', gate(), 'other')],
          proxyProtocol: { optional: true },
        },
      },
    ]);
    await bench.settled();
    expect([await statusOf(bench, ''), await statusOf(bench, pretence), isSeen()]).toEqual([
      403,
      200,
      [false],
    ]);
  });

  test.each([
    {
      name: 'blank',
      features: { basicAuth: { users: { name: 'blank' } } },
      said: 'invalid htpasswd format',
    },
    {
      name: 'empty',
      features: {
        apiKeyAuth: { credentialRefs: [{ name: 'empty' }], extractFrom: [{ headers: ['x-key'] }] },
      },
      said: 'failed to translate xds ir',
    },
  ])(
    'a policy whose credentials are $name leaves its route open',
    async ({ name, features, said }) => {
      const probe = { gateway: gate(), port: ports.web, host: `${name}.test`, path: '/', credentials: {} };
      expect((await bench.ask(probe)).status).toBe(200);
      const policies = [onRoute(name, features)];
      await bench.apply(policies);
      await untilSaid(bench, said);
      expect([(await bench.ask(probe)).status, bench.predicted(probe).outcome]).toEqual([200, 'unknown']);
      await bench.remove(policies);
      await bench.settled();
    },
    120_000,
  );
});

/** The status of a request for the home by TLS, after some bytes in clear text. */
async function statusOf(bench: Bench, before: string): Promise<number> {
  const socket = bench.gateway.connect(ports.tls);
  if (before !== '') socket.write(before);
  const way = { socket, servername: 'home.test', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
  const secured = connect(way);
  try {
    await once(secured, 'secureConnect');
    secured.write('GET / HTTP/1.1\r\nhost: home.test\r\nconnection: close\r\n\r\n');
    const [data]: unknown[] = await once(secured, 'data');
    return Number(/^HTTP\/1\.1 (\d+)/.exec(String(data))?.[1]);
  } finally {
    secured.destroy();
  }
}

async function untilSaid({ gateway }: Bench, text: string): Promise<void> {
  const deadline = performance.now() + 45_000;
  while (!gateway.log().includes(text)) {
    if (performance.now() > deadline) throw new Error(`the log never says ${text}`);
    await wait(100);
  }
}
