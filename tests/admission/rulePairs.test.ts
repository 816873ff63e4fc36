// Crosses validation, the rules of definitions and the schemas.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRuleCompiler } from '../../src/kubernetes/cel/expressions.ts';
import { createValidator, readSchemasFrom } from '../../src/kubernetes/validate.ts';
import { packageDirectory } from '../../src/system/packageDirectory.ts';
import { rulePairs, rulesWithoutPair } from './rulePairs.ts';

const schemas = `${packageDirectory()}/schemas`;
const { validate } = createValidator(readSchemasFrom(schemas), createRuleCompiler());

function rulesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(rulesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'x-kubernetes-validations' && Array.isArray(inner)
      ? inner.map(({ rule }: { rule: string }) => rule)
      : rulesIn(inner),
  );
}

const rules = new Set(
  readdirSync(schemas)
    .filter((file) => file.includes('_'))
    .flatMap((file) => rulesIn(JSON.parse(readFileSync(`${schemas}/${file}`, 'utf8')))),
);

// The real suite asks kube-apiserver the same.
describe('the rules of our definitions', () => {
  it('hold and are broken as the pairs say', () => {
    for (const { rule, valid, invalid } of rulePairs) {
      expect(validate(valid), rule).toEqual([]);
      const found = validate(invalid);
      expect(found.map(({ code }) => code)).not.toContain('not-evaluated');
      expect(found.length, rule).toBeGreaterThan(0);
    }
  });

  it('have a pair each, or are named', () => {
    const paired = new Set(rulePairs.map(({ rule }) => rule));
    const unnamed = [...rules].filter(
      (rule) => !paired.has(rule) && !rulesWithoutPair.some((line) => line.includes(rule)),
    );
    expect(unnamed).toEqual([]);
    expect(rulePairs.length).toBeGreaterThan(225);
  });

  it('can all be compiled', () => {
    const compile = createRuleCompiler();
    const notCompiled = compile({ rule: 'self ==' });
    expect([...rules].filter((rule) => compile({ rule }) === notCompiled)).toEqual([]);
  });
});
