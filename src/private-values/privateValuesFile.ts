import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from '../config/text.ts';
import type { Problem } from '../problems/problem.ts';
import { trackedByGit } from '../repository/git.ts';
import type { AgeIdentity } from '../secrets/age/identity.ts';
import { decryptDocument } from '../secrets/sops/decrypt.ts';

export const plainPrivateFile = 'cluster.private.yaml';
export const encryptedPrivateFile = 'cluster.private.sops.yaml';

/** What became of reading one file: its bytes, why it cannot be read, or nothing where there is none. */
export type ReadResult = SourceFile | { problem: Problem } | undefined;

/** Reads a file of the configuration. */
export async function readSource(directory: string, file: string): Promise<ReadResult> {
  try {
    return { file, bytes: await readFile(join(directory, file)) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    return {
      problem: {
        code: 'text-unreadable',
        file,
        message: `the file cannot be read (${code})`,
        expected: 'a file that you may read',
      },
    };
  }
}

/** The overlay as it was found. Its text is in the clear: it stays in memory. */
export interface PrivateValuesFile {
  /** What it says; undefined where there is none, and where it cannot be read. */
  source?: SourceFile;
  /** The bytes of the encrypted file, where that is the one that counts. */
  encrypted?: Uint8Array;
  problems: Problem[];
  /** There is an overlay, and what it says is not known. */
  unreadable?: boolean;
}

/** Reads the overlay of a directory, encrypted or plain. A plain one that Git tracks is a problem. */
export async function readPrivateValuesFile(
  directory: string,
  identities: readonly AgeIdentity[],
): Promise<PrivateValuesFile> {
  const [plain, encrypted] = await Promise.all([
    readSource(directory, plainPrivateFile),
    readSource(directory, encryptedPrivateFile),
  ]);
  if (plain !== undefined && encrypted !== undefined)
    return { unreadable: true, problems: [twoPrivateFiles] };
  const source = encrypted ?? plain;
  if (source === undefined) return { problems: [] };
  if ('problem' in source) return { problems: [source.problem], unreadable: true };
  if (source === plain) return { source, problems: await checkIgnored(directory) };
  const decrypted = await decryptDocument({ file: encryptedPrivateFile, content: source.bytes, identities });
  if (!decrypted.ok) return { problems: decrypted.problems, unreadable: true };
  return {
    source: { file: encryptedPrivateFile, bytes: new TextEncoder().encode(decrypted.value.plaintext) },
    encrypted: source.bytes,
    problems: [],
  };
}

const twoPrivateFiles: Problem = {
  code: 'two-overlays',
  file: plainPrivateFile,
  message: `${encryptedPrivateFile} is there too`,
  expected: 'one overlay',
  remedy: `carry over what ${encryptedPrivateFile} lacks (nothing, when "gatehouse secrets edit" was interrupted), and delete ${plainPrivateFile}`,
};

async function checkIgnored(directory: string): Promise<Problem[]> {
  if ((await trackedByGit(directory, plainPrivateFile)) !== 'tracked') return [];
  return [
    {
      code: 'overlay-tracked',
      file: plainPrivateFile,
      message: 'Git tracks this file: its values are in the history',
      expected: 'a file that .gitignore names',
      remedy: `run "git rm --cached ${plainPrivateFile}", and take it out of the history before you push`,
    },
  ];
}
