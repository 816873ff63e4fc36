import { describe, expect, it } from 'vitest';
import { decodeText } from './text.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const problemOf = (content: Uint8Array) => {
  const decoded = decodeText({ file: 'cluster.yaml', bytes: content });
  return 'problem' in decoded ? decoded.problem : undefined;
};

describe('a text', () => {
  it('loses its byte order mark and keeps everything else', () => {
    const content = new TextEncoder().encode('\ufeffa: é\r\n');
    expect(decodeText({ file: 'cluster.yaml', bytes: content })).toEqual({ text: 'a: é\r\n' });
  });

  it('may be empty', () => {
    expect(decodeText({ file: 'cluster.yaml', bytes: bytes() })).toEqual({ text: '' });
  });

  it.each([
    ['UTF-16, little end first', bytes(0xff, 0xfe, 0x61, 0), 'UTF-16'],
    ['UTF-16, big end first', bytes(0xfe, 0xff, 0, 0x61), 'UTF-16'],
    ['binary', bytes(0x7f, 0x45, 0x4c, 0x46, 0, 1), 'binary'],
    ['an overlong form', bytes(0xc0, 0xaf), 'not UTF-8'],
    ['half a character', bytes(0x61, 0xe2, 0x82), 'not UTF-8'],
    ['a surrogate', bytes(0xed, 0xa0, 0x80), 'not UTF-8'],
  ])('in %s is refused', (_, content, said) => {
    expect(problemOf(content)).toMatchObject({
      code: 'text-not-utf8',
      file: 'cluster.yaml',
      message: expect.stringContaining(said),
    });
  });

  it('of 5 MB is refused without reading it', () => {
    expect(problemOf(new Uint8Array(5_000_000).fill(0x23))).toMatchObject({ code: 'text-too-large' });
  });
});
