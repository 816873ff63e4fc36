import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** A file that is there and was not read, and why. What it says is unknown. */
export interface Unread {
  file: string;
  sentence: string;
}

/** The texts of a directory by their paths, in the order of the paths. */
export interface TreeFiles {
  tree: Map<string, string>;
  unread: Unread[];
  /** Paths that are there by a symbolic link to a file or a directory of the tree. */
  linked?: ReadonlySet<string>;
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
 * within the directory only. Files that are too large, or not text, are named instead. Files
 * are read one after another and synchronously: nothing else is to be done meanwhile, and a thread would cost more than
 * a file of this size.
 *
 * @throws the error of the disk where the directory itself cannot be listed
 */
export async function readTreeFiles(directory: string, { own, known }: ReadOptions): Promise<TreeFiles> {
  const root = realpathSync(directory);
  const found: string[] = [];
  const unread: Unread[] = [];
  const linked = new Set<string>();
  list({ root, own, found, unread, linked }, '', []);
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
  return linked.size === 0 ? { tree, unread } : { tree, unread, linked };
}

interface Walk {
  root: string;
  own: boolean;
  found: string[];
  unread: Unread[];
  linked: Set<string>;
}

/** @param through real paths of the directories of the links that lead here */
function list(walk: Walk, directory: string, through: readonly string[]): void {
  for (const entry of readdirSync(join(walk.root, directory), { withFileTypes: true })) {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) listInner(walk, path, through);
    else if (entry.isFile()) add(walk, path, through);
    else if (entry.isSymbolicLink()) followLink(walk, path, through);
    else if (isManifestPath(path))
      walk.unread.push({ file: path, sentence: 'It is a named pipe, a socket or a device, not a file' });
  }
}

function listInner(walk: Walk, path: string, through: readonly string[]): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (skippedDirectories.has(name) || (walk.own && localDirectories.has(path))) return;
  try {
    list(walk, path, through);
  } catch {
    walk.unread.push({ file: path, sentence: 'The directory cannot be listed' });
  }
}

function add({ found, linked }: Walk, path: string, through: readonly string[]): void {
  found.push(path);
  if (through.length > 0) linked.add(path);
}

/** Links of links multiply what is behind them, so that a few make more files than any repository has. */
const linkedLimit = 10_000;

/** A link within the directory is its target under another name; no other link is followed. */
function followLink(walk: Walk, path: string, through: readonly string[]): void {
  const { root, unread, linked } = walk;
  const target = targetOf(join(root, path));
  const inside = target !== undefined && relative(root, target).split(sep)[0] !== '..';
  const isFile = target !== undefined && statSync(target).isFile();
  const refuse = (sentence: string): void => {
    unread.push({ file: path, sentence });
  };
  if (!inside) {
    if (!isFile || isManifestPath(path)) refuse('The link leads out of the directory, or nowhere');
  } else if (linked.size >= linkedLimit) refuse('More files are behind links than are read');
  else if (isSkipped(walk, relative(root, target))) refuse('The link leads to a directory that is not read');
  else if (isFile) add(walk, path, [target]);
  else if (isAround(target, realpathSync(join(root, dirname(path))), through))
    refuse('The link leads to a directory that holds it');
  else listInner(walk, path, [...through, target]);
}

function isSkipped({ own }: Walk, target: string): boolean {
  const parts = target.split(sep);
  return (
    parts.some((name) => skippedDirectories.has(name)) ||
    (own && parts.some((_, index) => localDirectories.has(parts.slice(0, index + 1).join('/'))))
  );
}

/** Whether a directory holds the one of the link, or a link led here from it. */
function isAround(target: string, from: string, through: readonly string[]): boolean {
  return [from, ...through].some((each) => each === target || each.startsWith(`${target}${sep}`));
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
