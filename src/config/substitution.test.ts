import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import fc from '../../tests/fastCheck.ts';
import { survivesSubstitution } from './substitution.ts';

describe('a value that Flux would change', () => {
  it.each([
    '',
    ' ',
    ' a',
    'a ',
    'yes',
    'No',
    'y',
    'off',
    'TRUE',
    'null',
    '~',
    '0123',
    '1e3',
    '12',
    '1_000',
    '1,000',
    '-1.5E+3',
    '.5',
    '685_230.15',
    '2026-1-2 x',
    '0x1f',
    '0b11',
    '0o14',
    '1:30',
    '12:30:45',
    '.inf',
    '.NaN',
    '2026-11-24',
    '2026-11-24T00:00:00Z',
    'a: b',
    'a:',
    'x #y',
    '#x',
    '"a"',
    "it's",
    'a\nb',
    'a\r',
    '- a',
    '? a',
    '[a]',
    '{a}',
    '*a',
    '&a',
    '!a',
    '|',
    '>',
    '%a',
    '@a',
    '`a',
    ',a',
    '${A}',
    '$A',
    'a\\b',
    'a\u0085b',
    'a\u2028b',
    'a\u0007b',
    'a\tb',
    '\ufeffa',
    'a\ud800',
  ])('%j', (value) => {
    expect(survivesSubstitution(value)).toBe(false);
  });
});

describe('a value that Flux keeps', () => {
  it.each([
    'photos.example.org',
    '192.0.2.10',
    '192.0.2.0/24',
    '2001:db8::10',
    '/mnt/nas/photos',
    '/mnt/mit Leerzeichen/ü',
    'owner+photos@example.org',
    '6ff42ae2-765d-4adf-8112-31c55c1551ef',
    'yes-team',
    '1.2.3',
    'a#b',
    'a:b',
    '日本',
    '12345678-1234-1234-1234-123456789012',
    '00000000-0000-1000-8000-00000000000e',
    '1e',
    '1-2',
  ])('%j', (value) => {
    expect(survivesSubstitution(value)).toBe(true);
  });
});

it('reads an accepted value back by YAML 1.1 and 1.2, wherever kustomize writes it', () => {
  const awkward = fc.string({
    unit: fc.constantFrom(...' \n\t-:#\'"{}[]&*!|>%@`,?~=<.0123456789abcdefxyzEnoYN_+/$\\'),
    maxLength: 12,
  });
  const like = fc
    .constantFrom('yes', '0123', '1e3', 'a: b', 'x #y', '.5', '1:30', '0x1', 'Null', '2026-11-24')
    .chain((word) => awkward.map((rest) => (rest.length > 6 ? word : word + rest)));
  fc.assert(
    fc.property(
      fc.oneof(
        awkward,
        like,
        fc.string({ unit: 'binary' }),
        fc.double().map(String),
        fc.integer().map(String),
      ),
      (value) => {
        if (!survivesSubstitution(value)) return;
        for (const version of ['1.1', '1.2'] as const) {
          const template = stringify(
            { map: { key: 'PLACE' }, list: ['PLACE'], url: 'https://PLACE/x' },
            { version },
          );
          expect(
            parse(
              template.replaceAll('PLACE', () => value),
              { version },
            ),
          ).toEqual({ map: { key: value }, list: [value], url: `https://${value}/x` });
        }
      },
    ),
    { numRuns: 5000 },
  );
});
