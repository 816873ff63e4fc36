import type * as z from 'zod';
import { defined } from '../kubernetes/defined.ts';
import { type Path, written } from '../kubernetes/path.ts';
import type { Problem } from '../problems/problem.ts';
import { type ConfigDocument, readDocument } from './document.ts';
import { type Field, fieldsOf, knownPath, visibilityAt } from './fields.ts';
import { inNewestFormat, type OldField } from './format.ts';
import type { PrivateValues } from './private.ts';
import { type Places, problemsOf, unfold } from './schemaProblem.ts';
import { seal } from './seal.ts';
import { decodeText, type SourceFile } from './text.ts';

/** A valid configuration, with handles for private values and secrets, and the values of the handles. */
export interface Loaded<Cluster> {
  cluster: Cluster;
  private: PrivateValues;
  secret: PrivateValues;
  places: Places;
  /** The fields of `cluster.yaml` that have a name of an older format. */
  oldFields: readonly OldField[];
}

/**
 * Reads `cluster.yaml` and the private values file as one configuration.
 *
 * The two files have the same structure: public fields are in the first, private and secret fields in the second.
 * All problems of both files are returned. `loaded` is set only if there are none.
 *
 * @param schema - fields marked with {@link publicField}, {@link privateField} and {@link secretField}
 */
export function loadCluster<Cluster>(
  files: { cluster: SourceFile; privateFile?: SourceFile },
  schema: z.ZodType<Cluster>,
): { loaded?: Loaded<Cluster>; problems: Problem[] } {
  const fields = fieldsOf(schema);
  const problems: Problem[] = [];
  const read = (source: SourceFile | undefined): ConfigDocument | undefined => {
    if (source === undefined) return undefined;
    const decoded = decodeText(source);
    if ('problem' in decoded) {
      problems.push(decoded.problem);
      return undefined;
    }
    const { document, problems: found } = readDocument(source.file, decoded.text);
    problems.push(...found);
    return document;
  };
  const asWritten = read(files.cluster);
  const privateFile = read(files.privateFile);
  if (asWritten === undefined || (files.privateFile !== undefined && privateFile === undefined))
    return { problems };
  const newest = inNewestFormat(asWritten);
  // Whatever else differs is a field of that format.
  if ('problem' in newest) return { problems: [newest.problem] };
  const { document: cluster, oldFields } = newest;

  problems.push(
    ...misplaced(cluster, 'public', fields),
    ...(privateFile ? misplaced(privateFile, 'private', fields) : []),
  );
  const places: Places = { cluster, fields, ...(privateFile ? { privateFile } : {}) };
  const { merged, twice } = merge(cluster.value, privateFile?.value ?? {}, []);
  problems.push(
    ...twice
      .filter((path) => visibilityAt(fields, path) !== undefined)
      .map((path) => saidTwice(knownPath(fields, path), places)),
  );
  // Each schema parses once, so compiling it first, as zod does by default, would cost more than it saves.
  const parsed = schema.safeParse(merged, { jitless: true });
  if (!parsed.success)
    problems.push(...unfold(parsed.error.issues).flatMap((issue) => problemsOf(issue, merged, places)));
  if (!parsed.success || problems.length > 0) return { problems };

  const sealed = seal(parsed.data, fields);
  return {
    loaded: {
      cluster: sealed.value as Cluster,
      private: sealed.private,
      secret: sealed.secret,
      places,
      oldFields,
    },
    problems,
  };
}

/** Every leaf of a document with its path. Empty maps and lists count as leaves. */
export function* leaves(value: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  if (typeof value !== 'object' || value === null) {
    yield { path, value };
    return;
  }
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  if (entries.length === 0) yield { path, value };
  for (const [key, item] of entries) yield* leaves(item, [...path, key]);
}

function misplaced(document: ConfigDocument, belongs: 'public' | 'private', fields: Field): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { path: leaf } of leaves(document.value)) {
    const path = knownPath(fields, leaf);
    const visibility = visibilityAt(fields, path);
    if (visibility === undefined || (visibility === 'public') === (belongs === 'public')) continue;
    if (seen.has(written(path))) continue;
    seen.add(written(path));
    const at = document.locate(path, 'key');
    problems.push({
      code: visibility === 'public' ? 'public-in-overlay' : 'private-in-public',
      file: document.file,
      ...(at ? { at } : {}),
      message: `${written(path)} is ${visibility}${visibility === 'public' ? '' : ': everybody with access to the repository could read it here'}`,
      expected:
        visibility === 'public'
          ? 'only private and secret fields in this file'
          : 'only public fields in this file',
      remedy:
        visibility === 'public'
          ? 'move the line to the same section of cluster.yaml'
          : 'move the line to the same section of the private values file; if it was committed, remove the value from the Git history',
    });
  }
  return problems;
}

function merge(one: unknown, other: unknown, path: Path): { merged: unknown; twice: Path[] } {
  if (!isMap(one) || !isMap(other)) {
    // An empty section does not conflict with the section of the other file.
    if (other === undefined || (other === null && isMap(one))) return { merged: one, twice: [] };
    if (one === undefined || (one === null && isMap(other))) return { merged: other, twice: [] };
    // The schema reports type mismatches between the files; otherwise the first value is kept.
    return { merged: isMap(one) ? other : one, twice: [path] };
  }
  const twice: Path[] = [];
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const result = merge(own(one, key), own(other, key), [...path, key]);
    Object.defineProperty(merged, key, {
      value: result.merged,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    twice.push(...result.twice);
  }
  return { merged, twice };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function saidTwice(path: Path, places: Places): Problem {
  const at = places.privateFile?.locate(path, 'key');
  const first = places.cluster.locate(path, 'key');
  return defined({
    code: 'said-twice' as const,
    file: places.privateFile?.file,
    at,
    message: `${written(path)} is in ${places.cluster.file}${first ? `:${first.line}` : ''} too`,
    expected: 'each field in only one of the two files',
    remedy: 'remove it from the file where it does not belong',
  });
}
