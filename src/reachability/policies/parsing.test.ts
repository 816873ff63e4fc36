import { expect, it } from 'vitest';
import { parseAddressBlock } from './parsing.ts';

it.each([
  [{ cidr: '::ffff:0.0.0.0/96' }],
  [{ cidr: '::ffff:10.0.0.0/104' }],
  [{ cidr: '::FFFF:a00:1' }],
  [{ cidr: '::/0', except: ['::ffff:10.0.0.0/104'] }],
])('does not know which addresses %j are', (block) => {
  expect(parseAddressBlock(block)).toEqual({ kind: 'unknown' });
});

it.each([[{ cidr: '::/0' }], [{ cidr: '2001:db8::/32' }], [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }]])(
  'reads the addresses of %j',
  (block) => {
    expect(parseAddressBlock(block).kind).toBe('addresses');
  },
);
