import { readFileSync } from 'node:fs';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { AdmissionPair } from './corePairs.ts';
import { definedKinds, rulesIn, schemaOf } from './rulesOfDefinitions.ts';
import { writtenPairs } from './writtenPairs/writtenPairs.ts';

/** A pair for a rule of a definition. */
export interface RulePair extends AdmissionPair {
  kind: string;
  /** The messages that the rule has in the definition: it may be in several places. */
  messages: readonly string[];
}

type Objects = Pick<AdmissionPair, 'valid' | 'invalid'>;

/** A rule that no object can break while the API server asks it. */
export interface RuleWithoutPair {
  kind: string;
  rule: string;
  reason: string;
  /** An object that the rule is about. The schema refuses it before any rule is asked. */
  refused: KubernetesObject;
}

const generated: { pairs: readonly (AdmissionPair & { kind: string })[] } = JSON.parse(
  readFileSync(new URL('rulePairs.json', import.meta.url), 'utf8'),
);

const rulesByKind = new Map([...definedKinds.keys()].map((kind) => [kind, rulesIn(schemaOf(kind))]));

function pairOf(kind: string, rule: string, { valid, invalid }: Objects): RulePair {
  const same = rulesByKind.get(kind)?.filter((each) => each.rule === rule || each.message === rule) ?? [];
  const [first] = same;
  if (first === undefined) throw new Error(`${kind} has no such rule any more: ${rule}`);
  return {
    kind,
    rule: first.rule,
    messages: same.map(({ message = first.rule }) => message),
    valid,
    invalid,
  };
}

/** A pair for each rule of our definitions: found by `generateRulePairs.ts`, or written by hand. */
export const rulePairs: readonly RulePair[] = [
  ...generated.pairs.map((pair) => pairOf(pair.kind, pair.rule, pair)),
  ...writtenPairs.map((pair) => pairOf(pair.kind, pair.says, pair)),
];

export const rulesWithoutPair: readonly RuleWithoutPair[] = [
  {
    kind: 'gateway.networking.k8s.io/v1/HTTPRoute',
    rule: "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'",
    reason: 'the schema allows these three words only, and a word that it does not allow stops the rules',
    refused: {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'a', namespace: 'default' },
      spec: { rules: [{ matches: [{ path: { type: 'Suffix', value: '/a' } }] }] },
    },
  },
];

/** The rules of all definitions, each once. */
export const allRules: ReadonlySet<string> = new Set(
  [...rulesByKind.values()].flatMap((rules) => rules.map(({ rule }) => rule)),
);
