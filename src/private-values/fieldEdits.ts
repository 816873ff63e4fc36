import { closest } from 'fastest-levenshtein';
import { isCollection, isScalar, parseDocument, type Document as YamlDocument } from 'yaml';
import { clusterSchema } from '../components/catalogue.ts';
import { readDocument } from '../config/document.ts';
import { type Field, fieldsAt, fieldsOf, visibilityAt } from '../config/fields.ts';
import { leaves } from '../config/load.ts';
import { variableName } from '../config/seal.ts';
import { type Path, written } from '../kubernetes/path.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Environment } from '../system/environment.ts';
import {
  type EditSession,
  newProblems,
  openEditSession,
  problemsWith,
  type Saved,
  savePrivateValues,
} from './editSession.ts';
import { encryptedPrivateFile, privateFileMissing } from './privateValuesFile.ts';

/** A field of the private values file. Show its value only when the user asked for it. */
export interface FieldValue {
  field: string;
  /** Its name in manifests and reports. */
  name: string;
  visibility: 'private' | 'secret' | 'unknown';
  value: string;
}

/**
 * Stores one value, or the items of a list, one per line. Refuses a value that adds a problem to the configuration. That
 * other values are missing is none: they are set one after another.
 */
export async function setField(
  directory: string,
  environment: Environment,
  field: string,
  value: string,
): Promise<Outcome<Saved>> {
  const target = targetOf(field);
  if (!target.ok) return target;
  const opened = await openEditSession(directory, environment);
  if (!opened.ok) return opened;
  const text = withValue(opened.value, target.value, value);
  if (!text.ok) return text;
  const worse = newProblems(opened.value, text.value).filter(({ code }) => code !== 'missing-field');
  return worse.length > 0 ? err(...worse) : savePrivateValues(opened.value, text.value, environment.now());
}

/** One value, or the items of a list. */
export async function getField(
  directory: string,
  environment: Environment,
  field: string,
): Promise<Outcome<string[]>> {
  const target = targetOf(field);
  if (!target.ok) return target;
  const all = await fieldValues(directory, environment);
  if (!all.ok) return all;
  const wanted = written(target.value.path);
  const found = all.value.values.filter(
    (one) => one.field === wanted || (target.value.isList && one.field.startsWith(`${wanted}[`)),
  );
  return found.length > 0 ? ok(found.map(({ value }) => value)) : err(notSet(wanted));
}

/** The private values file, as it is shown. */
export interface ShownValues {
  values: FieldValue[];
  text: string;
  /** What is missing in the configuration, as far as it can be told beside other problems. */
  missing: Problem[];
}

/** Every value of the private values file, and the text of the file. */
export async function fieldValues(
  directory: string,
  environment: Environment,
): Promise<Outcome<ShownValues>> {
  const opened = await openEditSession(directory, environment);
  if (!opened.ok) return opened;
  const { text, privateFile } = opened.value;
  if (privateFile.source === undefined) return err(privateFileMissing);
  const missing = problemsWith(opened.value, text).filter(({ code }) => code === 'missing-field');
  if (text.trim() === '') return ok({ values: [], text, missing });
  const { document, problems } = readDocument(encryptedPrivateFile, text);
  if (document === undefined) return err(...problems);
  const fields = fieldsOf(clusterSchema);
  const values = [...leaves(document.value)].flatMap(({ path, value }): FieldValue[] => {
    if (value === null || typeof value === 'object') return [];
    const visibility = visibilityAt(fields, path);
    const known = visibility === 'private' || visibility === 'secret' ? visibility : 'unknown';
    return [
      { field: written(path), name: variableName(path, fields), visibility: known, value: String(value) },
    ];
  });
  return ok({ values, text, missing });
}

interface Target {
  path: Path;
  isList: boolean;
}

/** The field that the user named, if the private values file can hold it. */
function targetOf(name: string): Outcome<Target> {
  const path: Path = [...name.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([step, index]) =>
    index === undefined ? step : Number(index),
  );
  const fields = fieldsOf(clusterSchema);
  const visibility = visibilityAt(fields, path);
  const types = new Set(fieldsAt(fields, path).map(({ type }) => type));
  if (types.size === 0) return err(unknownField(written(path), fields));
  if (visibility === 'public') return err(publicField(written(path)));
  if (!types.has('string') && !types.has('array')) return err(unknownField(written(path), fields));
  return ok({ path, isList: types.has('array') });
}

/** The private values file with one value set. Everything else stays, comments too. */
export function withValue(
  { text }: Pick<EditSession, 'text'>,
  { path, isList }: Target,
  value: string,
): Outcome<string> {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  if (document.errors.length > 0) return err(...readDocument(encryptedPrivateFile, text).problems);
  clearEmptyParents(document, path);
  const items = value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  document.setIn(path, isList ? document.createNode(items) : value);
  return ok(document.toString({ lineWidth: 0 }));
}

/** Removes keys without a value, as templates have them: no field can be set below one. */
function clearEmptyParents(document: YamlDocument, path: Path): void {
  for (let length = 1; length < path.length; length++) {
    const above = path.slice(0, length);
    const node = document.getIn(above, true);
    if (isScalar(node) && !isCollection(node)) document.deleteIn(above);
  }
}

function unknownField(field: string, fields: Field): Problem {
  const near = closest(field, settable(fields));
  return {
    code: 'unknown-key',
    message: `${field} is not a field that holds a private value or a secret`,
    expected: `a field of the private values file, such as ${near}`,
    remedy: '"gatehouse secrets view" lists those that are set',
  };
}

function publicField(field: string): Problem {
  return {
    code: 'public-in-overlay',
    message: `${field} is public`,
    expected: 'a private or secret field',
    remedy: 'write it into cluster.yaml',
  };
}

function notSet(field: string): Problem {
  return {
    code: 'missing-field',
    file: encryptedPrivateFile,
    message: `${field} is not set`,
    expected: 'a value',
    remedy: `set it: gatehouse secrets set ${field}`,
  };
}

/** The paths of all fields that the private values file can hold, without indexes. */
function settable(field: Field, path: readonly string[] = []): string[] {
  const options = field.anyOf ?? field.oneOf;
  if (options) return [...new Set(options.flatMap((option) => settable(option, path)))];
  if (field.properties)
    return Object.entries(field.properties).flatMap(([name, child]) => settable(child, [...path, name]));
  return field.visibility === 'private' || field.visibility === 'secret' ? [path.join('.')] : [];
}
