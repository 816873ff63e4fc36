import type { SourceFile } from '../config/text.ts';
import type { Problem } from '../problems/problem.ts';
import { trackedByGit } from '../repository/git.ts';
import type { AgeIdentity } from '../secrets/age/identity.ts';
import { decryptDocument } from '../secrets/sops/decrypt.ts';
import { readSource } from './readSource.ts';

export const plainPrivateFile = 'cluster.private.yaml';
export const encryptedPrivateFile = 'cluster.private.sops.yaml';

/** The private values file as it was read. Its text is decrypted: keep it in memory. */
export interface PrivateValuesFile {
  /** The decrypted text; undefined when there is no file, and when it cannot be read. */
  source?: SourceFile;
  /** The bytes of the encrypted file, if the file is encrypted. */
  encrypted?: Uint8Array;
  problems: Problem[];
  /** The file exists, but its content is unknown. */
  unreadable?: boolean;
}

/** Reads the private values file of a directory, encrypted or plain. A plain one that Git tracks is a problem. */
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
  message: `${encryptedPrivateFile} exists too`,
  expected: 'one private values file',
  remedy: `copy what ${encryptedPrivateFile} lacks (nothing if "gatehouse secrets edit" was interrupted), and delete ${plainPrivateFile}`,
};

/** Says where a private values file should come from that is not there. */
export const privateFileMissing: Problem = {
  code: 'private-file-missing',
  file: encryptedPrivateFile,
  message: `there is no private values file, neither ${encryptedPrivateFile} nor ${plainPrivateFile}`,
  expected: `${encryptedPrivateFile}, which Git keeps; or ${plainPrivateFile}, which is only on the computer on which it was written`,
  remedy: `fetch the commit that has ${encryptedPrivateFile}. Or copy ${plainPrivateFile} from that computer, and run "gatehouse secrets encrypt". Or enter the values again: "gatehouse secrets edit"`,
};

async function checkIgnored(directory: string): Promise<Problem[]> {
  if ((await trackedByGit(directory, plainPrivateFile)) !== 'tracked') return [];
  return [
    {
      code: 'overlay-tracked',
      file: plainPrivateFile,
      message: 'Git tracks this file: its values are in the history',
      expected: 'a file that .gitignore names',
      remedy: `run "git rm --cached ${plainPrivateFile}", and remove it from the history before you push`,
    },
  ];
}
