import { createHmac } from 'node:crypto';
import { clusterSchema } from '../components/catalogue.ts';
import { readDocument } from '../config/document.ts';
import { fieldsOf } from '../config/fields.ts';
import { leaves } from '../config/load.ts';
import { variableName } from '../config/seal.ts';
import { decodeText, type SourceFile } from '../config/text.ts';
import type { NamedValue } from '../privacy/search.ts';
import type { Problem } from '../problems/problem.ts';

/** What a scan searches for, and the key of its hashes where the overlay has one. */
export interface SearchedValues {
  values: NamedValue[];
  key?: Uint8Array;
  problems: Problem[];
}

/**
 * Every text of an overlay under the name that stands for it in manifests. A value counts whether or not the
 * configuration holds: one in a field that does not exist is as private as the others.
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
  return { values, problems, ...(secret === undefined ? {} : { key: scanKey(secret) }) };
}

/** A key of the scan's own, so that its hashes say nothing about those in manifests. */
function scanKey(secret: string): Uint8Array {
  return createHmac('sha256', secret).update('gatehouse scan').digest();
}
