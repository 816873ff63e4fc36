import { isFields, valueAt } from '../kubernetes/fields.ts';
import { describeObject, refOf, type SourcedObject } from './sourcedObject.ts';
import { isManifest, type Reader } from './tree.ts';

/**
 * The objects of a file that kubectl applies, with those that it refuses for their name: `y` and `on` are booleans in
 * YAML 1.1, and `0123` is a number. They are named as they are written.
 */
export function namedObjects(reader: Reader, path: string): readonly SourcedObject[] {
  const { objects, values } = reader.documents(path);
  return objects.flatMap((source, index) => {
    if (isManifest(source)) return [source];
    const raw = values.length === objects.length ? valueAt(values[index], 'metadata') : undefined;
    const spelled = reader.resources(path).objects[index]?.object.metadata.name ?? '';
    const name = spelled === '' ? written(valueAt(raw, 'name')) : spelled;
    const named = { ...source, object: { ...source.object, metadata: { ...source.object.metadata, name } } };
    if ((!isFields(raw) && spelled === '') || !isManifest(named)) return [];
    const refused = `kubectl refuses ${describeObject(refOf(named))}: its name is missing, or YAML reads it as a boolean or a number unless it is quoted`;
    return [{ ...named, refused }];
  });
}

function written(name: unknown): string {
  return typeof name === 'number' || typeof name === 'boolean' ? String(name) : '(no name)';
}
