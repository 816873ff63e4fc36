import { expect, test } from 'vitest';
import type { MissingPart } from '../../../tools/real-parts/lookup.ts';
import { sentencesOn } from './parts.ts';

function missing(name: string, message = 'it is not in the cache'): MissingPart {
  const remedy = `run \`npm run real-parts -- ${name}\``;
  return { found: false, name, version: '1.0', reason: 'not-installed', message, remedy };
}

test('sentencesOn names one part with its own remedy', () => {
  expect(sentencesOn([missing('etcd')])).toEqual([
    'the program etcd 1.0: it is not in the cache; run `npm run real-parts -- etcd`',
  ]);
});

test('sentencesOn says a reason once', () => {
  const half = missing('pause', 'its directory in the cache is not complete');
  expect(sentencesOn([missing('etcd'), half, missing('kubectl')])).toEqual([
    'the programs etcd 1.0, kubectl 1.0: of each, it is not in the cache; run `npm run real-parts`',
    'the program pause 1.0: its directory in the cache is not complete; run `npm run real-parts -- pause`',
  ]);
});
