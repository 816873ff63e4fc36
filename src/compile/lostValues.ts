import { type Loaded, leaves } from '../config/load.ts';
import { fillIn, nameOf, type Private, type PrivateValues } from '../config/private.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { type Path, written } from '../kubernetes/path.ts';
import { isExempt } from '../kubernetes/substitution.ts';
import type { Problem } from '../problems/problem.ts';
import { readerOf, type TextReader, yamlScalar } from './innerLanguages.ts';
import type { PlannedObject } from './plan.ts';
import { referencesIn } from './values.ts';

/**
 * Reports each private value that would not arrive unchanged in an object: Flux substitutes it in YAML text, and the
 * program that reads the field may read it in its own language after that. Each text that refers to a value is asked, so
 * that what one field cannot hold is no reason to refuse it in another.
 */
export function lostValues(objects: readonly PlannedObject[], loaded: Loaded<unknown>): Problem[] {
  const problems = new Map<string, Problem>();
  const asked = new Set<string>();
  let fields: ReadonlyMap<string, Path> | undefined;
  for (const planned of objects) {
    if (isExempt(planned.object)) continue;
    for (const { text, reader } of questions(planned.object)) {
      const question = `${reader.name}\0${text}`;
      if (asked.has(question)) continue;
      asked.add(question);
      for (const name of namesLostIn(text, reader, loaded.private)) {
        fields ??= fieldsOfHandles(loaded.cluster);
        const key = `${reader.name}\0${name}`;
        if (!problems.has(key)) problems.set(key, lost(fields.get(name) ?? [name], reader, planned, loaded));
      }
    }
  }
  return [...problems.values()];
}

/** The values that a reader would not get from a text. All are filled in at once, since a text mostly keeps them. */
function namesLostIn(text: string, reader: TextReader, privateValues: PrivateValues): readonly string[] {
  const names = [...new Set(referencesIn(text))].filter((name) => privateValues.has(name));
  const keeps = (some: readonly string[]): boolean => {
    const values = new Map(some.map((name) => [name, privateValues.get(name) ?? '']));
    return reader.keeps(text, (each) => fillIn(each, values), [...values.values()]);
  };
  if (names.length === 0 || keeps(names)) return [];
  const alone = names.filter((name) => !keeps([name]));
  return alone.length > 0 ? alone : names;
}

/** The texts of an object with references, and who reads each of them: Flux, and then whoever reads the field. */
function questions(object: KubernetesObject): { text: string; reader: TextReader }[] {
  return referringTexts(object, []).flatMap(({ path, text }) =>
    [yamlScalar, readerOf(object, path)].map((reader) => ({ text, reader })),
  );
}

function referringTexts(value: unknown, path: Path): { path: Path; text: string }[] {
  if (typeof value === 'string') return value.includes('${') ? [{ path, text: value }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => referringTexts(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => referringTexts(item, [...path, key]));
}

/** Where each private value is in the configuration. */
function fieldsOfHandles(cluster: unknown): Map<string, Path> {
  const fields = new Map<string, Path>();
  for (const { path, value } of leaves(cluster))
    if (typeof value === 'symbol') fields.set(nameOf(value as Private), path);
  return fields;
}

/** The message names the field and the object only: the value is private. */
function lost(
  field: Path,
  { reads, keepsOnly }: TextReader,
  { object, file }: PlannedObject,
  { places }: Loaded<unknown>,
): Problem {
  const document = places.privateFile ?? places.cluster;
  const at = document.locate(field);
  return {
    code: 'lost-in-substitution',
    file: document.file,
    ...(at ? { at } : {}),
    message: `${written(field)}: ${reads} would read another value than this one from ${file} (${object.kind} ${object.metadata.name})`,
    expected: keepsOnly,
    remedy: 'choose another value: for a mailbox an alias of it, for a directory or a server another name',
  };
}
