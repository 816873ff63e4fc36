import { checkRules } from '../../src/kubernetes/cel/checkRules.ts';
import { createRuleCompiler } from '../../src/kubernetes/cel/expressions.ts';
import type { KindEntry, Schema, ValidationRule } from '../../src/kubernetes/schema.ts';
import { readSchemasFrom } from '../../src/kubernetes/validate.ts';
import { packageDirectory } from '../../src/system/packageDirectory.ts';

const read = readSchemasFrom(`${packageDirectory()}/schemas`);
const index: Record<string, KindEntry> = JSON.parse(read('index.json'));
const compile = createRuleCompiler();

/** A rule and where in its definition it is. `*` is an entry of a list or a map. */
export interface PlacedRule extends ValidationRule {
  path: readonly string[];
}

/** The kinds that have a definition of their own, each as `group/version/Kind`. */
export const definedKinds: ReadonlyMap<string, KindEntry> = new Map(
  Object.entries(index).filter(([, { schema }]) => !schema.includes('#')),
);

export function schemaOf(kind: string): Schema {
  const entry = definedKinds.get(kind);
  if (entry === undefined) throw new Error(`no definition of ${kind}`);
  return JSON.parse(read(entry.schema));
}

/** The rules of a schema, except those of the status. */
export function rulesIn(schema: Schema, path: readonly string[] = []): readonly PlacedRule[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map((rule) => ({ ...rule, path }));
  const fields = Object.entries(schema.properties ?? {}).filter(
    ([name]) => path.length > 0 || name !== 'status',
  );
  return [
    ...own,
    ...fields.flatMap(([name, inner]) => rulesIn(inner, [...path, name])),
    ...(schema.items === undefined ? [] : rulesIn(schema.items, [...path, '*'])),
    ...(schema.additionalProperties === undefined
      ? []
      : rulesIn(schema.additionalProperties, [...path, '*'])),
  ];
}

/** What the rules say of an object: those that hold somewhere in it, and those that do not. */
export function answersOf(
  schema: Schema,
  object: unknown,
): { held: ReadonlySet<string>; broken: ReadonlySet<string> } {
  const held = new Set<string>();
  const broken = new Set<string>();
  checkRules(schema, object, {
    definition: () => undefined,
    compile: (rule) => (self) => {
      const result = compile(rule)(self);
      if (result !== undefined) (result ? held : broken).add(rule.rule);
      return result;
    },
  });
  return { held, broken };
}
