const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a duration as kubectl and Flux write it: `90s`, `5m`, `1h30m`.
 *
 * @throws Error where it is none
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const isWhole = parts.map(([whole]) => whole).join('') === text;
  const sum = parts.reduce((total, [, number, unit = '']) => total + Number(number) * (units[unit] ?? 0), 0);
  // A timer of Node counts up to 2^31 - 1 milliseconds.
  if (isWhole && sum > 0 && sum < 2 ** 31) return sum;
  throw new Error(`"${text}" is no duration such as 90s, 5m or 1h30m`);
}
