import { join } from 'node:path';
import { isFields } from '../kubernetes/fields.ts';
import { written } from '../kubernetes/path.ts';
import { createValidator, readSchemasFrom } from '../kubernetes/validate.ts';
import type { BuiltTree } from '../manifests/repository.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import type { Problem } from '../problems/problem.ts';
import type { ValidatedObject } from '../reachability/invariants/structure.ts';
import { packageDirectory } from '../system/packageDirectory.ts';
import { isFluxOfOperator, isOfAddedKind } from './fluxOperatorKinds.ts';

/**
 * Validates objects by the schemas that Gatehouse brings along. What SOPS adds to an object is left out. What the Flux
 * Operator adds to the definitions of Flux is accepted where it installs Flux.
 */
export function validateObjects(objects: readonly SourcedObject[]): readonly ValidatedObject[] {
  const validator = createValidator(readSchemasFrom(join(packageDirectory(), 'schemas')));
  const isOfOperator = isFluxOfOperator(objects);
  return objects.map((source) => {
    const { object } = source;
    const { sops, ...plain } = object;
    const kind = validator.kind(object.apiVersion, object.kind);
    const findings = validator.validate(isFields(sops) ? plain : object);
    return {
      source,
      kind,
      findings: isOfOperator ? findings.filter((finding) => !isOfAddedKind(object, finding)) : findings,
    };
  });
}

/** Validates everything of a repository that goes to the API server: its objects, and what is applied by hand. */
export function validateRepository({
  objects,
  outside,
}: Pick<BuiltTree, 'objects' | 'outside'>): readonly ValidatedObject[] {
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
