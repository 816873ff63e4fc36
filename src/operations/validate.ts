import { join } from 'node:path';
import { written } from '../config/path.ts';
import { createValidator, schemaFolder, type Validator } from '../kubernetes/validate.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import type { Problem } from '../problems/problem.ts';
import { packageDirectory } from '../system/packageDirectory.ts';

/** Judges by the schemas that Gatehouse brings along. */
export function ownValidator(): Validator {
  return createValidator(schemaFolder(join(packageDirectory(), 'schemas')));
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
