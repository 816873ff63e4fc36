// Crosses the Gateway analysis of the prover and a real Envoy Gateway.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { routeControls } from '../../../src/reachability/gateways/routeControls.ts';
import fc, { seed } from '../../fastCheck.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { type Bench, envoyBench, nextSecond, withoutAge } from './bench.ts';
import { type Combination, combine, type Placement, plan, tlsPort } from './combinations.ts';
import type { Credentials } from './credentials.ts';
import * as make from './objects.ts';
import { type Probe, predict } from './referee.ts';

/** The number of combinations. */
const count = 80;

/** Gateways with a policy each, and the first of their ports. */
const edges = [
  { gateway: 'open', port: 8200, features: [] },
  { gateway: 'tokens', port: 8210, features: ['jwt'] },
  { gateway: 'password', port: 8220, features: ['basicAuth', 'cors'] },
  { gateway: 'asks', port: 8230, features: ['extAuth', 'optionalJwt'] },
] as const;
const rooms = 8;

const everything: Credentials = { token: 'good', password: 'good', key: 'good', consent: 'given' };
const wrong: Credentials = { token: 'tampered', password: 'wrong', key: 'wrong', consent: 'refused' };
const single: readonly Credentials[] = [
  { token: 'good' },
  { token: 'of another audience' },
  { password: 'good' },
  { key: 'good' },
  { consent: 'given' },
];

envoySuite('generated routes, listeners and policies', (parts) => {
  let bench: Bench;
  let refused = 0;
  let combinations: readonly (Combination & { readonly placement: Placement })[];

  beforeAll(async () => {
    bench = await envoyBench(parts);
    const edge = bench.named('edge');
    combinations = fc.sample(plan, { numRuns: count, seed }).map((drawn, index) => {
      const { gateway, port } = edges[index % edges.length] ?? edges[0];
      const [room, far] = [bench.named(`room-${index % rooms}`), bench.named(`far-${index % rooms}`)];
      const placement = { bench, index, gateway, port, edge, room, far };
      return { ...combine(drawn, placement), placement };
    });
    await bench.apply([
      ...bench.room(edge),
      ...Array.from({ length: rooms }, (_, index) => roomAndFar(bench, index)).flat(),
    ]);
    await bench.apply(edges.flatMap((each) => gatewayOf(bench, each, combinations)));
    refused = await bench.offer(combinations.flatMap(({ objects }) => objects));
    await nextSecond();
    refused += await bench.offer(combinations.flatMap(({ young }) => young));
    await bench.settled();
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  test(`${count} combinations: the predictions of the engine match Envoy (seed ${seed})`, async () => {
    const written = bench.live().map((object) => ({ object: withoutAge(object), file: 'repository' }));
    const asWritten = routeControls(written);
    const tally = { agree: 0, unknown: 0, differ: 0, served: 0, servedByTls: 0, unknownAsWritten: 0 };
    const differences: string[] = [];
    const probes = combinations.flatMap((combination) =>
      probesOf(bench, combination).map((probe) => ({ probe, combination })),
    );
    await inTurns(probes, 16, async ({ probe, combination }) => {
      const predicted = bench.predicted(probe);
      const fromFiles = predict(asWritten, bench.live(), probe);
      const compareAll = async () => {
        const { status, asked } = await bench.ask(probe);
        const outcome = asked === undefined ? 'refused' : 'passes';
        const differs =
          [predicted, fromFiles].some((each) => each.outcome !== 'unknown' && each.outcome !== outcome) ||
          (predicted.gated && outcome === 'passes' && isAnonymous(probe.credentials));
        return { status, outcome, differs };
      };
      let answer = await compareAll();
      // A listener with new filters warms up before it replaces the old one.
      for (const deadline = performance.now() + 15_000; answer.differs && performance.now() < deadline; ) {
        await wait(500);
        answer = await compareAll();
      }
      if (answer.outcome === 'passes') tally.served += 1;
      if (answer.outcome === 'passes' && probe.serverName !== undefined) tally.servedByTls += 1;
      if (fromFiles.outcome === 'unknown') tally.unknownAsWritten += 1;
      if (answer.differs) {
        tally.differ += 1;
        differences.push(describe(probe, answer.status, [predicted, fromFiles], combination));
      } else if (predicted.outcome === 'unknown') tally.unknown += 1;
      else tally.agree += 1;
    });
    process.stderr.write(
      `Envoy answered ${probes.length} requests to ${count} combinations (seed ${seed}; ${refused} objects refused): ${JSON.stringify(tally)}\n`,
    );
    expect(differences.slice(0, 3).join('\n')).toBe('');
    // Nothing broke, so no old configuration answered. Envoy sometimes receives an empty update of Secrets and rejects
    // it, while it replaces the listener that needs one. This leaves no route old.
    const broken = /observed a panic|rejected the last update for type (?!\S*\.Secret )/;
    expect(
      bench.gateway
        .log()
        .split('\n')
        .filter((line) => broken.test(line)),
    ).toEqual([]);
    expect(refused).toBeLessThan(count / 10);
    // The test is meaningful only if some requests pass and some are rejected.
    expect(tally.served).toBeGreaterThan(probes.length / 20);
    expect(tally.servedByTls).toBeGreaterThan(probes.length / 200);
    expect(tally.agree).toBeGreaterThan(probes.length / 2);
  }, 300_000);
});

function isAnonymous(credentials: Credentials): boolean {
  return Object.keys(credentials).length === 0;
}

function roomAndFar(bench: Bench, index: number) {
  const [room, far] = [bench.named(`room-${index}`), bench.named(`far-${index}`)];
  const granted = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' };
  return [...bench.room(room), ...bench.room(far), make.grant(room, make.policiesOf(far), granted)];
}

function gatewayOf(
  bench: Bench,
  { gateway, port, features }: (typeof edges)[number],
  combinations: readonly (Combination & { readonly placement: Placement })[],
) {
  const edge = bench.named('edge');
  const name = bench.named(gateway);
  const own = combinations.filter(({ placement }) => placement.gateway === gateway);
  const listeners = [
    make.marker(port + 9),
    make.listener('all', port + 1),
    ...own.flatMap((each) => each.listeners),
  ];
  const spec = Object.assign({}, ...features.map((each) => bench.keys.features[each]));
  return [
    make.gateway(edge, name, bench.gateway.className, listeners, {
      allowedListeners: { namespaces: { from: 'All' } },
    }),
    ...(features.length === 0 ? [] : [make.policy(edge, gateway, [make.target('Gateway', name)], spec)]),
  ];
}

/** Requests that match a rule according to the engine, and some that do not, with valid, no and invalid credentials. */
function probesOf(
  bench: Bench,
  { placement, hosts, paths }: Combination & { readonly placement: Placement },
): Probe[] {
  const gateway = bench.named(placement.gateway);
  const places = [1, 2, 3].flatMap((offset) =>
    hosts.flatMap((host) => paths.map((path) => ({ gateway, port: placement.port + offset, host, path }))),
  );
  const port = placement.port + tlsPort;
  // The TLS server name selects the listener, and the host selects one of its routes.
  const byTls = hosts.flatMap((host, at) =>
    [host, hosts[(at + 1) % hosts.length] ?? host].flatMap((serverName) =>
      paths.map((path) => ({ gateway, port, host, path, serverName })),
    ),
  );
  const all: Omit<Probe, 'credentials'>[] = [...places, ...byTls];
  const isMet = (place: (typeof all)[number]) =>
    bench.predicted({ ...place, credentials: {} }).why !== 'no rule takes it';
  const drawn = (from: typeof all, most: number) =>
    fc.sample(
      fc.shuffledSubarray(from, {
        minLength: Math.min(most, from.length),
        maxLength: Math.min(most, from.length),
      }),
      { numRuns: 1, seed: seed + placement.index },
    )[0] ?? [];
  const met = drawn(all.filter(isMet), 8).flatMap((place, index) => {
    const one = single[(placement.index + index) % single.length] ?? {};
    return [{}, everything, wrong, one].map((credentials) => ({ ...place, credentials }));
  });
  const unmet = drawn(
    all.filter((place) => !isMet(place)),
    4,
  ).map((place) => ({ ...place, credentials: everything }));
  return [...met, ...unmet];
}

async function inTurns<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

function describe(
  probe: Probe,
  status: number,
  predictions: readonly { readonly outcome: string; readonly why: string }[],
  { listeners, objects, young }: Combination,
): string {
  const specs = [...objects, ...young].map((object) =>
    stringify({ kind: object.kind, name: object.metadata.name, spec: object['spec'] }),
  );
  return [
    `${JSON.stringify(probe)}: Envoy ${status}, the engine ${predictions.map(({ outcome, why }) => `${outcome} (${why})`).join(' and from files ')}`,
    stringify({ listeners }),
    ...specs,
  ].join('---\n');
}
