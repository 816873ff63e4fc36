import * as z from 'zod';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { isReserved, pathError } from './path.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const recordSchema = z.union([
  /** An owned file: the hash of the written text, with LF endings. */
  z.strictObject({ sha256: hash }),
  /** An owned file that holds its own hash in its first line. */
  z.strictObject({ ownHash: z.literal(true) }),
  /** The user keeps an own version: the hash of the text that they declined. */
  z.strictObject({ declined: hash }),
  /** A shared file: hashes of the entries or lines that Gatehouse added, and whether it created the file. */
  z.strictObject({ entries: z.array(hash), created: z.boolean() }),
  z.strictObject({ lines: z.array(hash), created: z.boolean() }),
]);

/** The record of one path. It holds hashes, never content. */
export type FileRecord = z.infer<typeof recordSchema>;

/** What Gatehouse wrote last, by path. */
export type Manifest = ReadonlyMap<string, FileRecord>;

/**
 * The manifest as text: one line per path, sorted by code units. So Git merges two branches line by line, and equal
 * manifests have equal bytes.
 */
export function formatManifest(manifest: Manifest): string {
  const paths = [...manifest.keys()].sort();
  const lines = paths.map((path) => `    ${JSON.stringify(path)}: ${JSON.stringify(manifest.get(path))}`);
  const files = lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
  return `{\n  "version": 1,\n  "files": ${files}\n}\n`;
}

/**
 * Reads a manifest. It may come from a third-party repository, so its paths are checked like those of a plan.
 *
 * @param file the path to name in a problem.
 */
export function readManifest(text: string, file: string): Outcome<Manifest> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(malformedManifest(file, 'is not JSON'));
  }
  const { version } = z.object({ version: z.unknown() }).catch({ version: 1 }).parse(value);
  if (typeof version === 'number' && version > 1) return err(newerManifest(file));
  const shape = z.object({ version: z.literal(1), files: z.looseObject({}) }).safeParse(value);
  if (!shape.success)
    return err(malformedManifest(file, 'has a form that this version of Gatehouse does not know'));
  const manifest = new Map<string, FileRecord>();
  for (const [path, given] of Object.entries(shape.data.files)) {
    const record = recordSchema.safeParse(given);
    if (!record.success || pathError(path) !== undefined || isReserved(path)) {
      return err(malformedManifest(file, `has an invalid entry for ${JSON.stringify(path)}`));
    }
    manifest.set(path, record.data);
  }
  return ok(manifest);
}

function newerManifest(file: string): Problem {
  return {
    code: 'newer-format',
    file,
    message:
      'a newer version of Gatehouse wrote the files of this directory last, in a form that this one does not know',
    expected: 'a directory that this version of Gatehouse, or an older one, wrote',
    remedy: 'install the version of Gatehouse that wrote it, or a newer one',
  };
}

function malformedManifest(file: string, message: string): Problem {
  return {
    code: 'manifest-damaged',
    file,
    message: `The record of what was written last ${message}`,
    expected: 'the file as Gatehouse wrote it',
    remedy:
      'After a merge, take either side of it. Or delete it: files that are as planned are adopted, and every other one is shown before it is replaced',
  };
}
