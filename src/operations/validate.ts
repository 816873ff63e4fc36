import { join } from 'node:path';
import type { RuleCompiler } from '../kubernetes/cel/expressions.ts';
import { type Fields, isFields, textAt } from '../kubernetes/fields.ts';
import { written } from '../kubernetes/path.ts';
import { createValidator, type Finding, readSchemasFrom, type Validator } from '../kubernetes/validate.ts';
import type { BuiltTree } from '../manifests/repository.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import type { Problem } from '../problems/problem.ts';
import { laterVersionOf, type ValidatedObject } from '../reachability/invariants/structure.ts';
import { packageDirectory } from '../system/packageDirectory.ts';
import { isFluxOfOperator, isOfAddedKind } from './fluxOperatorKinds.ts';

/**
 * Validates objects by the schemas that Gatehouse brings along. What SOPS adds to an object is left out. What the Flux
 * Operator adds to the definitions of Flux is accepted where it installs Flux. CEL is loaded with the first object that
 * has what a rule is about: most repositories do without.
 */
export async function validateObjects(
  objects: readonly SourcedObject[],
): Promise<readonly ValidatedObject[]> {
  let compiler: RuleCompiler | undefined;
  let hasRule = false;
  const compile: RuleCompiler = (rule) => {
    hasRule = true;
    return compiler === undefined ? () => undefined : compiler(rule);
  };
  const validator = createValidator(readSchemasFrom(join(packageDirectory(), 'schemas')), compile);
  const isOfOperator = isFluxOfOperator(objects);
  const validated: ValidatedObject[] = [];
  for (const source of objects) {
    const { object } = source;
    const { sops, ...plain } = object;
    const kind = validator.kind(object.apiVersion, object.kind);
    const value = isFields(sops) ? plain : object;
    let findings = findingsOf(validator, value);
    if (hasRule && compiler === undefined) {
      const { createRuleCompiler } = await import('../kubernetes/cel/expressions.ts');
      compiler = createRuleCompiler();
      findings = findingsOf(validator, value);
    }
    if (isOfOperator) findings = findings.filter((finding) => !isOfAddedKind(object, finding));
    validated.push({ source, kind, findings });
  }
  return validated;
}

/** By the schema of its version, and by that of the later one if its own has none. */
function findingsOf({ validate, kind }: Validator, object: Fields): readonly Finding[] {
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  const later = laterVersionOf(apiVersion);
  const found = validate(object);
  return later === undefined || kind(apiVersion, textAt(object, 'kind') ?? '') !== undefined
    ? found
    : [...found, ...validate({ ...object, apiVersion: later })];
}

/** Validates everything of a repository that goes to the API server: its objects, and what is applied by hand. */
export function validateRepository({
  objects,
  outside,
}: Pick<BuiltTree, 'objects' | 'outside'>): Promise<readonly ValidatedObject[]> {
  return validateObjects(outside.length === 0 ? objects : [...objects, ...outside]);
}

/** What the API server would refuse of objects that Gatehouse made. */
export function invalidObjects(validated: readonly ValidatedObject[]): Problem[] {
  return validated.flatMap(({ source: { object, file, line }, findings }) =>
    findings.map(({ path, message, expected }) => ({
      code: 'object-invalid' as const,
      file,
      ...(line === undefined ? {} : { at: { line, column: 1 } }),
      message: `${object.kind} ${object.metadata.name}, ${written(path)}: ${message}`,
      expected,
      remedy: 'this is a mistake of Gatehouse: please report it, without private values',
    })),
  );
}
