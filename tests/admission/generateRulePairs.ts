import { writeFileSync } from 'node:fs';
import { checkRules } from '../../src/kubernetes/cel/checkRules.ts';
import { createRuleCompiler } from '../../src/kubernetes/cel/expressions.ts';
import type { KindEntry, Schema } from '../../src/kubernetes/schema.ts';
import { createValidator, readSchemasFrom } from '../../src/kubernetes/validate.ts';
import { packageDirectory } from '../../src/system/packageDirectory.ts';
import { randomValue, seeded } from './randomObjects.ts';

/**
 * Searches an object that holds to each rule of our definitions, and one that breaks that rule alone, and writes them to
 * `rulePairs.json`:
 *
 *     npx tsx tests/admission/generateRulePairs.ts
 */
const schemas = `${packageDirectory()}/schemas`;
const read = readSchemasFrom(schemas);
const index: Record<string, KindEntry> = JSON.parse(read('index.json'));
const { checkStructure } = createValidator(read, createRuleCompiler());
const compile = createRuleCompiler();
const tries = Number(process.argv[2] ?? 1500);

interface Place {
  path: readonly string[];
  rule: string;
}

function placesOf(schema: Schema, path: readonly string[] = []): readonly Place[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(({ rule }) => ({ path, rule }));
  return [
    ...own,
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => placesOf(inner, [...path, name])),
    ...(schema.items === undefined ? [] : placesOf(schema.items, [...path, '*'])),
    ...(schema.additionalProperties === undefined
      ? []
      : placesOf(schema.additionalProperties, [...path, '*'])),
  ];
}

/** What the rules say of an object: those that hold, and those that do not. */
function answers(
  schema: Schema,
  object: unknown,
): { held: Set<string>; broken: Set<string>; findings: number } {
  const held = new Set<string>();
  const broken = new Set<string>();
  const findings = checkRules(schema, object, {
    definition: () => undefined,
    compile: (rule) => (self) => {
      const result = compile(rule)(self);
      (result === true ? held : broken).add(rule.rule);
      return result;
    },
  });
  return { held, broken, findings: findings.length };
}

const pairs: { kind: string; rule: string; valid: unknown; invalid: unknown }[] = [];
const missing: string[] = [];
const done = new Set<string>();
for (const [key, entry] of Object.entries(index)) {
  // Other versions of a kind have the same rules.
  if (entry.schema.includes('#') || entry.apiVersion.endsWith('/v1beta1')) continue;
  const schema: Schema = JSON.parse(read(entry.schema));
  const wantedRules = placesOf(schema).filter(({ path }) => path[0] !== 'status');
  const found = new Map<string, { valid?: unknown; invalid?: unknown }>();
  for (const { path, rule } of wantedRules) {
    if (done.has(rule)) continue;
    const own = found.get(rule) ?? {};
    found.set(rule, own);
    const random = seeded(7);
    for (let count = 0; count < tries && (own.valid === undefined || own.invalid === undefined); count++) {
      const density = [0, 0.05, 0.15, 0.3][count % 4] ?? 0;
      const inner = [0.1, 0.3, 0.5][count % 3] ?? 0;
      const metadata = entry.scope === 'Cluster' ? { name: 'a' } : { name: 'a', namespace: 'default' };
      const object = {
        ...Object(randomValue(schema, { random, density, inner, path })),
        apiVersion: entry.apiVersion,
        kind: entry.kind,
        metadata,
      };
      if (checkStructure(object).length > 0) continue;
      const { held, broken, findings } = answers(schema, object);
      if (findings === 0 && held.has(rule) && own.valid === undefined) own.valid = object;
      if (findings > 0 && broken.size === 1 && broken.has(rule)) own.invalid ??= object;
    }
  }
  for (const [rule, { valid, invalid }] of found) {
    if (valid === undefined || invalid === undefined)
      missing.push(
        `${key}: ${rule}${valid === undefined ? ' (no valid)' : ''}${invalid === undefined ? ' (no invalid)' : ''}`,
      );
    else {
      done.add(rule);
      pairs.push({ kind: key, rule, valid, invalid });
    }
  }
}
const without = [...new Set(missing.filter((line) => ![...done].some((rule) => line.includes(rule))))];
const lines = pairs.map((pair) => JSON.stringify(pair));
writeFileSync(
  `${packageDirectory()}/tests/admission/rulePairs.json`,
  `{"pairs":[\n${lines.join(',\n')}\n],\n"without":${JSON.stringify(without, null, 1)}}\n`,
);
process.stdout.write(`${pairs.length} pairs, ${without.length} rules without one\n`);
