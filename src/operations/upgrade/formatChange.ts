import { isDeepStrictEqual } from 'node:util';
import { type ConfigDocument, readDocument } from '../../config/document.ts';
import { formatField, newestFormat, type OldField } from '../../config/format.ts';
import { textInNewestFormat } from '../../config/formatText.ts';
import { written } from '../../kubernetes/path.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { readClusterFile } from '../../private-values/readClusterFile.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { changeOfUserFile, type Replacement, replaceFiles } from '../../repository/replaceFile.ts';
import { unifiedDiff } from '../../repository/unifiedDiff.ts';

/** What brings `cluster.yaml` to the newest format. */
export interface FormatChange {
  readonly file: Replacement;
  /** The format that the file has. */
  readonly from: number;
  readonly to: number;
  /** A unified diff. `cluster.yaml` has no private values. */
  readonly diff: string;
}

/**
 * Reads `cluster.yaml` of a directory, and how it looks in the newest format. The rest of the configuration is not read.
 *
 * @returns undefined if it has the newest format
 */
export async function formatChange(directory: string): Promise<Outcome<FormatChange | undefined>> {
  const read = await readClusterFile(directory);
  if (!read.ok) return read;
  const { text, bytes, document, format, oldFields } = read.value;
  if (format === newestFormat) return ok(undefined);
  const content = textInNewestFormat(text, oldFields);
  if (!says(content, document)) return err(byHand(oldFields));
  const file = { path: clusterFile, content, before: bytes };
  const diff = unifiedDiff(changeOfUserFile(file));
  return ok({ file, from: format, to: newestFormat, diff });
}

/** Whether a text says what the document does, in the newest format: a style that nobody thought of is not written. */
function says(text: string, { value }: ConfigDocument): boolean {
  const { document } = readDocument(clusterFile, text);
  return isDeepStrictEqual(document?.value, { ...value, [formatField]: newestFormat });
}

function byHand(oldFields: readonly OldField[]): Problem {
  const names = oldFields.map(({ from, to }) => `${written(from)} is ${written(to)} now`);
  return {
    code: 'older-format',
    file: clusterFile,
    message: 'the way in which the file is written keeps it from being changed without you',
    expected: [`${formatField}: ${newestFormat}`, ...names].join(', '),
    remedy: 'change that by hand',
  };
}

/** Writes `cluster.yaml` in the newest format, unless it changed since it was read. */
export function writeFormat(directory: string, { file }: FormatChange): Promise<Outcome<undefined>> {
  return replaceFiles(directory, [file]);
}
