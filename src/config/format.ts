import type { Path } from '../kubernetes/path.ts';
import { written } from '../kubernetes/path.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { ConfigDocument } from './document.ts';

/** The newest format of `cluster.yaml`, which `gatehouse init` writes. A file that does not say its format has format 1. */
export const newestFormat = 2;

/** The field that says the format. */
export const formatField = 'formatVersion';

/** A field that has another name since a format. */
interface Rename {
  /** The first format with the new name. */
  readonly since: number;
  /** The map that has the field. */
  readonly map: Path;
  readonly from: string;
  readonly to: string;
}

/** What each format renamed. An entry stays as long as a file of the format before it is read. */
const renames: readonly Rename[] = [
  // A choice is named "kind" everywhere else.
  { since: 2, map: ['cluster', 'network', 'loadBalancer'], from: 'by', to: 'kind' },
  { since: 2, map: ['immich', 'administrator'], from: 'way', to: 'kind' },
];

/** A field of an older format in a file, with its path in each format. */
export interface OldField {
  readonly from: Path;
  readonly to: Path;
}

/** A document in the newest format, and what was renamed in it. */
export interface NewestFormat {
  readonly document: ConfigDocument;
  /** The format that the file has. */
  readonly format: number;
  readonly oldFields: readonly OldField[];
}

/**
 * Reads a document of any format as one of the newest. Positions stay those of the file. A field that has both names is
 * left as it is, and the schema reports the old one.
 *
 * @returns a problem for a format that this version does not know
 */
export function inNewestFormat(document: ConfigDocument): NewestFormat | { problem: Problem } {
  const said = formatOf(document);
  // The schema reports what is not a number.
  if (!isFormat(said)) return { document, format: newestFormat, oldFields: [] };
  if (said > newestFormat) return { problem: newerFormat(document, said) };
  const due = renames.filter(
    ({ since, map, from, to }) =>
      since > said && hasField(document.value, [...map, from]) && !hasField(document.value, [...map, to]),
  );
  const value = due.reduce((renamed, one) => withRename(renamed, one, []), document.value);
  const oldFields = due.map(({ map, from, to }) => ({ from: [...map, from], to: [...map, to] }));
  const locate: ConfigDocument['locate'] = (path, part) => document.locate(pathInFile(path, oldFields), part);
  return { document: { file: document.file, value, locate }, format: said, oldFields };
}

/** As {@link inNewestFormat}, for what writes without the schema: what is no number of a format is a problem here too. */
export function inKnownFormat(document: ConfigDocument): Outcome<NewestFormat> {
  if (!isFormat(formatOf(document))) return err(noFormat(document));
  const newest = inNewestFormat(document);
  return 'problem' in newest ? err(newest.problem) : ok(newest);
}

function formatOf({ value }: ConfigDocument): unknown {
  return Object.hasOwn(value, formatField) ? value[formatField] : 1;
}

function isFormat(said: unknown): said is number {
  return typeof said === 'number' && Number.isInteger(said) && said >= 1;
}

/** The name that the field at this path has now, if a format renamed it. */
export function renamedTo(path: Path): string | undefined {
  return renames.find(({ map, from }) => written([...map, from]) === written(path))?.to;
}

/** The name that the field at this path had in an older format. */
export function renamedFrom(path: Path): string | undefined {
  return renames.find(({ map, to }) => written([...map, to]) === written(path))?.from;
}

function pathInFile(path: Path, oldFields: readonly OldField[]): Path {
  const old = oldFields.find(({ to }) => to.every((step, index) => path[index] === step));
  return old === undefined ? path : [...old.from, ...path.slice(old.to.length)];
}

function hasField(value: unknown, path: Path): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return true;
  return isMap(value) && Object.hasOwn(value, step) && hasField(value[step], rest);
}

/** The order of the keys stays, and none of them is taken for a prototype. */
function withRename(value: Record<string, unknown>, rename: Rename, path: Path): Record<string, unknown> {
  const step = rename.map[path.length];
  const changed: [string, unknown][] = Object.entries(value).map(([key, below]) => {
    if (step === undefined) return [key === rename.from ? rename.to : key, below];
    return [key, key === step && isMap(below) ? withRename(below, rename, [...path, key]) : below];
  });
  return Object.fromEntries(changed);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function newerFormat(document: ConfigDocument, said: number): Problem {
  return {
    code: 'newer-format',
    ...placeOfFormat(document),
    message: `the file has format ${said}, which a newer version of Gatehouse wrote`,
    expected: `a format up to ${newestFormat}`,
    remedy: 'install the version of Gatehouse that wrote it, or a newer one',
  };
}

function noFormat(document: ConfigDocument): Problem {
  return {
    code: 'wrong-value',
    ...placeOfFormat(document),
    message: `${formatField} is not the number of a format, so what the file says is not known`,
    expected: `a whole number from 1 to ${newestFormat}`,
    remedy: `correct the value of ${formatField}`,
  };
}

function placeOfFormat(document: ConfigDocument): Pick<Problem, 'file' | 'at'> {
  const at = document.locate([formatField]);
  return { file: document.file, ...(at ? { at } : {}) };
}
