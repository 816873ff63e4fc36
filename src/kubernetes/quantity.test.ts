import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { compareQuantities, formatQuantity, parseQuantity, wholeUnits } from './quantity.ts';

function canonical(text: string | number): string | undefined {
  const quantity = parseQuantity(text);
  return quantity && formatQuantity(quantity);
}

describe('parsing and formatting', () => {
  test.each([
    ['0', '0'],
    ['1', '1'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['0.0001Ki', '102400u'],
    ['100m', '100m'],
    ['0.1', '100m'],
    ['1.5', '1500m'],
    ['1500m', '1500m'],
    ['2000m', '2'],
    ['12e6', '12e6'],
    ['12E6', '12e6'],
    ['1E', '1E'],
    ['1e0', '1'],
    ['1.25e2', '125'],
    ['+5', '5'],
    ['-5', '-5'],
    ['.5', '500m'],
    ['5.', '5'],
    ['0.0000000001', '1n'],
    ['-0.0000000001', '-1n'],
    ['9223372036854775808', '9223372036854775807'],
    ['10E', '9223372036854775807'],
    ['1e999999999', '9223372036854775807e0'],
    ['1e-999999999', '1e-9'],
    [0.5, '500m'],
    [3, '3'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected.replace(/e0$/, ''));
  });

  test.each([
    '',
    ' ',
    '.',
    '+',
    'm',
    '1 Gi',
    '1gi',
    '1K',
    '1ki',
    '1KI',
    '1e',
    '1e1.5',
    '0x10',
    '1_000',
    '1,5',
    '1Gib',
    'Gi',
    '1mm',
  ])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('compares amounts regardless of their suffix', () => {
    const [small, same, large] = ['999Mi', '1023e6', '1Gi'].map(
      (text) => parseQuantity(text) ?? { nano: -1n, format: 'DecimalSI' as const },
    );
    if (small === undefined || same === undefined || large === undefined) throw new Error('three quantities');
    expect(compareQuantities(small, large)).toBeLessThan(0);
    expect(compareQuantities(large, same)).toBeGreaterThan(0);
    expect(compareQuantities(large, large)).toBe(0);
  });

  test('rounds whole units away from zero', () => {
    const units = (text: string) => wholeUnits(parseQuantity(text) ?? { nano: -1n, format: 'DecimalSI' });
    expect([units('1500m'), units('-1500m'), units('1Ki'), units('1n'), units('2')]).toEqual([
      2n,
      -2n,
      1024n,
      1n,
      2n,
    ]);
  });
});

const suffix = fc.constantFrom(
  '',
  'n',
  'u',
  'm',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Ki',
  'Mi',
  'Gi',
  'Ti',
  'Pi',
  'Ei',
  'e3',
  'E-2',
  'e+1',
  'e9',
);
const amount = fc
  .tuple(fc.constantFrom('', '-', '+'), fc.nat(5_000_000), fc.option(fc.nat(99_999)), suffix)
  .map(([sign, whole, fraction, unit]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${unit}`);

test('formatting keeps the amount', () => {
  fc.assert(
    fc.property(amount, (text) => {
      const quantity = parseQuantity(text);
      if (quantity === undefined) throw new Error(`${text} is a quantity`);
      const again = parseQuantity(formatQuantity(quantity));
      expect(again?.nano).toBe(quantity.nano);
      expect(again && formatQuantity(again)).toBe(formatQuantity(quantity));
    }),
  );
});

const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' });

test.skipIf(kubectl.status !== 0)(
  'kubectl writes the same text (skipped where kubectl is not installed)',
  () => {
    const edges = ['0.0001Ki', '-0.0001Ki', '1.0001Ki', '-1.5Ki', '-0.5Ki', '0Ki', '0e3', '5.', '.5'];
    // Upstream caps what exceeds 2^63-1 only on one of its two ways of reading; ours always does.
    const below = (text: string) => !/^-?9223372036854775807$/.test(canonical(text) ?? '');
    const texts = [...fc.sample(amount, { numRuns: 500, seed: 1 }).filter(below), ...edges];
    const hard = texts.map((text, index) => `r${index}=${text}`).join(',');
    const flags = ['create', 'quota', 'q', `--hard=${hard}`, '--dry-run=client', '-o', 'json'];
    const { stdout, stderr } = spawnSync('kubectl', flags, { encoding: 'utf8' });
    expect(stderr).toBe('');
    const quota: { spec: { hard: Record<string, string> } } = JSON.parse(stdout);
    const written = texts.map((text, index): [string, string] => [text, quota.spec.hard[`r${index}`] ?? '']);
    // Short amounts are not rewritten, so that these say nothing about the canonical text.
    const rewritten = written.filter(([text, result]) => text !== result);
    expect(rewritten.length).toBeGreaterThan(50);
    for (const [text, result] of rewritten) expect([text, canonical(text)]).toEqual([text, result]);
  },
);
