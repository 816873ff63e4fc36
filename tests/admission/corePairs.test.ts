// Crosses validation and the schemas.
import { describe, expect, it } from 'vitest';
import { createRuleCompiler } from '../../src/kubernetes/cel/expressions.ts';
import { createValidator, readSchemasFrom } from '../../src/kubernetes/validate.ts';
import { packageDirectory } from '../../src/system/packageDirectory.ts';
import { corePairs } from './corePairs.ts';

const { validate } = createValidator(readSchemasFrom(`${packageDirectory()}/schemas`), createRuleCompiler());

// The real suite asks kube-apiserver the same.
describe('the rules of kube-apiserver', () => {
  it.each(corePairs.map((pair) => [pair.rule, pair] as const))('%s', (_, { valid, invalid }) => {
    expect(validate(valid)).toEqual([]);
    expect(validate(invalid)).not.toEqual([]);
  });
});
