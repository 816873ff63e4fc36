import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The dynamic loader of an unpacked root and the directory of its libraries, both below the root. */
export interface Loader {
  readonly path: string;
  readonly libraries: string;
}

/** The loader beside the libraries: `usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2`. */
export async function findLoader(root: string): Promise<Loader | undefined> {
  const below = join('usr', 'lib');
  for (const triplet of await readdir(join(root, below)).catch(() => [])) {
    const libraries = join(below, triplet);
    const files = await readdir(join(root, libraries)).catch(() => []);
    const loader = files.find((file) => /^ld-linux.*\.so\.\d+$/.test(file));
    if (loader !== undefined) return { path: join(libraries, loader), libraries };
  }
  return undefined;
}

/**
 * The command that runs a program of an unpacked root outside of it: the program itself when it is static, otherwise the
 * root's own loader with the root's own libraries.
 */
export async function commandInRoot(root: string, program: string): Promise<readonly string[]> {
  const path = join(root, program);
  const loader = await findLoader(root);
  if (loader === undefined || !(await namesLoader(path))) return [path];
  return [join(root, loader.path), '--library-path', join(root, loader.libraries), path];
}

/** Whether a program names a dynamic loader in its header, as elf(5) says of PT_INTERP: it is near the beginning. */
async function namesLoader(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead).includes('/ld-linux');
  } finally {
    await file.close();
  }
}
