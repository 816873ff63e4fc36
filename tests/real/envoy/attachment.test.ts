import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { type Bench, envoyBench, nextSecond } from './bench.ts';
import * as make from './objects.ts';
import { type Place, ports, rows } from './rows.ts';

envoySuite('where a SecurityPolicy attaches, as Envoy Gateway and Envoy do it', (parts) => {
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
  }, 180_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  describe.each(rows.map((row, index) => ({ ...row, index })))('$situation', ({ asks, index }) => {
    test('Envoy answers as the table says, and so does the engine', async () => {
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
});

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
