import type { Unknown } from '../manifests/sourcedObject.ts';
import type { CheckFinding } from '../operations/check/findings.ts';

/** Items that are reported together. A group is never empty. */
export type Group<Item> = readonly [Item, ...Item[]];

/** Groups items by a key, in the order in which each key first occurs. */
export function grouped<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Group<Item>[] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Groups findings with the same text and remedy. */
export function alike(findings: readonly CheckFinding[]): Group<CheckFinding>[] {
  return grouped(findings, ({ verdict, sentence, object, fix, accepted, acceptedInChange }) =>
    JSON.stringify([verdict, sentence, object?.file, object?.line, fix, accepted, acceptedInChange]),
  );
}

/** Unknowns with the same remedy: a chart that thirty releases use is reported once. */
export interface UnknownGroup {
  first: Unknown;
  /** The objects of the others, by their names. */
  others: readonly string[];
}

/** Groups unknowns by their remedies. */
export function unknownsByRemedy(unknowns: readonly Unknown[]): UnknownGroup[] {
  return grouped(unknowns, ({ remedy }) => remedy).map(([first, ...others]) => ({
    first,
    others: others.map(nameOf),
  }));
}

function nameOf({ object, sentence }: Unknown): string {
  return object === undefined ? sentence : `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
}

/** The first texts, and how many more there are. */
export function firstFew(texts: readonly string[], shown = 3): string[] {
  const left = texts.length - shown;
  return [...texts.slice(0, shown), ...(left > 0 ? [`and ${left} more`] : [])];
}

/** One line for names whose reason was reported for another name. */
export function theSameFor(names: readonly string[]): string {
  return `The same for: ${firstFew(names).join(', ')}`;
}
