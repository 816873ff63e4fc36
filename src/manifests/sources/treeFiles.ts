import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A file that is there and was not read, and why. What it says is unknown. */
export interface Unread {
  file: string;
  sentence: string;
}

/** The texts of a directory by their paths, in the order of the paths. */
export interface TreeFiles {
  tree: Map<string, string>;
  unread: Unread[];
}

export interface ReadOptions {
  /** Whether it is a directory of Gatehouse, whose local copies do not count. */
  own: boolean;
  /** Texts that are in memory already and are not read; undefined for a file that counts as removed. */
  known?: ReadonlyMap<string, string | undefined>;
}

/** A dump of a large cluster has tens of megabytes; what is larger is not a manifest. */
const manifestLimit = 64 * 1024 * 1024;
/** Files that are no manifests only matter as the content of ConfigMaps, which hold at most 1 MiB. */
const otherLimit = 1024 * 1024;
const totalLimit = 512 * 1024 * 1024;
const countLimit = 200_000;

const skippedDirectories = new Set(['.git', '.gatehouse', 'node_modules', '.venv', '.terraform', '.direnv']);
/** Copies with private values, which Git ignores in a directory of Gatehouse. */
const localDirectories = new Set(['docs/local', 'local']);

/**
 * Reads every file of a directory that may say something of the cluster, in one walk. Symbolic links are followed
 * within the directory only, and never to a directory. Files that are too large, or not text, are named instead. Files
 * are read one after another and synchronously: nothing else is to be done meanwhile, and a thread would cost more than
 * a file of this size.
 *
 * @throws the error of the disk where the directory itself cannot be listed
 */
export async function readTreeFiles(directory: string, { own, known }: ReadOptions): Promise<TreeFiles> {
  const root = realpathSync(directory);
  const found: string[] = [];
  const unread: Unread[] = [];
  list(root, '', own, found, unread);
  const paths = known === undefined ? found : [...new Set([...found, ...known.keys()])];
  const tree = new Map<string, string>();
  let total = 0;
  for (const path of paths.toSorted()) {
    if (tree.size >= countLimit || total > totalLimit) {
      unread.push({
        file: path,
        sentence: 'The directory holds more files than are read; this is the first left out',
      });
      break;
    }
    const text = known?.has(path) ? known.get(path) : readText(root, path, unread);
    if (text === undefined) continue;
    total += text.length;
    tree.set(path, text);
  }
  return { tree, unread };
}

function list(root: string, directory: string, own: boolean, found: string[], unread: Unread[]): void {
  for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) {
      if (skippedDirectories.has(entry.name) || (own && localDirectories.has(path))) continue;
      try {
        list(root, path, own, found, unread);
      } catch {
        unread.push({ file: path, sentence: 'The directory cannot be listed' });
      }
    } else if (entry.isFile()) found.push(path);
    else if (entry.isSymbolicLink()) followLink(root, path, found, unread);
  }
}

/**
 * A link to a file of the same directory is that file under another name; no other link is followed. One to a
 * directory inside needs no mention: that directory is read where it is.
 */
function followLink(root: string, path: string, found: string[], unread: Unread[]): void {
  const target = targetOf(join(root, path));
  const inside = target !== undefined && relative(root, target).split(sep)[0] !== '..';
  const isFile = target !== undefined && statSync(target).isFile();
  if (inside) {
    if (isFile) found.push(path);
  } else if (!isFile || isManifestPath(path))
    unread.push({ file: path, sentence: 'The link leads out of the directory, or nowhere' });
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

/** The text of a file, or why it is not text. */
export function decode(bytes: Uint8Array): string | { sentence: string } {
  if (bytes.includes(0)) return { sentence: 'The file is not text' };
  try {
    return strict.decode(bytes);
  } catch {
    return { sentence: 'The file is not text in UTF-8' };
  }
}
