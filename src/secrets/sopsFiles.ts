import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../system/regularFile.ts';
import { sopsConfigName } from './sopsConfig.ts';

/** An encrypted file. */
export interface SopsFile {
  path: string;
  bytes: Buffer;
}

const skipped = new Set(['.git', '.gatehouse', 'node_modules']);

/** Every file below a directory whose name marks it as encrypted (`*.sops.yaml` and the like), sorted by path. */
export async function sopsFiles(directory: string): Promise<SopsFile[]> {
  const paths = (await pathsBelow(directory, '')).sort();
  return Promise.all(
    paths.map(async (path) => ({ path, bytes: await readRegularFile(join(directory, path)) })),
  );
}

async function pathsBelow(directory: string, below: string): Promise<string[]> {
  const entries = await readdir(join(directory, below), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : pathsBelow(directory, path);
      const encrypted = /\.sops\.(ya?ml|json)$/.test(entry.name) && entry.name !== sopsConfigName;
      return entry.isFile() && encrypted ? [path] : [];
    }),
  );
  return found.flat();
}
