import { createHmac } from 'node:crypto';
import { clusterSchema } from '../components/catalogue.ts';
import { readDocument } from '../config/document.ts';
import { fieldsOf } from '../config/fields.ts';
import { leaves } from '../config/load.ts';
import { variableName } from '../config/seal.ts';
import { decodeText, type SourceFile } from '../config/text.ts';
import type { NamedValue } from '../privacy/search.ts';
import type { Problem } from '../problems/problem.ts';

/** What a scan searches for, and the key of its hashes if the private values file has one. */
export interface SearchedValues {
  values: NamedValue[];
  key?: Uint8Array;
  problems: Problem[];
}

/**
 * Every text of a private values file, by its name in manifests. Invalid fields count too: a value in a field that does
 * not exist is as private as the others.
 */
export function searchedValuesOf(source: SourceFile): SearchedValues {
  const decoded = decodeText(source);
  if ('problem' in decoded) return { values: [], problems: [decoded.problem] };
  const { document, problems } = readDocument(source.file, decoded.text);
  if (document === undefined) return { values: [], problems };
  const fields = fieldsOf(clusterSchema);
  const values = [...leaves(document.value)].flatMap(({ path, value }) =>
    typeof value === 'string' && value !== '' ? [{ name: variableName(path, fields), value }] : [],
  );
  const secret = values.find(({ name }) => name === 'SECRETS_HASH_KEY')?.value;
  return secret === undefined ? { values, problems } : { values, problems, key: scanKey(secret) };
}

/** A separate key for the scan, so that its hashes reveal nothing about those in manifests. */
function scanKey(secret: string): Uint8Array {
  return createHmac('sha256', secret).update('gatehouse scan').digest();
}
