import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, clusterSchema } from '../components/catalogue.ts';
import { type Loaded, loadCluster } from '../config/load.ts';
import type { SourceFile } from '../config/text.ts';
import { done, failed, type Outcome } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { trackedByGit } from '../repository/git.ts';
import type { AgeIdentity } from '../secrets/age/identity.ts';
import { loadIdentities } from '../secrets/age/keyFile.ts';
import { decryptDocument } from '../secrets/sops/decrypt.ts';
import type { Surroundings } from './surroundings.ts';

/** The three files that make a configuration, by name. */
export const clusterFile = 'cluster.yaml';
export const plainOverlay = 'cluster.private.yaml';
export const encryptedOverlay = 'cluster.private.sops.yaml';

/** A folder with a configuration that holds, and the keys that this person has. */
export interface Workspace {
  directory: string;
  loaded: Loaded<Cluster>;
  identities: readonly AgeIdentity[];
}

/**
 * Reads the configuration of a folder: `cluster.yaml`, and the overlay, encrypted or plain. A plain overlay that
 * Git tracks is refused: its values would be in the history for good.
 */
export async function openWorkspace(
  directory: string,
  surroundings: Surroundings,
): Promise<Outcome<Workspace>> {
  const [cluster, plain, encrypted] = await Promise.all(
    [clusterFile, plainOverlay, encryptedOverlay].map((file) => read(directory, file)),
  );
  if (cluster === undefined || 'problem' in cluster) return failed(cluster?.problem ?? notThere());
  const keys = await loadIdentities(surroundings);
  const overlay = await overlayOf(directory, { plain, encrypted }, keys.identities);
  const { loaded, problems } = loadCluster(
    { cluster, ...(overlay.source ? { overlay: overlay.source } : {}) },
    clusterSchema,
  );
  const all = [...keys.problems, ...overlay.problems, ...(overlay.unreadable ? [] : problems)];
  return loaded !== undefined && all.length === 0
    ? done({ directory, loaded, identities: keys.identities })
    : failed(...all);
}

type Read = SourceFile | { problem: Problem } | undefined;

async function read(directory: string, file: string): Promise<Read> {
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

function notThere(): Problem {
  return {
    code: 'text-not-found',
    file: clusterFile,
    message: 'there is no configuration in this folder',
    expected: 'a file cluster.yaml',
    remedy: 'run "gatehouse init" to make one, or name its folder with -C',
  };
}

async function overlayOf(
  directory: string,
  { plain, encrypted }: { plain: Read; encrypted: Read },
  identities: readonly AgeIdentity[],
): Promise<{ source?: SourceFile; problems: Problem[]; unreadable?: boolean }> {
  if (plain !== undefined && encrypted !== undefined) {
    return {
      unreadable: true,
      problems: [
        {
          code: 'two-overlays',
          file: plainOverlay,
          message: `${encryptedOverlay} is there too`,
          expected: 'one overlay',
          remedy: `move what is missing into ${encryptedOverlay} with "gatehouse secrets edit", and delete ${plainOverlay}`,
        },
      ],
    };
  }
  const source = encrypted ?? plain;
  if (source === undefined) return { problems: [] };
  if ('problem' in source) return { problems: [source.problem], unreadable: true };
  if (source === plain) return { source, problems: await plainIsIgnored(directory) };
  const decrypted = await decryptDocument({ file: encryptedOverlay, content: source.bytes, identities });
  if (!decrypted.ok) return { problems: decrypted.problems, unreadable: true };
  return {
    source: { file: encryptedOverlay, bytes: new TextEncoder().encode(decrypted.value.plaintext) },
    problems: [],
  };
}

async function plainIsIgnored(directory: string): Promise<Problem[]> {
  if ((await trackedByGit(directory, plainOverlay)) !== 'tracked') return [];
  return [
    {
      code: 'overlay-tracked',
      file: plainOverlay,
      message: 'Git tracks this file: its values are in the history',
      expected: 'a file that .gitignore names',
      remedy: `run "git rm --cached ${plainOverlay}", and take it out of the history before you push`,
    },
  ];
}
