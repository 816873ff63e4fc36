import type { Unknown } from '../manifests/sourcedObject.ts';
import type { CheckFinding } from '../operations/check/findings.ts';

/** Items that are alike to a person; none of the groups is empty. */
export type Group<Item> = readonly [Item, ...Item[]];

/** Items by a key, in the order in which each key comes first. */
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

/** Findings that stand together, since the same is to be said and done about them. */
export function alike(findings: readonly CheckFinding[]): Group<CheckFinding>[] {
  return grouped(findings, ({ verdict, sentence, object, fix, accepted }) =>
    JSON.stringify([verdict, sentence, object?.file, object?.line, fix, accepted]),
  );
}

/** What one remedy would make known: a chart that thirty releases use is told once. */
export interface UnknownGroup {
  first: Unknown;
  /** The objects of the others, by their names. */
  others: readonly string[];
}

/** Unknowns by their remedies. */
export function unknownsByRemedy(unknowns: readonly Unknown[]): UnknownGroup[] {
  return grouped(unknowns, ({ remedy }) => remedy).map(([first, ...others]) => ({
    first,
    others: others.map(nameOf),
  }));
}

function nameOf({ object, sentence }: Unknown): string {
  return object === undefined ? sentence : `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
}

/** As many texts as a person reads, and then how many more there are. */
export function firstFew(texts: readonly string[], shown = 3): string[] {
  const left = texts.length - shown;
  return [...texts.slice(0, shown), ...(left > 0 ? [`and ${left} more`] : [])];
}

/** The same as one line, for names whose reason was told of another one. */
export function theSameFor(names: readonly string[]): string {
  return `The same for: ${firstFew(names).join(', ')}`;
}
