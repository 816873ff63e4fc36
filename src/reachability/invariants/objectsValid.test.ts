import { expect, it } from 'vitest';
import type { KindEntry } from '../../kubernetes/schema.ts';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';
import type { ValidatedObject } from './structure.ts';

const kind = { source: 'kubernetes/kubernetes', version: '1.36' } as KindEntry;
const object = (apiVersion: string, kindName: string, name: string) => ({
  apiVersion,
  kind: kindName,
  metadata: { name, namespace: 'web' },
});

function proofOf(objects: readonly object[], known: (kindName: string) => boolean) {
  const sources = readObjects(objects, 'list');
  const validated = sources.map(
    (source): ValidatedObject => ({
      source,
      kind: known(source.object.kind) ? kind : undefined,
      findings: [],
    }),
  );
  const assumptions = { enforcer: 'cilium', lan: [], vpn: [] };
  return analyse(sources, assumptions, { structure: { validated, pinned: false } }).proofs.find(
    ({ invariant }) => invariant === 'objects-valid',
  );
}

const objects = [
  object('v1', 'ConfigMap', 'a'),
  object('example.org/v1', 'Thing', 'a'),
  object('example.org/v1', 'Thing', 'b'),
  object('other.example.org/v1', 'Part', 'a'),
];

it('claims every object only where each was compared', () => {
  expect(proofOf(objects, () => true)).toMatchObject({
    verdict: 'proved',
    claim: 'Every object has the structure of its kind',
    sentence: '4 objects were compared with the definitions of their kinds',
  });
});

it('says how many objects of which kinds were not compared', () => {
  expect(proofOf(objects, (name) => name === 'ConfigMap')).toMatchObject({
    verdict: 'proved',
    claim: 'Every object of a kind with a schema has the structure of its kind',
    sentence:
      '1 objects were compared with the definitions of their kinds. Not compared, for want of a schema: 1 of kind Part.other.example.org, 2 of kind Thing.example.org',
  });
});
