import { type FoundPart, type MissingPart, realPart } from '../../../tools/real-parts/lookup.ts';
import type { PartName } from '../../../tools/real-parts/table.ts';
import { nodeImages } from './images.ts';

/** The programs of the node, and its root. */
const nodeParts = [
  'node-root',
  'etcd',
  'kube-apiserver',
  'kubernetes-node',
  'policy-controller',
  'kubectl',
] as const satisfies readonly PartName[];

/** The parts that the node runs directly. */
export const programsOfNode = nodeParts.filter((name) => name !== 'node-root');

/** Finds a part that was asked for before. */
export type Parts = (name: PartName) => FoundPart;

/** Every part that a cluster needs: the node's, and those that are in its images. */
export const partsOfCluster: readonly PartName[] = [
  ...new Set([
    ...nodeParts,
    ...nodeImages('').flatMap(({ root, programs = {} }) => [
      ...(root === undefined ? [] : [root]),
      ...Object.values(programs),
    ]),
  ]),
];

/** Finds the parts of a cluster, or says what is missing. */
export function clusterParts(): Parts | readonly string[] {
  const found = new Map<PartName, FoundPart>();
  const missing: MissingPart[] = [];
  for (const name of partsOfCluster) {
    const part = realPart(name);
    if (part.found) found.set(name, part);
    else missing.push(part);
  }
  if (missing.length > 0) return sentencesOn(missing);
  return (name) => {
    const part = found.get(name);
    if (part === undefined) throw new Error(`${name} is no part of a cluster`);
    return part;
  };
}

/** One sentence for each reason: on a new machine every part is missing, for the same one. */
export function sentencesOn(missing: readonly MissingPart[]): string[] {
  return [...new Set(missing.map(({ message }) => message))].map((message) => {
    const same = missing.filter((part) => part.message === message);
    const names = same.map(({ name, version }) => `${name} ${version}`).join(', ');
    const remedy = same[0]?.remedy ?? '';
    if (same.length === 1) return `the program ${names}: ${message}; ${remedy}`;
    return `the programs ${names}: of each, ${message}; ${remedy.replace(/ -- \S+`/, '`')}`;
  });
}
