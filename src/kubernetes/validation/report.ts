import type { Fields } from '../fields.ts';
import type { NameRule } from '../names.ts';
import type { Finding } from '../structure.ts';
import { blockOf, isStrictBlock } from './addresses.ts';

/** Keys and indexes from the root of an object. */
export type Path = readonly (string | number)[];

/** Records what the API server refuses. */
export type Report = (
  path: Path,
  message: string,
  expected: string,
  code?: Finding['code'],
  unless?: Finding['unless'],
) => void;

/**
 * A rule of kube-apiserver for objects of some kinds, beyond the schema. It reports, and never throws, whatever the
 * object holds: the schema says separately which fields are missing or of a wrong type.
 */
export type CoreRule = (object: Fields, report: Report) => void;

/** Reports the value unless it is a string that holds to the rule. Values of other types are for the schema. */
export function checkName(value: unknown, rule: NameRule, path: Path, report: Report): void {
  if (typeof value === 'string' && !rule.holds(value)) report(path, 'the name is not valid', rule.expected);
}

/** The same for the field of a map. */
export function checkNameIn(map: Fields, field: string, rule: NameRule, path: Path, report: Report): void {
  const value = map[field];
  // Most objects are valid, so the path is made for the others only.
  if (typeof value === 'string' && !rule.holds(value)) checkName(value, rule, [...path, field], report);
}

/** Reports each value that appeared before. */
export function checkUnique(
  values: readonly (string | undefined)[],
  pathOf: (index: number) => Path,
  what: string,
  report: Report,
): void {
  if (values.length < 2) return;
  const seen = new Set<string>();
  values.forEach((value, index) => {
    if (value === undefined) return;
    if (seen.has(value)) report(pathOf(index), `${what} is there twice`, `${what} once`);
    seen.add(value);
  });
}

/** Reports a number that is not in the range. */
export function checkRange(
  value: unknown,
  smallest: number,
  largest: number,
  path: Path,
  report: Report,
): void {
  if (typeof value !== 'number' || (value >= smallest && value <= largest)) return;
  report(
    path,
    `the number is not allowed`,
    largest === Infinity ? `at least ${smallest}` : `${smallest} to ${largest}`,
  );
}

/** The same for the field of a map. */
export function checkRangeIn(
  map: Fields,
  field: string,
  smallest: number,
  largest: number,
  path: Path,
  report: Report,
): void {
  const value = map[field];
  if (typeof value === 'number') checkRange(value, smallest, largest, [...path, field], report);
}

export function checkPort(value: unknown, path: Path, report: Report): void {
  checkRange(value, 1, 65_535, path, report);
}

/** The fields of a map that are set, in the order of the names: null means absent. */
export function fieldsSet(value: Fields, names: readonly string[]): readonly string[] {
  const set = Object.keys(value).filter(
    (key) => names.includes(key) && value[key] !== undefined && value[key] !== null,
  );
  return set.length < 2 ? set : names.filter((name) => set.includes(name));
}

/** Reports a text that is not a CIDR, or not one for the newest Kubernetes. */
export function checkBlock(text: unknown, path: Path, report: Report): void {
  if (typeof text !== 'string') return;
  const expected = 'a CIDR such as 192.0.2.0/24';
  if (blockOf(text) === undefined) report(path, 'the value is not a CIDR', expected);
  else if (!isStrictBlock(text))
    report(
      path,
      'the CIDR has leading zeros, bits beyond its prefix, or IPv4 in IPv6',
      expected,
      'wrong-value',
      'it is older than Kubernetes 1.36',
    );
}
