import { readFileSync, writeFileSync } from 'node:fs';
import { createRuleCompiler } from '../../src/kubernetes/cel/expressions.ts';
import type { Schema } from '../../src/kubernetes/schema.ts';
import { createValidator, type Finding, readSchemasFrom } from '../../src/kubernetes/validate.ts';
import { packageDirectory } from '../../src/system/packageDirectory.ts';
import { randomValue, seeded } from './randomObjects.ts';
import { answersOf, definedKinds, type PlacedRule, rulesIn, schemaOf } from './rulesOfDefinitions.ts';
import { shrunk } from './shrink.ts';
import { writtenPairs } from './writtenPairs/writtenPairs.ts';

/**
 * Searches an object that holds to each rule of our definitions, and one that breaks that rule alone, makes both as small
 * as it can, and writes them to `rulePairs.json`. Pairs that are there already are kept as long as they are right.
 *
 *     npm run rule-pairs              tries 1500 objects for each rule
 *     npm run rule-pairs -- 10000
 */
const file = `${packageDirectory()}/tests/admission/rulePairs.json`;
const compile = createRuleCompiler();
const { checkStructure, validate } = createValidator(
  readSchemasFrom(`${packageDirectory()}/schemas`),
  compile,
);
const tries = Number(process.argv[2] ?? 1500);

interface Pair {
  kind: string;
  rule: string;
  valid: unknown;
  invalid: unknown;
}

const isHeld = (schema: Schema, rule: string) => (object: unknown) =>
  validate(object).length === 0 && answersOf(schema, object).held.has(rule);
const isBroken = (schema: Schema, rule: string) => (object: unknown) => {
  if (checkStructure(object).length > 0) return false;
  const { broken } = answersOf(schema, object);
  const isOfRule = ({ message }: Finding) => message === 'a rule of the definition does not hold';
  return broken.size === 1 && broken.has(rule) && validate(object).every(isOfRule);
};

function search(kind: string, schema: Schema, { rule, path }: PlacedRule): Pair | undefined {
  const entry = definedKinds.get(kind);
  const random = seeded(7);
  const holds = isHeld(schema, rule);
  const breaks = isBroken(schema, rule);
  let valid: unknown;
  let invalid: unknown;
  for (let count = 0; count < tries; count++) {
    const density = [0, 0.05, 0.15, 0.3][count % 4] ?? 0;
    const inner = [0.1, 0.3, 0.5][count % 3] ?? 0;
    const metadata = entry?.scope === 'Cluster' ? { name: 'a' } : { name: 'a', namespace: 'default' };
    const object: unknown = {
      ...Object(randomValue(schema, { random, density, inner, path })),
      apiVersion: entry?.apiVersion,
      kind: entry?.kind,
      metadata,
    };
    if (valid === undefined && holds(object)) valid = shrunk(object, holds);
    if (invalid === undefined && breaks(object)) invalid = shrunk(object, breaks);
    if (valid !== undefined && invalid !== undefined) return { kind, rule, valid, invalid };
  }
  return undefined;
}

const before: { pairs: Pair[] } = JSON.parse(readFileSync(file, 'utf8'));
const pairs: Pair[] = [];
const missing = new Map<string, string>();
const done = new Set<string>();
for (const kind of definedKinds.keys()) {
  const schema = schemaOf(kind);
  const written = new Set(writtenPairs.filter((pair) => pair.kind === kind).map(({ says }) => says));
  for (const place of rulesIn(schema)) {
    const { rule, message = rule } = place;
    if (written.has(message) || written.has(rule)) done.add(rule);
    if (done.has(rule)) continue;
    const known = before.pairs.find((pair) => pair.kind === kind && pair.rule === rule);
    const isRight =
      known !== undefined && isHeld(schema, rule)(known.valid) && isBroken(schema, rule)(known.invalid);
    const found = isRight ? known : search(kind, schema, place);
    if (found === undefined) {
      missing.set(rule, `${kind}: ${message}`);
      continue;
    }
    done.add(rule);
    pairs.push(found);
  }
}
for (const rule of done) missing.delete(rule);
const lines = pairs.map((pair) => JSON.stringify(pair));
writeFileSync(file, `{"pairs":[\n${lines.join(',\n')}\n]}\n`);
process.stdout.write(
  `${pairs.length} pairs; write these by hand, or say why there is none:\n${[...missing.values()].join('\n')}\n`,
);
