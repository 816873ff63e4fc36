import { type Fields, isFields } from '../../kubernetes/fields.ts';
import type { Effect } from '../model/unmodelled.ts';

/**
 * How the analysis treats a field: it reads it, or the field is harmless for the reason given, or its effect is not
 * known.
 */
export type FieldUse =
  | 'read'
  | { readonly harmless: string }
  | { readonly unknown: string; readonly effects?: readonly Effect[] };

type Element<T> = T extends readonly (infer Item)[] ? Item : T;

/**
 * How the analysis treats each field of a type. A field that the type gains must be added here, or the types do not
 * match. A nested table covers each field of a map, or of each map of a list.
 */
export type FieldTable<T> = {
  readonly [Key in keyof Required<T>]:
    | FieldUse
    | (Element<NonNullable<T[Key]>> extends string | number | boolean
        ? never
        : { readonly fields: FieldTable<Element<NonNullable<T[Key]>>> });
};

/** A table without the type that it covers. */
export type Fieldwise = { readonly [field: string]: FieldUse | { readonly fields: Fieldwise } };

/** A field of which the effect is not known. */
export interface UnreadField {
  /** Such as `listeners[].tls`. */
  path: string;
  effect: string;
  /** What it may bring to the cluster, if that differs from the other fields of its kind. */
  effects?: readonly Effect[] | undefined;
}

const added = 'no version that is known here has the field';

/** The fields of a map of which the effect is not known. A field that the table does not have is one of them. */
export function unreadFields(table: Fieldwise, value: Fields, path = ''): readonly UnreadField[] {
  return Object.entries(value).flatMap(([key, inner]): readonly UnreadField[] => {
    if (inner === undefined || inner === null) return [];
    const own = path === '' ? key : `${path}.${key}`;
    const use = Object.hasOwn(table, key) ? table[key] : undefined;
    // No version of an API has a field with a capital first letter, and the API server drops what no version has.
    if (use === undefined) return /^[A-Z]/.test(key) ? [] : [{ path: own, effect: added }];
    if (use === 'read') return [];
    if ('unknown' in use) return [{ path: own, effect: use.unknown, effects: use.effects }];
    if (!('fields' in use)) return [];
    const nested = use.fields;
    if (Array.isArray(inner))
      return inner.flatMap((each) => (isFields(each) ? unreadFields(nested, each, `${own}[]`) : []));
    return isFields(inner) ? unreadFields(nested, inner, own) : [];
  });
}
