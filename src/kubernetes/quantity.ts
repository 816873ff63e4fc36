/**
 * A resource quantity: `resource.Quantity` of k8s.io/apimachinery (pkg/api/resource/quantity.go). The number is exact,
 * in billionths, the finest resolution of Kubernetes.
 */
export interface Quantity {
  nano: bigint;
  /** The notation: `1500m`, `1536Mi` or `12e6`. */
  format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent';
}

const syntax = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const one = 10n ** 9n;
/** The largest quantity. Larger values are capped to it. */
const largest = (2n ** 63n - 1n) * one;
/** Larger exponents cannot change the result, but take very long to compute. */
const widestExponent = 5_000;

/**
 * Parses a quantity, or returns undefined if it is invalid. As in Kubernetes, more than nine decimal places are
 * rounded away from zero, and values above 2^63-1 are capped.
 */
export function parseQuantity(text: string | number): Quantity | undefined {
  const [, sign, whole = '', fraction = '', suffix = ''] = syntax.exec(String(text)) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const scale = scaleOf(suffix);
  const digits = BigInt(whole + fraction) * scale.binary;
  const size = magnitude(digits, scale.decimal - fraction.length + 9);
  const capped = size > largest ? largest : size;
  const format = scale.format === 'BinarySI' && capped > 0n && capped < one ? 'DecimalSI' : scale.format;
  return { nano: sign === '-' ? -capped : capped, format };
}

interface Scale {
  /** A power of 1024. */
  binary: bigint;
  /** An exponent of 10. */
  decimal: number;
  format: Quantity['format'];
}

function scaleOf(suffix: string): Scale {
  if (/^[eE][+-]?\d/.test(suffix)) {
    const exponent = Math.max(-widestExponent, Math.min(widestExponent, Number(suffix.slice(1))));
    return { binary: 1n, decimal: exponent, format: 'DecimalExponent' };
  }
  if (suffix.endsWith('i')) {
    return { binary: 1024n ** BigInt(binarySuffixes.indexOf(suffix)), decimal: 0, format: 'BinarySI' };
  }
  return { binary: 1n, decimal: (decimalSuffixes.indexOf(suffix) - 3) * 3, format: 'DecimalSI' };
}

/** `digits` × 10^`exponent`, rounded up. */
function magnitude(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  return divideUp(digits, 10n ** BigInt(-exponent));
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** Negative if `a` is smaller, positive if `b` is smaller, 0 if both are equal. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** The amount in whole units (bytes, cores), rounded away from zero as Kubernetes does. */
export function wholeUnits(quantity: Quantity): bigint {
  return quantity.nano < 0n ? -divideUp(-quantity.nano, one) : divideUp(quantity.nano, one);
}

/**
 * The canonical text: without decimal places, with the largest suffix that keeps the value exact. Binary quantities
 * below 1024 and fractions are written in decimal notation.
 */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.nano === 0n) return '0';
  const sign = quantity.nano < 0n ? '-' : '';
  const size = quantity.nano < 0n ? -quantity.nano : quantity.nano;
  if (quantity.format === 'BinarySI' && size >= 1024n * one && size % one === 0n) {
    const { value, steps } = reduce(size / one, 1024n, binarySuffixes.length - 1);
    return `${sign}${value}${binarySuffixes[steps] ?? ''}`;
  }
  const { value, steps } = reduce(size, 1000n, decimalSuffixes.length - 1);
  if (quantity.format !== 'DecimalExponent') return `${sign}${value}${decimalSuffixes[steps] ?? ''}`;
  return `${sign}${value}${steps === 3 ? '' : `e${(steps - 3) * 3}`}`;
}

/** Divides as long as there is no remainder. */
function reduce(value: bigint, base: bigint, limit: number): { value: bigint; steps: number } {
  let rest = value;
  let steps = 0;
  while (steps < limit && rest % base === 0n) {
    rest /= base;
    steps++;
  }
  return { value: rest, steps };
}
