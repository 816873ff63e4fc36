/** The object without all that can be left out while it stays what it is. */
export function shrunk<Value>(value: Value, isStill: (smaller: Value) => boolean): Value {
  let smallest = value;
  for (let before: unknown; before !== smallest; ) {
    before = smallest;
    for (const path of pathsIn(smallest)) {
      const smaller = without(smallest, path);
      if (isStill(smaller)) smallest = smaller;
    }
  }
  return smallest;
}

type Path = readonly (string | number)[];

/** The places in a value, those around others first. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()].toReversed() : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...pathsIn(Object(value)[key], [...path, key])]);
}

function without<Value>(value: Value, path: Path): Value {
  const copy = structuredClone(value);
  const last = path.at(-1) ?? '';
  const parent: unknown = path.slice(0, -1).reduce<unknown>((inner, step) => Object(inner)[step], copy);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last);
  return copy;
}
