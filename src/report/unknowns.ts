import type { Unknown } from '../exposure/judgement.ts';

/** What one remedy would make known: a chart that thirty releases use is told once. */
export interface UnknownGroup {
  first: Unknown;
  /** The objects of the others, by their names. */
  others: readonly string[];
}

/** Unknowns by their remedies, in the order in which each remedy comes first. */
export function unknownsByRemedy(unknowns: readonly Unknown[]): UnknownGroup[] {
  const groups = new Map<string, [Unknown, ...Unknown[]]>();
  for (const unknown of unknowns) {
    const group = groups.get(unknown.remedy);
    if (group === undefined) groups.set(unknown.remedy, [unknown]);
    else group.push(unknown);
  }
  return [...groups.values()].map(([first, ...others]) => ({ first, others: others.map(nameOf) }));
}

/** A list of names for a person: the first few, and how many more there are. */
export function firstFew(names: readonly string[], shown = 3): string {
  const left = names.length - shown;
  return [...names.slice(0, shown), ...(left > 0 ? [`and ${left} more`] : [])].join(', ');
}

function nameOf({ object, sentence }: Unknown): string {
  return object === undefined ? sentence : `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
}
