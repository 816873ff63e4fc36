import { describe, expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import {
  containsOneOf,
  everyAddress,
  exampleOf,
  intersect,
  isEmpty,
  isSubset,
  parseBlock,
  parseBlocks,
  subtract,
  union,
} from './addresses.ts';

const block = fc
  .tuple(fc.nat(3), fc.nat(255), fc.integer({ min: 14, max: 32 }))
  .map(([a, b, length]) => `10.${a}.0.${b}/${length}`);
const sets = fc.array(block, { maxLength: 4 }).map((blocks) => parseBlocks(blocks).set);

describe('address sets', () => {
  it.each(['10.0.0.0/33', '10.0.0/8', 'x', '10.0.0.0/', '::/129', '', '1.2.3.4/-1', '0x7f.1'])(
    'refuses %j',
    (text) => {
      expect(parseBlock(text)).toBeUndefined();
    },
  );

  it('reads host bits as the block that contains them', () => {
    expect(parseBlock('10.1.2.3/8')).toEqual(parseBlock('10.0.0.0/8'));
    expect(exampleOf(subtract(everyAddress, parseBlock('0.0.0.0/1') ?? everyAddress))).toBe('128.0.0.0');
  });

  it('keeps the laws of sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(union(subtract(a, b), intersect(a, b))).toEqual(a);
        expect(isEmpty(intersect(subtract(a, b), b))).toBe(true);
        expect(isSubset(a, union(a, b))).toBe(true);
        expect(subtract(everyAddress, subtract(everyAddress, a))).toEqual(a);
      }),
    );
  });

  it('knows when part of a range is enough', () => {
    const pods = parseBlocks(['10.42.0.0/16', 'fd00::/64']).set;
    const containing = (...blocks: string[]) => containsOneOf(parseBlocks(blocks).set, pods);
    expect(containing('10.0.0.0/8')).toBe('yes');
    expect(containing('10.42.1.0/24')).toBe('maybe');
    expect(containing('192.168.0.0/16')).toBe('no');
    expect(containing('fd00::/16')).toBe('yes');
  });
});
