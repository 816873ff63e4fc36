// Crosses the Gateway analysis of the prover and a real Envoy Gateway.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { routeControls } from '../../../src/reachability/gateways/routeControls.ts';
import fc, { seed } from '../../fastCheck.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { referenceTo } from '../fixtures/kubernetesClient.ts';
import { type Bench, envoyBench } from './bench.ts';
import * as make from './objects.ts';

const [port, other, markerPort] = [8501, 8502, 8509];

/** Hostnames below that of the layout; `any` for a listener or a route without one. */
const patterns = ['any', '*', '*.a', 'a', 'x.a', '*.x.a'] as const;
interface Layout {
  readonly listeners: readonly Pattern[];
  readonly routes: readonly {
    readonly hostnames: readonly Pattern[];
    readonly section: number | undefined;
  }[];
}
type Pattern = (typeof patterns)[number];
const layout: fc.Arbitrary<Layout> = fc.record({
  listeners: fc.uniqueArray(fc.constantFrom(...patterns.slice(0, 3), ...patterns), {
    minLength: 2,
    maxLength: 3,
  }),
  routes: fc.array(
    fc.record({
      hostnames: fc.uniqueArray(fc.constantFrom(...patterns.slice(1)), { maxLength: 3 }),
      // Every listener of the port, or one of them.
      section: fc.option(fc.nat(1), { nil: undefined, freq: 1 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

/** The number of layouts, which are tested one after the other on one Gateway. */
const count = 12;

envoySuite('hostnames that several listeners of a port take', (parts) => {
  let bench: Bench;
  let edge: string;

  beforeAll(async () => {
    bench = await envoyBench(parts);
    edge = bench.named('edge');
    await bench.apply(bench.room(edge));
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  const gateway = (listeners: readonly make.Data[]) =>
    make.gateway(edge, 'gate', bench.gateway.className, [...listeners, make.marker(markerPort)]);
  const route = (name: string, hostnames: readonly string[], parent: make.Data = {}) =>
    make.route(edge, name, {
      ...(hostnames.length === 0 ? {} : { hostnames }),
      parentRefs: [{ name: 'gate', ...parent }],
      rules: [make.rule(edge, name, `/${name}`)],
    });
  const remove = async (objects: readonly KubernetesObject[]) => {
    for (const object of objects) await bench.cluster.remove(referenceTo(object));
  };
  const refusals = () => bench.gateway.log().split('Only unique values for domains').length - 1;

  test('Envoy rejects the routes: those of other ports may be lost too, and all are unknown', async () => {
    const whole = [
      make.listener('any', port),
      make.listener('below', port, { hostname: '*.app.test' }),
      make.listener('other', other),
    ];
    await bench.apply([gateway(whole), route('before', ['one.test'], { sectionName: 'any' })]);
    await bench.gateway.settled([gateway(whole)]);
    const asked = (path: string, at: number, host: string) => {
      const probe = { gateway: 'gate', port: at, host, path, credentials: {} };
      return { probe, answer: () => bench.ask(probe).then(({ status }) => status) };
    };
    const before = asked('/before', port, 'one.test');
    expect([await before.answer(), bench.predicted(before.probe).outcome]).toEqual([200, 'passes']);
    await bench.apply([route('both', ['x.app.test'], { port })]);
    await expect.poll(refusals, { timeout: 20_000 }).toBeGreaterThan(0);
    const first = refusals();
    await bench.apply([
      make.policy(edge, 'late', [make.target('HTTPRoute', 'before')], bench.keys.features.basicAuth),
      route('elsewhere', ['one.test'], { sectionName: 'other' }),
    ]);
    await expect.poll(refusals, { timeout: 20_000 }).toBeGreaterThan(first);
    // The request has no password.
    expect([await before.answer(), bench.predicted(before.probe).outcome]).toEqual([200, 'unknown']);
    const clashing = asked('/both', port, 'x.app.test');
    expect([await clashing.answer(), bench.predicted(clashing.probe).outcome]).toEqual([404, 'unknown']);
    expect(bench.predicted(asked('/elsewhere', other, 'one.test').probe).outcome).toBe('unknown');
  });

  test(`${count} layouts: the engine predicts which of them Envoy rejects (seed ${seed})`, async () => {
    const drawn = fc.sample(layout, { numRuns: count, seed });
    const outcomes: { readonly layout: Layout; readonly said: boolean; readonly seen: boolean }[] = [];
    for (const [index, each] of drawn.entries()) {
      const domain = `c${index}.test`;
      const nameOf = (pattern: Pattern) => `${pattern}.${domain}`;
      const listeners = each.listeners.map((pattern, at) =>
        make.listener(`l${at}`, port, pattern === 'any' ? {} : { hostname: nameOf(pattern) }),
      );
      const routes = each.routes.map(({ hostnames, section }, at) =>
        route(
          `c${index}-${at}`,
          hostnames.map(nameOf),
          section === undefined ? { port } : { sectionName: `l${section}` },
        ),
      );
      const objects = [gateway(listeners), ...routes];
      const analysed = routeControls(
        [bench.gatewayClass, ...objects].map((object) => ({ object, file: 'layout' })),
      );
      await bench.apply(objects);
      const seen = await isRefused(gateway(listeners), domain);
      await remove(routes);
      outcomes.push({ layout: each, said: analysed.some(({ unknowns }) => unknowns.length > 0), seen });
    }
    process.stderr.write(
      `Envoy refused the routes of ${outcomes.filter(({ seen }) => seen).length} of ${count} layouts (seed ${seed})\n`,
    );
    expect(outcomes.filter(({ said: predicted, seen }) => predicted !== seen)).toEqual([]);
    // Both outcomes occurred.
    expect(new Set(outcomes.map(({ seen }) => seen)).size).toBe(2);
  }, 300_000);

  /** Waits until Envoy serves the routes, or has rejected routes with the domain. */
  async function isRefused(asked: KubernetesObject, domain: string): Promise<boolean> {
    const refused = () => new RegExp(`Duplicate entry of domain \\S*\\b${domain} `).test(bench.gateway.log());
    for (let patience = 4; !refused(); patience -= 1) {
      const settled = await bench.gateway.settled([asked], 5_000).then(
        () => true,
        (error: unknown) => {
          if (patience === 0) throw error;
          return false;
        },
      );
      if (settled) break;
    }
    return refused();
  }
});
