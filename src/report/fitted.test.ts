import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitted } from './fitted.ts';
import { styleFor } from './style.ts';

describe('lines on a terminal', () => {
  it('end between words, and go on below the text of a label', () => {
    expect(fitted('  to do     correct the value of immich.host', { columns: 30 })).toBe(
      '  to do     correct the value\n            of immich.host',
    );
    expect(fitted('    Nothing is left to do that shows', { columns: 24 })).toBe(
      '    Nothing is left to\n      do that shows',
    );
  });

  it('go on below the text of a table with two columns before it, where that leaves half of the line', () => {
    const row = '  immich   not written   nine files are not as planned';
    expect(fitted(row, { columns: 50 })).toBe(
      '  immich   not written   nine files are not as\n                         planned',
    );
    expect(fitted(row, { columns: 40 })).toBe(
      '  immich   not written   nine files are\n           not as planned',
    );
    // A column is short.
    const text = '  proved   one sentence that is much longer  (than a column)';
    expect(fitted(text, { columns: 56 })).toBe(
      '  proved   one sentence that is much longer  (than a\n           column)',
    );
  });

  it('keep names, paths and commands whole, also where they are wider than the terminal', () => {
    const path = 'apps/media/immich/overlays/oidc/kustomization.yaml:12';
    expect(fitted(`the file is ${path} here`, { columns: 30 })).toBe(`the file is\n${path}\nhere`);
    expect(fitted('first run "gatehouse secrets set immich.host" please', { columns: 30 })).toBe(
      'first run\n"gatehouse secrets set immich.host"\nplease',
    );
    expect(fitted('    run    gatehouse secrets set cluster.network.lan', { columns: 30 })).toBe(
      '    run    gatehouse secrets set cluster.network.lan',
    );
  });

  it('stay as they are where the output is no terminal', () => {
    const text = 'word '.repeat(100);
    expect(fitted(text, {})).toBe(text);
  });

  it('have colours that take no room', () => {
    const { strong } = styleFor(true);
    expect(fitted(`${strong('one')} ${strong('two')} three four five`, { columns: 24 })).not.toContain('\n');
  });

  it('hold every word in its order, and none is wider than the terminal but a single word', () => {
    const word = fc.stringMatching(/^[a-z./]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 24, max: 100 }), (words, columns) => {
        const text = fitted(`  ${words.join(' ')}`, { columns });
        expect(text.split(/\s+/).filter(Boolean)).toEqual(words);
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
        expect(fitted(text, { columns })).toBe(text);
      }),
    );
  });
});

describe('commands', () => {
  const program = "node '/home/a b/gatehouse/dist/main.js' -C ../home-ops";

  it.each([
    ['run "gatehouse configure" first', `run "${program} configure" first`],
    ['a | gatehouse secrets set x', `a | ${program} secrets set x`],
    ['gatehouse explain immich', "node '/home/a b/gatehouse/dist/main.js' explain immich"],
    ['run "gatehouse init" elsewhere', `run "node '/home/a b/gatehouse/dist/main.js' init" elsewhere`],
    ['gatehouse -C /x status', "node '/home/a b/gatehouse/dist/main.js' -C /x status"],
  ])('begin as the program was started: %s', (text, shown) => {
    expect(fitted(text, { program })).toBe(shown);
    expect(fitted(shown, { program })).toBe(shown);
  });

  it.each(['.gatehouse/staging', 'the program gatehouse.authorize', 'in Gatehouse', 'a/gatehouse check'])(
    'are not what only looks like one: %s',
    (text) => expect(fitted(text, { program })).toBe(text),
  );
});
