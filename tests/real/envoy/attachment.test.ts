// Crosses the Gateway analysis of the prover and a real Envoy Gateway.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { routeControls } from '../../../src/reachability/gateways/routeControls.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { referenceTo } from '../fixtures/kubernetesClient.ts';
import { type Bench, envoyBench, nextSecond, withoutAge } from './bench.ts';
import * as make from './objects.ts';
import { predict } from './referee.ts';
import { type Place, ports } from './row.ts';
import { rows } from './rows.ts';

envoySuite('where a SecurityPolicy attaches in Envoy Gateway and Envoy', (parts) => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await envoyBench(parts);
    const edge = bench.named('edge');
    await bench.apply([...bench.room(edge), ...gateways(bench)]);
    const at = rows.map((_, index) => placeOf(bench, index));
    await bench.apply(at.flatMap((place) => [...bench.room(place.at), make.namespace(place.elsewhere)]));
    await bench.apply(at.flatMap((place, index) => rows[index]?.objects(place) ?? []));
    await nextSecond();
    await bench.apply(at.flatMap((place, index) => rows[index]?.later?.(place) ?? []));
    await bench.settled();
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  describe.each(rows.map((row, index) => ({ ...row, index })))('$situation', ({ asks, index }) => {
    test('Envoy and the engine answer as in the table', async () => {
      const place = placeOf(bench, index);
      for (const { gateway, port, path, credentials, answer } of asks(place)) {
        const probe = { gateway: bench.named(gateway), port, host: place.host, path, credentials };
        const { status, asked } = await bench.ask(probe);
        const { outcome, why } = bench.predicted(probe);
        const reached = asked === undefined ? 'refused' : 'passes';
        expect({ probe, status, reached, engine: outcome, why }).toEqual({
          probe,
          status: answer,
          reached: answer === 200 ? 'passes' : 'refused',
          engine: answer === 200 ? 'passes' : 'refused',
          why,
        });
      }
    });
  });

  test('the first by name of two policies of one second applies; without a time it is unknown', async () => {
    const at = bench.named('second');
    const host = 'second.test';
    await bench.apply(bench.room(at));
    const parentRefs = [{ namespace: bench.named('edge'), name: bench.named('plain'), sectionName: 'web' }];
    const route = make.route(at, 'a', { hostnames: [host], parentRefs, rules: [make.rule(at, 'a', '/a')] });
    const rivals = [
      make.policy(at, 'b', [make.target('HTTPRoute', 'a')], bench.keys.features.cors),
      make.policy(at, 'a', [make.target('HTTPRoute', 'a')], bench.keys.features.jwt),
    ];
    await inOneSecond(bench, rivals);
    await bench.apply([route]);
    await bench.settled();
    const probe = { gateway: bench.named('plain'), port: ports.plain.web, host, path: '/a', credentials: {} };
    expect([(await bench.ask(probe)).status, bench.predicted(probe).outcome]).toEqual([401, 'refused']);
    const written = [...bench.live()].map((object) => withoutAge(object));
    const analysed = routeControls(written.map((object) => ({ object, file: 'repository' })));
    expect(predict(analysed, written, probe).outcome).toBe('unknown');
  });

  test('the API server rejects mergeType on a Gateway', async () => {
    const target = [make.target('Gateway', bench.named('plain'))];
    const merging = { mergeType: 'StrategicMerge', ...bench.keys.features.jwt };
    const refused = bench.apply([make.policy(bench.named('edge'), 'merging', target, merging)]);
    await expect(refused).rejects.toThrow('mergeType can only be used with xRoute targets');
  });
});

/** Creates objects until all have the same creation time. */
async function inOneSecond(bench: Bench, objects: readonly KubernetesObject[]): Promise<void> {
  for (;;) {
    await bench.apply(objects);
    const names = new Set(objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    const made = bench
      .live()
      .filter(
        ({ kind, metadata }) =>
          kind === 'SecurityPolicy' && names.has(`${metadata.namespace}/${metadata.name}`),
      );
    if (new Set(made.map(({ metadata }) => metadata['creationTimestamp'])).size === 1) return;
    for (const object of objects) await bench.cluster.remove(referenceTo(object));
  }
}

function placeOf(bench: Bench, index: number): Place {
  return {
    at: bench.named(`row-${index}`),
    elsewhere: bench.named(`far-${index}`),
    host: `row-${index}.test`,
    bench,
    ownPort: 8_100 + index,
  };
}

function gateways(bench: Bench) {
  const edge = bench.named('edge');
  const { className } = bench.gateway;
  const more = { allowedListeners: { namespaces: { from: 'All' } } };
  return (['plain', 'guarded'] as const).flatMap((name) => [
    make.gateway(
      edge,
      bench.named(name),
      className,
      [
        make.listener('web', ports[name].web),
        make.listener('side', ports[name].side),
        make.marker(ports[name].web + 8),
      ],
      more,
    ),
    make.policy(
      edge,
      `${name}-side`,
      [make.target('Gateway', bench.named(name), 'side')],
      bench.keys.features.apiKeyAuth,
    ),
    ...(name === 'plain'
      ? []
      : [make.policy(edge, name, [make.target('Gateway', bench.named(name))], bench.keys.features.jwt)]),
  ]);
}
