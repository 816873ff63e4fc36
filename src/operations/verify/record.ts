import * as z from 'zod';
import type { CheckResult } from '../../live/check.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { trackedByGit } from '../../repository/git.ts';
import { readLocalFile, writeLocalFile } from '../../repository/localFile.ts';
import { localStateDirectory } from '../../repository/path.ts';

/** What the last run of `verify` found. The file is on this computer only. */
export interface VerifyRecord {
  schemaVersion: 1;
  /** When the run ended, as RFC 3339. */
  at: string;
  /** The commit that was checked out. */
  commit: string;
  /** The commit that Flux had applied. */
  appliedCommit?: string | undefined;
  /** The context of the kubeconfig. */
  context: string;
  results: readonly CheckResult[];
}

const fileName = 'verified.json';

/** The file of the record, from the root of the repository. */
export const recordFile = `${localStateDirectory}/${fileName}`;

const commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const moment = z.iso.datetime({ offset: true });

const recordSchema: z.ZodType<VerifyRecord> = z.strictObject({
  schemaVersion: z.literal(1),
  at: moment,
  commit,
  appliedCommit: commit.optional(),
  context: z.string(),
  results: z.array(
    // What a newer version says of a result beside this does not change what it means.
    z.object({
      id: z.string().min(1),
      promise: z.string(),
      component: z.string().optional(),
      field: z.string().optional(),
      remedy: z.string(),
      replaces: z.string().optional(),
      verdict: z.enum(['kept', 'broken', 'not checked']),
      evidence: z.array(z.string()),
      ends: z.strictObject({ what: z.string(), at: moment }).optional(),
      at: moment,
    }),
  ),
});

/**
 * Reads what the last run of `verify` found. The file may be damaged or hostile: its texts are checked for their form only,
 * and a report makes them printable. A file that Git tracks came with the repository: nobody on this computer saw what it
 * says.
 *
 * @returns undefined where `verify` never ran
 */
export async function readRecord(directory: string): Promise<Outcome<VerifyRecord | undefined>> {
  const read = await readLocalFile(directory, fileName);
  if (!read.ok) return read;
  if (read.value === undefined) return ok(undefined);
  const tracked = await trackedProblem(directory);
  if (tracked !== undefined) return err(tracked);
  let value: unknown;
  try {
    value = JSON.parse(read.value);
  } catch {
    return err(unusable('is not JSON'));
  }
  const version = z.object({ schemaVersion: z.number() }).safeParse(value).data?.schemaVersion;
  if (version !== undefined && version > 1) return err(newerRecord);
  const parsed = recordSchema.safeParse(value);
  return parsed.success ? ok(parsed.data) : err(unusable('has a form that Gatehouse never writes'));
}

/**
 * Replaces the record. Its texts go to the disk as they are: the caller redacts private values before.
 *
 * @returns a problem where Git tracks the file, since the next commit would publish it
 */
export async function writeRecord(directory: string, record: VerifyRecord): Promise<Outcome<undefined>> {
  const tracked = await trackedProblem(directory);
  if (tracked !== undefined) return err(tracked);
  return writeLocalFile(directory, fileName, `${JSON.stringify(record, null, 2)}\n`);
}

async function trackedProblem(directory: string): Promise<Problem | undefined> {
  const tracking = await trackedByGit(directory, recordFile);
  if (tracking === 'tracked')
    return unusable('is tracked by Git, so that it came with the repository', untrack);
  return tracking === 'unknown'
    ? unusable('may have come with the repository: Git does not say whether it tracks it', askGit)
    : undefined;
}

const untrack = `Run git rm -r --cached ${localStateDirectory}, delete the directory, and run gatehouse verify`;
const askGit = 'Run git status, do what it says, and run the command again';

function unusable(
  fault: string,
  remedy = 'Run gatehouse verify, which writes it anew. Until then nothing counts as verified',
): Problem {
  return {
    code: 'verify-record-unusable',
    file: recordFile,
    message: `The record of the last verify ${fault}`,
    expected: 'the file as gatehouse verify wrote it on this computer',
    remedy,
  };
}

const newerRecord: Problem = {
  code: 'newer-format',
  file: recordFile,
  message:
    'a newer version of Gatehouse wrote the record of the last verify, in a form that this one does not know',
  expected: 'a record that this version of Gatehouse, or an older one, wrote',
  remedy: 'install the version of Gatehouse that wrote it, or run gatehouse verify with this one',
};
