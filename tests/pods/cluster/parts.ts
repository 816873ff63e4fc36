import { type FoundPart, realPart } from '../../../tools/real-parts/lookup.ts';
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

/** Every part that a cluster needs, or one sentence for each that is missing. */
export function clusterParts(): Parts | readonly string[] {
  const inImages = nodeImages('').flatMap(({ root, programs = {} }) => [
    ...(root === undefined ? [] : [root]),
    ...Object.values(programs),
  ]);
  const found = new Map<PartName, FoundPart>();
  const missing: string[] = [];
  for (const name of new Set([...nodeParts, ...inImages])) {
    const part = realPart(name);
    if (part.found) found.set(name, part);
    else missing.push(`the program ${name} ${part.version}: ${part.message}; ${part.remedy}`);
  }
  if (missing.length > 0) return missing;
  return (name) => {
    const part = found.get(name);
    if (part === undefined) throw new Error(`${name} is no part of a cluster`);
    return part;
  };
}
