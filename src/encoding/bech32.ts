const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/**
 * Reads Bech32 (BIP 173) without its limit of 90 characters, which age lifts for its long hybrid keys.
 *
 * @returns the lower-case prefix and the bytes; undefined when a character, the checksum, the padding or the case is
 * wrong
 */
export function decodeBech32(text: string): { prefix: string; bytes: Buffer } | undefined {
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return undefined;
  const lower = text.toLowerCase();
  const split = lower.lastIndexOf('1');
  if (split < 1 || split + 7 > lower.length || !/^[\x21-\x7e]+$/.test(lower)) return undefined;
  const prefix = lower.slice(0, split);
  const words = [...lower.slice(split + 1)].map((character) => alphabet.indexOf(character));
  if (words.includes(-1)) return undefined;
  if (checksum([...expandPrefix(prefix), ...words]) !== 1) return undefined;
  const bytes = toBytes(words.slice(0, -6));
  return bytes && { prefix, bytes };
}

/**
 * Writes Bech32 in lower case.
 *
 * @param prefix - in lower case
 */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const words = toWords(bytes);
  const sum = checksum([...expandPrefix(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = [25, 20, 15, 10, 5, 0].map((shift) => (sum >>> shift) & 31);
  return `${prefix}1${[...words, ...check].map((word) => alphabet.charAt(word)).join('')}`;
}

/** Expands a prefix for the checksum (BIP 173, `hrp_expand`). */
function expandPrefix(prefix: string): number[] {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function checksum(words: number[]): number {
  let sum = 1;
  for (const word of words) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ word;
    generator.forEach((term, bit) => {
      if ((top >>> bit) & 1) sum ^= term;
    });
  }
  return sum;
}

/** Converts words of five bits to bytes. Leftover bits must be fewer than a word, and zero. */
function toBytes(words: number[]): Buffer | undefined {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const word of words) {
    held = ((held << 5) | word) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  const left = held & ((1 << bits) - 1);
  return bits < 5 && left === 0 ? Buffer.from(bytes) : undefined;
}

/** Converts bytes to words of five bits. Zeros fill up the last word. */
function toWords(bytes: Uint8Array): number[] {
  const words: number[] = [];
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      words.push((held >> bits) & 31);
    }
  }
  if (bits > 0) words.push((held << (5 - bits)) & 31);
  return words;
}
