import { join } from 'node:path';
import { written } from '../config/path.ts';
import { isFields } from '../kubernetes/fields.ts';
import { createValidator, schemaFolder, type Validator } from '../kubernetes/validate.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import type { Problem } from '../problems/problem.ts';
import type { ValidatedObject } from '../reachability/invariants/structure.ts';
import { packageDirectory } from '../system/packageDirectory.ts';

/** Judges by the schemas that Gatehouse brings along. */
function ownValidator(): Validator {
  return createValidator(schemaFolder(join(packageDirectory(), 'schemas')));
}

/** Validates objects by the schemas that Gatehouse brings along. What SOPS adds to an object is left out. */
export function validateObjects(objects: readonly SourcedObject[]): readonly ValidatedObject[] {
  const validator = ownValidator();
  return objects.map((source) => {
    const { object } = source;
    const { sops, ...plain } = object;
    const kind = validator.kind(object.apiVersion, object.kind);
    const findings = kind === undefined ? [] : validator.validate(isFields(sops) ? plain : object);
    return { source, kind, findings };
  });
}

/** What the API server would refuse of the finished objects. */
export function invalidObjects(objects: readonly SourcedObject[]): Problem[] {
  const { validate } = ownValidator();
  return objects.flatMap(({ object, file, line }) =>
    validate(object).map(({ path, message, expected }) => ({
      code: 'object-invalid' as const,
      file,
      ...(line === undefined ? {} : { at: { line, column: 1 } }),
      message: `${object.kind} ${object.metadata.name}, ${written(path)}: ${message}`,
      expected,
      remedy: 'this is a mistake of Gatehouse: please report it, without private values',
    })),
  );
}
