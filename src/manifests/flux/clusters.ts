import type { SourcedObject } from '../sourcedObject.ts';
import { nameOf, placeOf } from './fields.ts';

/** Something that is applied from outside, and the directory by which it is known. */
export interface RootUnit {
  directory: string;
  entries: readonly string[];
  tops: readonly SourcedObject[];
}

/** The roots of one cluster. */
export interface ClusterUnits {
  name: string;
  entries: readonly string[];
  tops: readonly SourcedObject[];
}

/** The name of the cluster to which a directory `clusters/NAME` belongs. */
export function clusterOf(directory: string): string | undefined {
  return /(?:^|\/)clusters\/([^/]+)/.exec(directory)?.[1];
}

/**
 * Puts roots together by cluster. Directories `clusters/*` are clusters of their own. Other roots belong to different
 * clusters where they are in different directories and apply different Flux Kustomizations of the same name, since a
 * cluster holds one of a name. A root that may belong to several of them is left out.
 *
 * @param reach the Flux Kustomizations that a root leads to
 */
export function clustersOf(
  units: readonly RootUnit[],
  reach: (unit: RootUnit) => readonly SourcedObject[],
): readonly ClusterUnits[] {
  const groups: Group[] = [];
  for (const unit of units) {
    const cluster = clusterOf(unit.directory);
    const names = new Map(firstOf(unit, reach).map((each) => [nameOf(each), placeOf(each)]));
    const alike = groups.filter((group) => group.cluster === cluster);
    const beside = alike.find((group) => cluster !== undefined || isBeside(group, unit));
    const group = beside ?? alike.find((each) => !differ(each.names, names));
    if (group === undefined) groups.push({ names, cluster, units: [unit] });
    else {
      group.units.push(unit);
      for (const [name, place] of names) group.names.set(name, place);
    }
  }
  const nameless = groups.filter(({ cluster }) => cluster === undefined);
  return groups.map((group) => {
    const [first] = group.units;
    const isClear = group.cluster !== undefined || nameless.length < 2 || first === undefined;
    const members = isClear ? group.units : group.units.filter((unit) => isWithin(unit, first));
    return {
      name: group.cluster ?? first?.directory ?? '',
      entries: [...new Set(members.flatMap(({ entries }) => entries))],
      tops: [...new Set(members.flatMap(({ tops }) => tops))],
    };
  });
}

interface Group {
  names: Map<string, string>;
  cluster: string | undefined;
  units: RootUnit[];
}

function isBeside({ units }: Group, unit: RootUnit): boolean {
  return units.some((each) => isWithin(each, unit));
}

/** Whether one directory is the other, or in it. */
function isWithin(one: RootUnit, other: RootUnit): boolean {
  const [inner, outer] = [`${one.directory}/`, `${other.directory}/`];
  return inner.startsWith(outer) || outer.startsWith(inner);
}

/** What is applied first: a root itself, or what an entry holds. */
function firstOf(
  unit: RootUnit,
  reach: (unit: RootUnit) => readonly SourcedObject[],
): readonly SourcedObject[] {
  return unit.tops.length > 0 ? unit.tops : reach(unit);
}

function differ(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return [...other].some(([name, place]) => one.has(name) && one.get(name) !== place);
}
