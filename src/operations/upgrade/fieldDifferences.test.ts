import { describe, expect, it } from 'vitest';
import { object } from '../../../tests/upgradedTrees.ts';
import { fieldDifferences, objectDifferences } from './fieldDifferences.ts';

describe('the fields in which two values differ', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['a text', { a: { b: '1' } }, { a: { b: '2' } }, ['a.b']],
    ['a field that is new', { a: {} }, { a: { b: 1 } }, ['a.b']],
    ['a field that is gone', { a: { b: 1 } }, {}, ['a']],
    ['a name with dots', { 'checksum/config': '1' }, { 'checksum/config': '2' }, ['["checksum/config"]']],
    [
      'an entry by its name',
      { env: [{ name: 'A', value: '1' }] },
      { env: [{ name: 'A', value: '2' }] },
      ['env[A].value'],
    ],
    ['an entry that is new', { env: [] }, { env: [{ name: 'A' }] }, ['env[A]']],
    [
      'a mount by its path',
      { m: [{ name: 'v', mountPath: '/a' }] },
      { m: [{ name: 'v', mountPath: '/b' }] },
      ['m[/a]', 'm[/b]'],
    ],
    [
      'one volume that is mounted twice',
      {
        m: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/b' },
        ],
      },
      {
        m: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/b', readOnly: true },
        ],
      },
      ['m[/b].readOnly'],
    ],
    ['an entry without a name', { rules: [{ from: 'a' }] }, { rules: [{ from: 'b' }] }, ['rules[0].from']],
    ['a list of texts', { args: ['a', 'b'] }, { args: ['a', 'c'] }, ['args']],
    ['a longer list', { args: ['a'] }, { args: ['a', 'b'] }, ['args']],
    [
      'the order of entries',
      { env: [{ name: 'A' }, { name: 'B' }] },
      { env: [{ name: 'B' }, { name: 'A' }] },
      ['env (order)'],
    ],
    ['a map that becomes a list', { a: {} }, { a: [] }, ['a']],
    ['a number that becomes a text', { port: 80 }, { port: '80' }, ['port']],
  ])('are named: %s', (_, before, after, fields) => {
    expect(fieldDifferences(before, after)).toEqual(fields);
  });

  it.each<[string, unknown, unknown]>([
    ['null is not there', { a: null }, {}],
    [
      'a quantity in another unit',
      { resources: { limits: { cpu: '1000m' } } },
      { resources: { limits: { cpu: 1 } } },
    ],
    ['a size in another unit', { emptyDir: { sizeLimit: '1024Mi' } }, { emptyDir: { sizeLimit: '1Gi' } }],
    ['another order of fields', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ])('are none: %s', (_, before, after) => {
    expect(fieldDifferences(before, after)).toEqual([]);
  });

  it('tell an empty map from none: an empty selector selects everything', () => {
    expect(fieldDifferences({ podSelector: {} }, {})).toEqual(['podSelector']);
  });

  it('leave out what the cluster and SOPS write', () => {
    const after = {
      status: { ready: true },
      sops: { mac: 'x' },
      metadata: { name: 'app', namespace: 'media', generation: 2 },
    };
    expect(objectDifferences(object('v1', 'Secret'), object('v1', 'Secret', after))).toEqual([]);
  });
});
