import { join } from 'node:path';
import { isFields } from '../kubernetes/fields.ts';
import { written } from '../kubernetes/path.ts';
import { createValidator, readSchemasFrom } from '../kubernetes/validate.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import type { Problem } from '../problems/problem.ts';
import type { ValidatedObject } from '../reachability/invariants/structure.ts';
import { packageDirectory } from '../system/packageDirectory.ts';

/** Validates objects by the schemas that Gatehouse brings along. What SOPS adds to an object is left out. */
export function validateObjects(objects: readonly SourcedObject[]): readonly ValidatedObject[] {
  const validator = createValidator(readSchemasFrom(join(packageDirectory(), 'schemas')));
  return objects.map((source) => {
    const { object } = source;
    const { sops, ...plain } = object;
    const kind = validator.kind(object.apiVersion, object.kind);
    return { source, kind, findings: validator.validate(isFields(sops) ? plain : object) };
  });
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
