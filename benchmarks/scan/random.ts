/** Reproducible random numbers: a generated repository must be equal on every machine. */
export interface Random {
  /** From 0 to `below` - 1. */
  number(below: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Characters of base64. */
  base64(length: number): string;
  hex(length: number): string;
}

/** mulberry32, by Tommy Ettinger: 32 bits of state, sufficient for texts. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const number = (below: number): number => next() % below;
  const from = (alphabet: string, length: number): string => {
    let text = '';
    while (text.length < length) text += alphabet.charAt(number(alphabet.length));
    return text;
  };
  return {
    number,
    pick: (items) => items[number(items.length)] ?? items[0],
    base64: (length) => from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', length),
    hex: (length) => from('0123456789abcdef', length),
  };
}
