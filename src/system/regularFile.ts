import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** A configuration, a key file or a list of acceptances is far smaller. */
const limit = 64 * 1024 * 1024;

/**
 * Reads a regular file. A named pipe would wait for a writer, and a device may never end: both are refused before they
 * are opened, and once more on the open file. Links are followed.
 *
 * @throws the error of the system, or an error in its form, of which {@link whyUnread} tells the reason
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  // To open a device alone may do something, such as to rewind a tape.
  refuseOther(path, await stat(path));
  // Windows has neither flag.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
  const handle = await open(path, flags);
  try {
    return await readWhole(path, handle);
  } finally {
    await handle.close();
  }
}

async function readWhole(path: string, handle: FileHandle): Promise<Buffer> {
  const status = await handle.stat();
  refuseOther(path, status);
  if (status.size > limit) throw notRead(path, `larger than ${limit / 1024 / 1024} MiB`);
  return handle.readFile();
}

/** The bytes of a regular file, or undefined where there is none. Any other error is thrown: it does not say "no file". */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Why a file could not be read, in a few words: what it is instead of a regular file, or the code of the system. */
export function whyUnread(error: unknown): string {
  const code = codeOf(error) ?? 'unknown error';
  return error instanceof Error && code === notReadCode ? error.message : code;
}

const notReadCode = 'not-read';

function refuseOther(path: string, status: Stats): void {
  if (!status.isFile()) throw notRead(path, `${kindOf(status)}, not a regular file`);
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a directory';
  if (status.isFIFO()) return 'a named pipe';
  return status.isSocket() ? 'a socket' : 'a device';
}

function notRead(path: string, reason: string): Error {
  return Object.assign(new Error(reason), { code: notReadCode, syscall: 'open', path });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
