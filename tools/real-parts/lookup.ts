import { join } from 'node:path';
import { cacheDirectory, partKey, readPins, readReceipt } from './cache.ts';
import { type Machine, thisMachine } from './machine.ts';
import type { Part } from './part.ts';
import { type PartName, table } from './table.ts';

/** A complete program in the cache. */
export interface FoundPart {
  readonly found: true;
  readonly name: string;
  /** Its version, without `v`. */
  readonly version: string;
  /** The program, absolute. */
  readonly path: string;
  /** The directory with all of its files, absolute. */
  readonly directory: string;
  /** Further files of the table entry, absolute, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** An obstacle that makes an installation impossible on a machine. */
export interface Obstacle {
  readonly reason: 'no-go' | 'not-pinned' | 'wrong-machine';
  readonly message: string;
  readonly remedy: string;
}

/** Why a program is not available in the cache. */
export type MissingReason = Obstacle['reason'] | 'not-installed' | 'half-built';

/** A program that is not available, with the reason and the remedy. */
export interface MissingPart {
  readonly found: false;
  readonly name: string;
  readonly version: string;
  readonly reason: MissingReason;
  readonly message: string;
  readonly remedy: string;
}

/** Finds a program in the cache. Builds nothing and changes nothing. */
export function realPart(name: PartName): FoundPart | MissingPart {
  return lookUp(name, table[name], cacheDirectory(), thisMachine());
}

/** {@link realPart} for any table entry, cache and machine. */
export function lookUp(name: string, part: Part, cache: string, machine: Machine): FoundPart | MissingPart {
  const missing = { found: false, name, version: part.version } as const;
  const obstacle = obstacleOf(name, part, machine);
  if (obstacle !== undefined) return { ...missing, ...obstacle };
  const directory = join(cache, partKey(name, part, machine));
  const receipt = readReceipt(directory);
  if (typeof receipt === 'string') {
    const remedy = `run \`npm run real-parts -- ${name}\``;
    return receipt === 'absent'
      ? { ...missing, reason: 'not-installed', message: 'it is not in the cache', remedy }
      : { ...missing, reason: 'half-built', message: 'its directory in the cache is not complete', remedy };
  }
  const files = Object.entries(receipt.files).map(([word, path]) => [word, join(directory, path)] as const);
  return {
    found: true,
    name,
    version: receipt.version,
    path: join(directory, receipt.program),
    directory,
    files: Object.fromEntries(files),
  };
}

/** The obstacle for this program on a machine; undefined if there is none. */
export function obstacleOf(name: string, part: Part, machine: Machine): Obstacle | undefined {
  const { source } = part;
  if (source.from === 'debian' || source.from === 'debian-root') {
    if (machine.os === 'linux') return undefined;
    const message = `it is unpacked from Debian ${source.suite} and runs on Linux only; this is ${machine.os}`;
    return { reason: 'wrong-machine', message, remedy: 'run the tests on Linux' };
  }
  if (source.from !== 'go') return undefined;
  if (machine.go === undefined) {
    const message = 'it is built with Go, and `go` does not run here';
    return { reason: 'no-go', message, remedy: 'install Go 1.26 or later and put it on the PATH' };
  }
  if (readPins(source.pins) === undefined) {
    const message = `tools/real-parts/modules/${source.pins} has no go.mod and go.sum`;
    const remedy = `run \`npm run real-parts -- --pin ${name}\` and commit them`;
    return { reason: 'not-pinned', message, remedy };
  }
  return undefined;
}
