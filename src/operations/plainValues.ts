import type { Configuration } from '../private-values/configuration.ts';
import { plainPrivateFile } from '../private-values/privateValuesFile.ts';
import { trackedByGit } from '../repository/git.ts';

/** The command that encrypts a plain private values file. */
export const encryptCommand = 'gatehouse secrets encrypt';

/**
 * Whether the private values are in a plain file that Git ignores, although they could be encrypted: Git has everything
 * else, and who loses the computer loses them.
 */
export async function isLostWithComputer(
  directory: string,
  { places, cluster }: Configuration['loaded'],
): Promise<boolean> {
  return (
    places.privateFile?.file === plainPrivateFile &&
    cluster.secrets.recipients.length > 0 &&
    (await trackedByGit(directory, plainPrivateFile)) === 'untracked'
  );
}
