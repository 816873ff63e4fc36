import { describe, expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import type { FormKind } from './forms.ts';
import { privateMatcher } from './matcher.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

const values = [
  { name: 'HOST', value: 'Photos.bücher-haus.net' },
  { name: 'DOMAIN', value: 'kettle-row.org' },
  { name: 'EMAIL', value: 'ann.orchard@kettle-mail.net' },
  { name: 'PATH', value: '/mnt/tank-7/Family Photos' },
  { name: 'IP', value: '192.168.42.17' },
  { name: 'IP6', value: 'fd4a:12::beef:1' },
  { name: 'CIDR', value: '192.168.42.0/24' },
  { name: 'TEAM', value: 'orchardvale' },
  { name: 'SHORT', value: 'qvx7' },
  { name: 'SECRET', value: 'kV9+/tq"R2=\\zz81Lm' },
];

/** Each planted form: the text, the name of the value, and the form. */
const planted: [text: string, name: string, form: FormKind][] = [
  ['host: kettle-row.org', 'DOMAIN', 'literal'],
  ['host: Kettle-Row.ORG', 'DOMAIN', 'other-case'],
  ['host: photos.kettle-row.org', 'DOMAIN', 'subdomain'],
  ['host: "*.kettle-row.org"', 'DOMAIN', 'subdomain'],
  ['mail to someone@kettle-row.org today', 'DOMAIN', 'literal'],
  ['next=https%3A%2F%2Fkettle%2Drow%2eorg%2F', 'DOMAIN', 'url-encoded'],
  ['next=kettle-row%2Eorg', 'DOMAIN', 'url-encoded'],
  ['next=%6b%65%74%74%6c%65%2d%72%6f%77%2e%6f%72%67', 'DOMAIN', 'url-encoded'],
  ['next=kettle-row%252Eorg', 'DOMAIN', 'url-encoded'],
  ['{"h":"kettle-row\\u002eorg"}', 'DOMAIN', 'escaped'],
  ['h: "kettle-row\\x2eorg"', 'DOMAIN', 'escaped'],
  ['server_name ~^(.+)kettle-row\\.org$;', 'DOMAIN', 'escaped'],
  ['see kettle-row[.]org', 'DOMAIN', 'escaped'],
  ['<a href="kettle-row&#46;org">', 'DOMAIN', 'escaped'],
  ['h: "kettle-\\\n  row.org"', 'DOMAIN', 'escaped'],
  [`d: ${base64('kettle-row.org')}`, 'DOMAIN', 'base64'],
  [`d: ${base64('!kettle-row.org/x')}`, 'DOMAIN', 'base64'],
  [`d: ${base64('!!kettle-row.org/')}`, 'DOMAIN', 'base64'],
  [`d: ${base64('KETTLE-ROW.ORG')}`, 'DOMAIN', 'base64'],
  [`d: ${base64('https://kettle-row.org').replaceAll('=', '')}`, 'DOMAIN', 'base64'],
  [`d: ${Buffer.from('kettle-row.org').toString('hex')}`, 'DOMAIN', 'hex'],
  [`d: ${Buffer.from('kettle-row.org').toString('hex').toUpperCase()}`, 'DOMAIN', 'hex'],
  ['zone: org.kettle-row', 'DOMAIN', 'reversed'],
  ['package org.kettle-row.photos', 'DOMAIN', 'reversed'],
  ['secretName: kettle-row-org-tls', 'DOMAIN', 'dashed'],
  ['database kettle-row_org', 'DOMAIN', 'dashed'],
  ['host: photos.bücher-haus.net', 'HOST', 'other-case'],
  ['host: PHOTOS.BÜCHER-HAUS.NET', 'HOST', 'other-case'],
  ['host: photos.xn--bcher-haus-9db.net', 'HOST', 'punycode'],
  ['host: photos.b%C3%BCcher-haus.net', 'HOST', 'url-encoded'],
  ['host: "photos.b\\u00fccher-haus.net"', 'HOST', 'escaped'],
  ['zone: net.xn--bcher-haus-9db.photos', 'HOST', 'reversed'],
  [`d: ${base64('photos.bücher-haus.net')}`, 'HOST', 'base64'],
  ['by ann.orchard@kettle-mail.net', 'EMAIL', 'literal'],
  ['Ann.Orchard@kettle-mail.net', 'EMAIL', 'other-case'],
  ['?to=ann.orchard%40kettle-mail.net', 'EMAIL', 'url-encoded'],
  [`d: ${base64('x: ann.orchard@kettle-mail.net')}`, 'EMAIL', 'base64'],
  ['path: /mnt/tank-7/Family Photos', 'PATH', 'literal'],
  ['path: /mnt/tank-7/Family Photos/2024', 'PATH', 'literal'],
  ['path: %2Fmnt%2Ftank-7%2FFamily%20Photos', 'PATH', 'url-encoded'],
  ['q=/mnt/tank-7/Family+Photos', 'PATH', 'url-encoded'],
  ['nas:/ /mnt/tank-7/Family\\040Photos nfs4', 'PATH', 'escaped'],
  ['{"p":"\\/mnt\\/tank-7\\/Family Photos"}', 'PATH', 'escaped'],
  ['cd /mnt/tank-7/Family\\ Photos', 'PATH', 'escaped'],
  ['path: /spec/~1mnt~1tank-7~1Family Photos', 'PATH', 'escaped'],
  ['mnt-tank\\x2d7-Family Photos.mount', 'PATH', 'systemd-path'],
  ['ip: 192.168.42.17', 'IP', 'literal'],
  ['url: http://192.168.42.17:2283/', 'IP', 'literal'],
  ['17.42.168.192.in-addr.arpa', 'IP', 'other-notation'],
  [`d: ${base64('192.168.42.17')}`, 'IP', 'base64'],
  ['ip: fd4a:12::beef:1', 'IP6', 'literal'],
  ['ip: FD4A:12::BEEF:1', 'IP6', 'other-case'],
  ['ip: fd4a:12:0:0:0:0:beef:1', 'IP6', 'other-notation'],
  ['ip: fd4a:0012:0000:0000:0000:0000:beef:0001', 'IP6', 'other-notation'],
  ['lan: 192.168.42.0/24', 'CIDR', 'literal'],
  ['lan=192.168.42.0%2F24', 'CIDR', 'url-encoded'],
  ['https://orchardvale.cloudflareaccess.com', 'TEAM', 'literal'],
  ['theorchardvaleteam', 'TEAM', 'literal'],
  [`d: ${base64('orchardvale')}`, 'TEAM', 'base64'],
  ['a qvx7-b', 'SHORT', 'literal'],
  ['password: kV9+/tq"R2=\\zz81Lm', 'SECRET', 'literal'],
  ['{"p":"kV9+/tq\\"R2=\\\\zz81Lm"}', 'SECRET', 'escaped'],
  ['?p=kV9%2B%2Ftq%22R2%3D%5Czz81Lm', 'SECRET', 'url-encoded'],
  [`p: ${base64('kV9+/tq"R2=\\zz81Lm')}`, 'SECRET', 'base64'],
];

describe('the private matcher', () => {
  const matcher = privateMatcher(values);

  test.each(planted)('finds %s as %s in the form %s', (text, name, form) => {
    const found = matcher.search(`one\ntwo ${text} three\n`).filter((match) => match.name === name);
    expect(found.map((match) => match.form)).toEqual([form]);
  });

  test('reports lines and UTF-16 columns', () => {
    expect(matcher.search('a\n  é kettle%2Drow.org b')).toEqual([
      { name: 'DOMAIN', form: 'url-encoded', line: 2, column: 5, length: 16 },
    ]);
  });

  test('finds base64 whose core crosses the line breaks of wrapped text', () => {
    const long = base64(`${'x'.repeat(50)}kettle-row.org${'y'.repeat(40)}`);
    const wrapped = long.replace(/(.{64})/g, '$1\n    ');
    expect(wrapped.split('\n').length).toBeGreaterThan(2);
    for (const shift of ['', 'a', 'ab']) {
      const text = base64(`${shift}${'x'.repeat(42)}kettle-row.org${'y'.repeat(40)}`).replace(
        /(.{64})/g,
        '$1\r\n  ',
      );
      expect(matcher.search(text).map(({ form }) => form)).toEqual(['base64']);
    }
  });

  test.each([
    'ip: 192.168.42.170',
    'ip: 1192.168.42.17',
    'ip: 192.168.42.17.5',
    'lan: 192.168.42.0/240',
    'fd4a:12::beef:12',
    'aqvx7',
    'kettle_row.org',
    '%zz &nothing; \\q [.',
  ])('leaves %s alone', (text) => {
    expect(matcher.search(text)).toEqual([]);
  });

  test('reports the names of values that it does not search', () => {
    const { notSearched, search } = privateMatcher([
      { name: 'ANSWER', value: 'yes' },
      { name: 'PORT', value: '30443' },
      { name: 'PLACE', value: 'home' },
      { name: 'BLOCK', value: '10.0.0.0/8' },
      { name: 'FOUR', value: 'qvx7' },
      { name: 'LONG', value: 'orchardvale' },
      { name: 'EMPTY', value: '  ' },
    ]);
    expect(notSearched.map(({ name, forms }) => [name, forms])).toEqual([
      ['ANSWER', 'all'],
      ['PORT', 'all'],
      ['PLACE', 'all'],
      ['BLOCK', 'all'],
      ['FOUR', ['base64', 'hex']],
      ['EMPTY', 'all'],
    ]);
    expect(search('yes 30443 home 10.0.0.0/8')).toEqual([]);
  });

  test('finds the lines of a multi-line value with any indentation', () => {
    const { search } = privateMatcher([
      { name: 'NOTE', value: 'first line of the note\nsecond line of the note\n' },
    ]);
    expect(
      search('a: |\n    first line of the note\n    second line of the note\n').map(({ line }) => line),
    ).toEqual([2, 3]);
  });
});

describe('any private value', () => {
  const value = fc
    .stringMatching(/^[a-zA-Z][a-zA-Z0-9@._/+-]{8,30}[a-z]$/)
    .filter((text) => privateMatcher([{ name: 'V', value: text }]).notSearched.length === 0);
  const noise = fc.stringMatching(/^[ -~\n]{0,60}$/);
  const percent = (text: string, mask: number) =>
    [...text].map((c, i) => ((mask >> (i % 30)) & 1 ? `%${c.charCodeAt(0).toString(16)}` : c)).join('');
  const shapes: Record<string, (text: string, mask: number) => string> = {
    literal: (text) => text,
    upper: (text) => text.toUpperCase(),
    percent: (text, mask) => percent(text, mask),
    base64: (text) => base64(text),
    base64url: (text) => Buffer.from(text).toString('base64url'),
    hex: (text) => Buffer.from(text).toString('hex'),
    unicode: (text) => [...text].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join(''),
  };

  test('is found in every form in any text', () => {
    const shape = fc.constantFrom(...Object.keys(shapes));
    fc.assert(
      fc.property(
        value,
        noise,
        noise,
        shape,
        fc.nat(2 ** 30 - 1),
        fc.constantFrom(' ', '\n', '"', '/'),
        (text, before, after, name, mask, gap) => {
          // A backslash directly before the value would be part of another escape.
          const left = before.replace(/[\\%&[]/g, '');
          const planted = shapes[name]?.(text, mask) ?? '';
          const matches = privateMatcher([{ name: 'V', value: text }]).search(
            `${left}${gap}${planted}${gap}${after}`,
          );
          expect(matches.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is found in base64 at every alignment', () => {
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (text, before, after) => {
        const encoded = base64(`${before}${text}${after}`);
        expect(privateMatcher([{ name: 'V', value: text }]).search(encoded).length).toBeGreaterThan(0);
      }),
    );
  });

  test('is not found in other texts', () => {
    fc.assert(
      fc.property(value, fc.uint8Array({ maxLength: 400 }), (text, bytes) => {
        const isThere = Buffer.from(bytes).toString('latin1').toLowerCase().includes(text.toLowerCase());
        fc.pre(!isThere);
        expect(privateMatcher([{ name: 'V', value: text }]).search(bytes)).toEqual([]);
      }),
    );
  });
});
