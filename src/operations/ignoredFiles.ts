import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plainPrivateFile } from '../private-values/privateValuesFile.ts';
import { trackedByGit } from '../repository/git.ts';

/** The plain private values file unless Git tracks it; without Git also the copies that `.gitignore` excludes. */
export async function ignoredFiles(directory: string): Promise<string[]> {
  const tracking = await trackedByGit(directory, plainPrivateFile);
  if (tracking === 'tracked') return [];
  const copies = ['docs/local', 'local'].flatMap((copy) => filesBelow(directory, copy));
  return [plainPrivateFile, ...(tracking === 'no-repository' || tracking === 'no-git' ? copies : [])];
}

function filesBelow(root: string, directory: string): string[] {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(root, `${directory}/${entry.name}`) : [`${directory}/${entry.name}`],
  );
}
