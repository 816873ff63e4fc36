import { join } from 'node:path';
import { cacheFolder, partKey, readPins, readReceipt } from './cache.ts';
import { type Machine, thisMachine } from './machine.ts';
import type { Part } from './part.ts';
import { type PartName, table } from './table.ts';

/** A program that is built and whole. */
export interface FoundPart {
  readonly found: true;
  readonly name: string;
  /** The version that takes part, without `v`. */
  readonly version: string;
  /** The program, absolute. */
  readonly path: string;
  /** The folder that holds all of it, absolute. */
  readonly directory: string;
  /** Further files of the table's line, absolute, by the table's names. */
  readonly files: Readonly<Record<string, string>>;
}

/** What stands in the way on a machine before anything is tried. */
export interface Obstacle {
  readonly reason: 'no-go' | 'not-pinned' | 'wrong-machine';
  readonly message: string;
  readonly remedy: string;
}

/** Why a program is not to be had from the cache. */
export type MissingReason = Obstacle['reason'] | 'not-installed' | 'half-built';

/** A program that cannot take part, with the reason in words and what to do. */
export interface MissingPart {
  readonly found: false;
  readonly name: string;
  readonly version: string;
  readonly reason: MissingReason;
  readonly message: string;
  readonly remedy: string;
}

/** Where a program is, or why it is not there. Builds nothing and changes nothing. */
export function realPart(name: PartName): FoundPart | MissingPart {
  return lookUp(name, table[name], cacheFolder(), thisMachine());
}

/** {@link realPart} for any line of a table, folder and machine. */
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
      : { ...missing, reason: 'half-built', message: 'its folder in the cache is not whole', remedy };
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

/** What stands in the way of this program on a machine; undefined when nothing does. */
export function obstacleOf(name: string, part: Part, machine: Machine): Obstacle | undefined {
  const { source } = part;
  if (source.from === 'debian') {
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
