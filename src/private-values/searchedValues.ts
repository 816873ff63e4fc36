import { createHmac } from 'node:crypto';
import { clusterSchema } from '../components/catalogue.ts';
import { readDocument } from '../config/document.ts';
import { fieldsOf } from '../config/fields.ts';
import { leaves } from '../config/load.ts';
import { variableName } from '../config/seal.ts';
import { decodeText, type SourceFile } from '../config/text.ts';
import type { NamedValue } from '../privacy/search.ts';
import type { Problem } from '../problems/problem.ts';
import { namedValues } from './namedValues.ts';

/** What a scan searches for, and the key of its hashes if the private values file has one. */
export interface SearchedValues {
  values: NamedValue[];
  key?: Uint8Array;
  problems: Problem[];
}

/**
 * Every text of a private values file, by its name in manifests. Invalid fields count too: a value in a field that does
 * not exist is as private as the others.
 *
 * @param published - the public texts of `cluster.yaml`
 */
export function searchedValuesOf(source: SourceFile, published: readonly string[] = []): SearchedValues {
  const decoded = decodeText(source);
  if ('problem' in decoded) return { values: [], problems: [decoded.problem] };
  const { document, problems } = readDocument(source.file, decoded.text);
  if (document === undefined) return { values: [], problems };
  const fields = fieldsOf(clusterSchema);
  const texts = [...leaves(document.value)].flatMap(({ path, value }): [string, string][] =>
    typeof value === 'string' && value !== '' ? [[variableName(path, fields), value]] : [],
  );
  const values = namedValues(texts, published);
  const secret = values.find(({ name }) => name === 'SECRETS_HASH_KEY')?.value;
  return secret === undefined ? { values, problems } : { values, problems, key: scanKey(secret) };
}

/** A separate key for the scan, so that its hashes reveal nothing about those in manifests. */
export function scanKey(secret: string): Uint8Array {
  return createHmac('sha256', secret).update('gatehouse scan').digest();
}

/** The texts of a `cluster.yaml`, keys included: all of them are public. */
export function publishedTexts(source: SourceFile): string[] {
  const decoded = decodeText(source);
  if ('problem' in decoded) return [];
  const { document } = readDocument(source.file, decoded.text);
  return document === undefined ? [] : textsOf(document.value);
}

/** The texts of a value, keys included. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)]);
}
