import type { Path } from '../kubernetes/path.ts';
import { type Field, notedAt, visibilityAt } from './fields.ts';
import { type PrivateValues, privateNamed } from './private.ts';

/** The configuration with a handle in place of each private and secret value, and the values of the handles. */
export interface Sealed {
  value: unknown;
  private: PrivateValues;
  secret: PrivateValues;
}

/** Takes the private and secret values out of a validated configuration. */
export function seal(value: unknown, fields: Field): Sealed {
  const found = { private: new Map<string, string>(), secret: new Map<string, string>() };
  return { value: sealAt(value, [], fields, found), ...found };
}

function sealAt(
  value: unknown,
  path: Path,
  fields: Field,
  found: Record<'private' | 'secret', Map<string, string>>,
): unknown {
  if (Array.isArray(value)) return value.map((item, index) => sealAt(item, [...path, index], fields, found));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, sealAt(item, [...path, key], fields, found)]),
    );
  }
  const visibility = visibilityAt(fields, path);
  if (typeof value !== 'string' || visibility === undefined || visibility === 'public') return value;
  const name = variableName(path, fields);
  found[visibility].set(name, value);
  return privateNamed(name);
}

/** `immich.host` → `IMMICH_HOST`, `cluster.network.lan[0]` → `LAN_1` where the field names its own variable `LAN`. */
export function variableName(path: Path, fields: Field): string {
  const named = notedAt(fields, path, 'substitution');
  const index = path.findLast((step) => typeof step === 'number');
  const words = named === undefined ? path.filter((step) => typeof step === 'string').map(shout) : [named];
  return [...words, ...(index === undefined ? [] : [index + 1])].join('_');
}

function shout(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}
