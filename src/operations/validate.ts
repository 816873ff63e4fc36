import { join } from 'node:path';
import type { RuleCompiler } from '../kubernetes/cel/expressions.ts';
import { defined } from '../kubernetes/defined.ts';
import { type OwnDefinition, ownDefinitionsAmong } from '../kubernetes/definitions/ownDefinitions.ts';
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
  const ownDefinitions = ownDefinitionsAmong(objects.map(({ object }) => object));
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
    const own = byOwnDefinitions(validator, value, ownDefinitions(object));
    validated.push({ source, kind, findings, ...defined({ own }) });
  }
  return validated;
}

/**
 * What the definition among the objects refuses; of several, the one that refuses least. It is not certain that the cluster
 * runs that one.
 */
function byOwnDefinitions(
  { checkBy }: Validator,
  object: Fields,
  definitions: readonly OwnDefinition[],
): ValidatedObject['own'] {
  const unless = 'the cluster runs another definition of the kind';
  const read = definitions.map(({ kind, schema }) => {
    const found = schema === undefined ? [notServed] : checkBy(schema, object);
    return { kind, findings: found.map((finding) => ({ ...finding, unless })) };
  });
  const [least] = read.toSorted((one, other) => one.findings.length - other.findings.length);
  return least;
}

const notServed: Finding = {
  code: 'not-a-choice',
  path: ['apiVersion'],
  message: 'the definition among the objects does not serve this version',
  expected: 'a version that the definition serves',
};

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
