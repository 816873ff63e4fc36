import { expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { decodeBech32, encodeBech32 } from './bech32.ts';

// BIP 173, "Test vectors": a prefix alone, and all words in order.
test.each([
  ['a12uel5l', 'a', ''],
  ['abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw', 'abcdef', '00443214c74254b635cf84653a56d7c675be77df'],
])('decodes %s and encodes it to the same text', (text, prefix, hex) => {
  expect(decodeBech32(text)).toEqual({ prefix, bytes: Buffer.from(hex, 'hex') });
  expect(encodeBech32(prefix, Buffer.from(hex, 'hex'))).toBe(text);
});

test('decodes what it encoded, for any length', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z-]{1,20}$/), fc.uint8Array({ maxLength: 80 }), (prefix, bytes) => {
      expect(decodeBech32(encodeBech32(prefix, bytes))).toEqual({ prefix, bytes: Buffer.from(bytes) });
    }),
  );
});
