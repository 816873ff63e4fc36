import { type Fields, isFields } from './fields.ts';

/** A map with what it lacks. What is null is not there. */
export function filled(fields: Fields, defaults: Fields): Fields {
  const said = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  // What is said keeps its place before what is filled in.
  return { ...Object.fromEntries(said), ...defaults, ...Object.fromEntries(said) };
}

/** A map in which the map of a field, or each map in the list of it, is another one. A field that is not there stays so. */
export function mapped(fields: Fields, name: string, change: (value: Fields) => Fields): Fields {
  const value = fields[name];
  if (isFields(value)) return { ...fields, [name]: change(value) };
  if (!Array.isArray(value)) return fields;
  return { ...fields, [name]: value.map((item) => (isFields(item) ? change(item) : item)) };
}
