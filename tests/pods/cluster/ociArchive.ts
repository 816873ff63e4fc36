import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Something that an image holds beside its root directory, or in place of what is there. */
export type Added =
  | { readonly file: string; readonly mode?: number; readonly owner?: number }
  | { readonly text: string; readonly mode?: number; readonly owner?: number }
  | { readonly directory: true; readonly mode?: number; readonly owner?: number }
  | { readonly link: string };

/** What an image is made of, and how its program starts. */
export interface ImageToWrite {
  /** A directory on this machine that becomes the root of the image. */
  readonly root?: string;
  /** By absolute path in the image. A directory on the way must be in the root, or stand before. */
  readonly add?: Readonly<Record<string, Added>>;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** The architecture as the OCI specification names it. */
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/**
 * Writes an image as an OCI archive, which `ctr images import` takes, with one layer for the root and one for what is added:
 * images with the same root share the first. The same content makes the same bytes: entries are sorted, times are zero.
 *
 * @returns the digest of the image's manifest
 */
export function writeOciArchive(file: string, image: ImageToWrite, references: readonly string[]): string {
  const archive = openSync(file, 'w');
  try {
    return writeImage(archive, image, references);
  } finally {
    closeSync(archive);
  }
}

function writeImage(archive: number, image: ImageToWrite, references: readonly string[]): string {
  const layers: Descriptor[] = [];
  for (const entries of layersOf(image)) layers.push(writeLayer(archive, layers, entries));
  const rest = new TarWriter(archive);
  const put = (value: object): Descriptor => {
    const content = Buffer.from(JSON.stringify(value));
    const hex = createHash('sha256').update(content).digest('hex');
    rest.add({ path: blobPath(hex), content, mode: 0o644 });
    return { digest: `sha256:${hex}`, size: content.length };
  };
  const config = put(configOf(image, layers));
  const manifest = put({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer })),
  });
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: references.map((reference) => ({
      mediaType: manifestType,
      ...manifest,
      platform: { architecture, os: 'linux' },
      annotations: { 'io.containerd.image.name': reference },
    })),
  };
  rest.add({ path: 'index.json', content: Buffer.from(JSON.stringify(index)), mode: 0o644 });
  rest.add({ path: 'oci-layout', content: Buffer.from('{"imageLayoutVersion":"1.0.0"}'), mode: 0o644 });
  rest.end();
  return manifest.digest;
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** The name of a layer is its digest, which is known once it is written: its header is filled in afterwards. */
function writeLayer(archive: number, before: readonly Descriptor[], entries: readonly Entry[]): Descriptor {
  const place = before.reduce((sum, { size }) => sum + block + size, 0);
  writeSync(archive, Buffer.alloc(block));
  const layer = new TarWriter(archive);
  for (const entry of entries) layer.add(entry);
  layer.end();
  const hex = layer.hash.digest('hex');
  writeSync(archive, header(blobPath(hex), { size: layer.bytes }), 0, block, place);
  return { digest: `sha256:${hex}`, size: layer.bytes };
}

function blobPath(hex: string): string {
  return `blobs/sha256/${hex}`;
}

function configOf(image: ImageToWrite, layers: readonly Descriptor[]): object {
  const environment = { PATH: searchPath, ...image.environment };
  return {
    architecture,
    os: 'linux',
    config: {
      ...(image.user !== undefined && { User: image.user }),
      ...(image.entrypoint !== undefined && { Entrypoint: image.entrypoint }),
      ...(image.command !== undefined && { Cmd: image.command }),
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      WorkingDir: image.workingDirectory ?? '/',
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
}

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly owner?: number;
  readonly group?: number;
  /** The content of a file; absent for directories and links. */
  readonly content?: Buffer | (() => Buffer);
  readonly link?: string;
}

/** The root, which images may share, and what is added to it. */
function layersOf({ root, add = {} }: ImageToWrite): Entry[][] {
  const added = Object.entries(add).map(([path, what]) => addedEntry(path.replace(/^\/+/, ''), what));
  const layers = [root === undefined ? [] : entriesBelow(root, ''), added];
  return layers.filter((entries) => entries.length > 0).map((entries) => entries.sort(byPath));
}

/** A directory comes before what it holds. */
function byPath(one: Entry, other: Entry): number {
  return one.path < other.path ? -1 : 1;
}

function addedEntry(path: string, what: Added): Entry {
  if ('link' in what) return { path, link: what.link, mode: 0o777 };
  const { owner = 0 } = what;
  const by = { owner, group: owner };
  if ('directory' in what) return { path, mode: what.mode ?? 0o755, ...by };
  const content = 'text' in what ? Buffer.from(what.text) : () => readFileSync(what.file);
  return { path, content, mode: what.mode ?? 0o644, ...by };
}

function entriesBelow(root: string, directory: string): Entry[] {
  return readdirSync(join(root, directory)).flatMap((name) => {
    const path = directory === '' ? name : `${directory}/${name}`;
    const place = join(root, path);
    const stats = lstatSync(place);
    const common = { path, ...permissions(stats) };
    if (stats.isSymbolicLink()) return [{ ...common, link: readlinkSync(place) }];
    if (stats.isDirectory()) return [common, ...entriesBelow(root, path)];
    return stats.isFile() ? [{ ...common, content: () => readFileSync(place) }] : [];
  });
}

function permissions({ mode, uid, gid }: Stats): { mode: number; owner: number; group: number } {
  return { mode: mode & 0o7777, owner: uid, group: gid };
}

const block = 512;

/** A tar file (POSIX ustar, with the extended header of pax where a name is long) that is written from the start to the end. */
class TarWriter {
  readonly hash: Hash = createHash('sha256');
  bytes = 0;
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  add({ path, mode, owner = 0, group = 0, content, link }: Entry): void {
    const isDirectory = content === undefined && link === undefined;
    const name = isDirectory ? `${path}/` : path;
    const long = [
      ...(Buffer.byteLength(name) > 100 ? [record('path', name)] : []),
      ...(Buffer.byteLength(link ?? '') > 100 ? [record('linkpath', link ?? '')] : []),
    ];
    if (long.length > 0)
      this.#put(header('pax', { type: 'x', size: Buffer.byteLength(long.join('')) }), long.join(''));
    const body = typeof content === 'function' ? content() : (content ?? Buffer.alloc(0));
    const type = isDirectory ? '5' : link === undefined ? '0' : '2';
    this.#put(header(name, { type, mode, owner, group, link: link ?? '', size: body.length }), body);
  }

  /** Two empty blocks. */
  end(): void {
    this.#write(Buffer.alloc(2 * block));
  }

  #put(head: Buffer, body: Buffer | string): void {
    const content = Buffer.from(body);
    this.#write(head);
    this.#write(content);
    this.#write(Buffer.alloc((block - (content.length % block)) % block));
  }

  #write(bytes: Buffer): void {
    this.hash.update(bytes);
    this.bytes += bytes.length;
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
  }
}

/** A line of an extended header begins with its own length. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  const digits = String(length + String(length).length).length;
  return `${length + digits}${rest}`;
}

interface HeaderFields {
  readonly type?: string;
  readonly mode?: number;
  readonly owner?: number;
  readonly group?: number;
  readonly link?: string;
  readonly size: number;
}

function header(name: string, fields: HeaderFields): Buffer {
  const { type = '0', mode = 0o644, owner = 0, group = 0, link = '', size } = fields;
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number): void => {
    head.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  };
  head.write(name, 0, 100);
  octal(mode, 100, 8);
  octal(owner, 108, 8);
  octal(group, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  head.write('        ', 148, 'latin1');
  head.write(type, 156, 'latin1');
  head.write(link, 157, 100);
  head.write('ustar\x0000', 257, 'latin1');
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return head;
}
