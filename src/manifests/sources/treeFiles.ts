import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A file that is there and was not read, and why. What it says is unknown. */
export interface Unread {
  file: string;
  sentence: string;
}

/** The texts of a folder by their paths, as {@link loadRepository} judges them. */
export interface TreeFiles {
  tree: Map<string, string>;
  unread: Unread[];
}

/** A dump of a large cluster has tens of megabytes; what is larger is no text of a repository. */
const manifestLimit = 64 * 1024 * 1024;
/** Files that are no manifests only matter as the content of ConfigMaps, which hold at most 1 MiB. */
const otherLimit = 1024 * 1024;
const totalLimit = 512 * 1024 * 1024;
const countLimit = 200_000;

const skippedFolders = new Set(['.git', '.gatehouse', 'node_modules', '.venv', '.terraform', '.direnv']);
/** Copies with private values, which Git ignores in a folder of Gatehouse. */
const localFolders = new Set(['docs/local', 'local']);

/**
 * Reads every file of a folder that may say something of the cluster. Symbolic links are followed within the
 * folder only, and never to a folder. Files that are too large, or no text, are named instead. One after another and
 * without leaving the thread: nothing else is to be done meanwhile, and each way to a thread and back would cost more
 * than a file of this size.
 *
 * @param own - whether it is a folder of Gatehouse, whose local copies do not count
 * @throws the error of the disk where the folder itself cannot be listed
 */
export async function readTreeFiles(directory: string, own: boolean): Promise<TreeFiles> {
  const root = realpathSync(directory);
  const found: string[] = [];
  const unread: Unread[] = [];
  list(root, '', own, found, unread);
  const tree = new Map<string, string>();
  let total = 0;
  for (const path of found.toSorted()) {
    if (tree.size >= countLimit || total > totalLimit) {
      unread.push({
        file: path,
        sentence: 'The folder holds more files than are read; this is the first left out',
      });
      break;
    }
    const text = readText(root, path, unread);
    if (text === undefined) continue;
    total += text.length;
    tree.set(path, text);
  }
  return { tree, unread };
}

function list(root: string, folder: string, own: boolean, found: string[], unread: Unread[]): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (skippedFolders.has(entry.name) || (own && localFolders.has(path))) continue;
      try {
        list(root, path, own, found, unread);
      } catch {
        unread.push({ file: path, sentence: 'The folder cannot be listed' });
      }
    } else if (entry.isFile()) found.push(path);
    else if (entry.isSymbolicLink()) followLink(root, path, found, unread);
  }
}

/**
 * A link to a file of the same folder is that file under another name; every other one is not followed. One to a
 * folder inside needs no mention: the folder is read where it stands.
 */
function followLink(root: string, path: string, found: string[], unread: Unread[]): void {
  const target = targetOf(join(root, path));
  const inside = target !== undefined && relative(root, target).split(sep)[0] !== '..';
  const isFile = target !== undefined && statSync(target).isFile();
  if (inside) {
    if (isFile) found.push(path);
  } else if (!isFile || isManifestPath(path))
    unread.push({ file: path, sentence: 'The link leads out of the folder, or nowhere' });
}

function targetOf(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}

export function isManifestPath(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path) || path.endsWith('/Kustomization') || path === 'Kustomization';
}

function readText(root: string, path: string, unread: Unread[]): string | undefined {
  const refuse = (sentence: string): undefined => {
    if (isManifestPath(path)) unread.push({ file: path, sentence });
    return undefined;
  };
  const full = join(root, path);
  try {
    const { size } = statSync(full);
    if (size > (isManifestPath(path) ? manifestLimit : otherLimit)) return refuse('The file is too large');
    const decoded = decode(readFileSync(full));
    return typeof decoded === 'string' ? decoded : refuse(decoded.sentence);
  } catch {
    return refuse('The file cannot be read');
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** The text of a file, or why it is none that can be judged. */
export function decode(bytes: Uint8Array): string | { sentence: string } {
  if (bytes.includes(0)) return { sentence: 'The file is no text' };
  try {
    return strict.decode(bytes);
  } catch {
    return { sentence: 'The file is not text in UTF-8' };
  }
}
