import { isIP } from 'node:net';
import { Environment, EvaluationError, Optional } from '@marcbachmann/cel-js';
import { compileGoPattern } from '../goPattern.ts';
import type { ValidationRule } from '../schema.ts';

/** Whether a rule holds for a value; undefined if that cannot be said. */
export type CompiledRule = (self: unknown) => boolean | undefined;

export type RuleCompiler = (rule: ValidationRule) => CompiledRule;

/**
 * Errors for which the API server refuses the object: `validateExpressions` of k8s.io/apiextensions-apiserver 1.36,
 * `pkg/apiserver/schema/cel/validation.go`. Others may be limits of the library.
 */
const refusing = new Set(['no_such_key', 'invalid_duration', 'index_out_of_range', 'division_by_zero']);

/**
 * Compiles rules of custom resource definitions, each expression once.
 *
 * Of the functions that Kubernetes adds to CEL there are `isIP` and regular expressions as Go reads them. A rule that
 * asks for another one cannot be evaluated.
 */
export function createRuleCompiler(): RuleCompiler {
  const environment = createEnvironment();
  const compiled = new Map<string, CompiledRule>();
  return ({ rule, optionalOldSelf }) => {
    const known = compiled.get(rule);
    if (known !== undefined) return known;
    const made = compile(environment, rule, optionalOldSelf === true);
    compiled.set(rule, made);
    return made;
  };
}

function createEnvironment(): Environment {
  return new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 100_000, maxDepth: 250, maxListElements: 1000, maxMapEntries: 1000 },
  })
    .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0 && !text.includes('%'))
    .registerFunction('string.matchesGo(string): bool', (text: string, pattern: string) => {
      const matches = compileGoPattern(pattern);
      if (matches === undefined) throw new Error('the pattern cannot be compiled');
      return matches(text);
    })
    .registerFunction(
      'hasField(dyn, string): bool',
      (value: unknown, field: string) => value instanceof Map && value.has(field),
    );
}

/** The library has its own regular expressions, and `has` only for paths without an index. */
function adapted(expression: string): string {
  return expression
    .replaceAll('.matches(', '.matchesGo(')
    .replaceAll(/\bhas\(([^()]*\[[^()]*)\.(\w+)\)/g, 'hasField($1, "$2")');
}

/** The same for every rule that the library does not understand. */
const notCompiled: CompiledRule = () => undefined;

function compile(environment: Environment, rule: string, isOptional: boolean): CompiledRule {
  let evaluate: ReturnType<Environment['parse']>;
  try {
    evaluate = environment.parse(adapted(rule));
    if (!evaluate.check().valid) return notCompiled;
  } catch {
    return notCompiled;
  }
  return (self) => {
    try {
      const result: unknown = evaluate(isOptional ? { self, oldSelf: Optional.none() } : { self });
      return typeof result === 'boolean' ? result : undefined;
    } catch (error) {
      return error instanceof EvaluationError && refusing.has(error.code) ? false : undefined;
    }
  };
}
