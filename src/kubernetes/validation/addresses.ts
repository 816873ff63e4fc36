import { isIPv4 } from 'node:net';

/** An address or a block of addresses. */
interface Block {
  family: 4 | 6;
  address: bigint;
  bits: number;
}

/** Reads an address; undefined if Go's `net/netip` does not. */
function addressOf(text: string): Omit<Block, 'bits'> | undefined {
  if (isIPv4(text)) {
    const address = text.split('.').reduce((all, part) => all * 256n + BigInt(part), 0n);
    return { family: 4, address };
  }
  const address = readIPv6(text);
  return address === undefined ? undefined : { family: 6, address };
}

/** An IPv6 address without a zone. Node compiles a large pattern at the first question, which takes longer. */
function readIPv6(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const left = wordsOf(head, tail === undefined);
  const right = wordsOf(tail ?? '', true);
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const words = [...left, ...new Array<number>(missing).fill(0), ...right];
  return words.reduce((all, word) => all * 65_536n + BigInt(word), 0n);
}

/** The numbers between the colons. An IPv4 address at the end counts as two. */
function wordsOf(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const isDotted = isEnd && isIPv4(last);
  const [a = 0, b = 0, c = 0, d = 0] = isDotted ? last.split('.').map(Number) : [];
  const plain = isDotted ? parts.slice(0, -1) : parts;
  if (!plain.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const words = plain.map((part) => Number.parseInt(part, 16));
  return isDotted ? [...words, a * 256 + b, c * 256 + d] : words;
}

/** An address without leading zeros and without a zone. */
export function isPlainAddress(text: string): boolean {
  return addressOf(text) !== undefined;
}

export function isAddress(text: string): boolean {
  return addressOf(withoutZeros(text)) !== undefined;
}

/** Reads a CIDR as every version of Kubernetes does: leading zeros and bits beyond the prefix are allowed. */
export function blockOf(text: string): Block | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  const read = addressOf(withoutZeros(address));
  if (read === undefined || more.length > 0 || !/^\d{1,9}$/.test(length)) return undefined;
  const bits = Number(length);
  return bits <= (read.family === 4 ? 32 : 128) ? { ...read, bits } : undefined;
}

/** Leading zeros of the parts of an IPv4 address are decimal: `ParseIPSloppy` of k8s.io/utils. */
function withoutZeros(address: string): string {
  return /^[\d.]+$/.test(address) ? address.replaceAll(/(^|\.)0+(?=\d)/g, '$1') : address;
}

/**
 * Whether Kubernetes 1.36 accepts the CIDR, too. It refuses leading zeros, bits beyond the prefix and IPv4 addresses in
 * IPv6 (`StrictIPCIDRValidation`).
 */
export function isStrictBlock(text: string): boolean {
  const block = blockOf(text);
  if (block === undefined) return false;
  const [address = '', length = ''] = text.split('/');
  const rest = BigInt((block.family === 4 ? 32 : 128) - block.bits);
  const isMapped = block.family === 6 && block.address >> 32n === 0xffffn;
  return (
    withoutZeros(address) === address &&
    (length === '0' || !length.startsWith('0')) &&
    !isMapped &&
    (block.address >> rest) << rest === block.address
  );
}

/** Whether `inner` is a part of `outer`, and not all of it: `ValidateIPBlock` of Kubernetes. */
export function isStrictSubset(inner: Block, outer: Block): boolean {
  const width = outer.family === 4 ? 32n : 128n;
  const shift = width - BigInt(outer.bits);
  return (
    inner.family === outer.family &&
    inner.bits > outer.bits &&
    inner.address >> shift === outer.address >> shift
  );
}

/** Unspecified, loopback and link-local addresses: `ValidateEndpointIP` of Kubernetes refuses them. */
export function isSpecialAddress(text: string): boolean {
  const read = addressOf(text);
  if (read === undefined) return false;
  const { family, address } = read;
  const within = (block: string): boolean => {
    const outer = blockOf(block);
    if (outer === undefined || outer.family !== family) return false;
    const shift = BigInt((family === 4 ? 32 : 128) - outer.bits);
    return address >> shift === outer.address >> shift;
  };
  return [
    '0.0.0.0/32',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '224.0.0.0/24',
    '::/128',
    '::1/128',
    'fe80::/10',
    'ff02::/16',
  ].some(within);
}
