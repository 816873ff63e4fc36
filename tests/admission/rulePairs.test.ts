// Crosses validation, the rules of definitions and the schemas.
import { describe, expect, it } from 'vitest';
import { createRuleCompiler } from '../../src/kubernetes/cel/expressions.ts';
import { createValidator, readSchemasFrom } from '../../src/kubernetes/validate.ts';
import { packageDirectory } from '../../src/system/packageDirectory.ts';
import { allRules, rulePairs, rulesWithoutPair } from './rulePairs.ts';
import { answersOf, schemaOf } from './rulesOfDefinitions.ts';

const schemas = `${packageDirectory()}/schemas`;
const { validate, checkStructure } = createValidator(readSchemasFrom(schemas), createRuleCompiler());

// The real suite asks kube-apiserver the same.
describe('the rules of our definitions', () => {
  it('hold and are broken as the pairs say', () => {
    for (const { kind, rule, valid, invalid } of rulePairs) {
      expect(validate(valid), rule).toEqual([]);
      expect(answersOf(schemaOf(kind), valid).held, rule).toContain(rule);
      const found = validate(invalid);
      expect(found.map(({ code }) => code)).not.toContain('not-evaluated');
      expect(found.length, rule).toBeGreaterThan(0);
      expect(answersOf(schemaOf(kind), invalid).broken, rule).toContain(rule);
    }
  });

  it('have a pair each, or a reason why there is none', () => {
    const known = new Set([...rulePairs, ...rulesWithoutPair].map(({ rule }) => rule));
    expect([...allRules].filter((rule) => !known.has(rule))).toEqual([]);
    expect(allRules.size).toBeGreaterThan(300);
  });

  it('have no pair where the schema refuses the object first', () => {
    for (const { kind, rule, reason, refused } of rulesWithoutPair) {
      expect(reason).not.toBe('');
      expect(answersOf(schemaOf(kind), refused).broken, rule).toContain(rule);
      expect(checkStructure(refused).map(({ code }) => code)).toEqual(['not-a-choice']);
    }
  });

  it('can all be compiled', () => {
    const compile = createRuleCompiler();
    const notCompiled = compile({ rule: 'self ==' });
    expect([...allRules].filter((rule) => compile({ rule }) === notCompiled)).toEqual([]);
  });
});
