import type { KubernetesObject } from '../../../src/kubernetes/object.ts';

/** A pair of objects for one rule of a definition, written by hand. */
export interface WrittenPair {
  kind: string;
  /** What the API server says if the rule does not hold; the rule itself where another one has the same message. */
  says: string;
  valid: KubernetesObject;
  invalid: KubernetesObject;
}

/** Two values of `spec`: the first holds to the rule, the second does not. */
export type Specs = readonly [valid: object, invalid: object];

/** The pairs of one kind, by what the API server says. */
export function pairsOf(
  apiVersion: string,
  kind: string,
  specs: Readonly<Record<string, Specs>>,
  metadata: object = { name: 'a', namespace: 'default' },
): readonly WrittenPair[] {
  const object = (spec: object): KubernetesObject => Object({ apiVersion, kind, metadata, spec });
  return Object.entries(specs).map(([says, [valid, invalid]]) => ({
    kind: `${apiVersion}/${kind}`,
    says,
    valid: object(valid),
    invalid: object(invalid),
  }));
}
