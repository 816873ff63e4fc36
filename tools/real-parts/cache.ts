import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { debianRecipe } from './debian.ts';
import { debianRootRecipe } from './debianRoot.ts';
import { goRecipe } from './go.ts';
import type { Machine } from './machine.ts';
import { mavenRecipe } from './maven.ts';
import { npmRecipe } from './npm.ts';
import type { GoSource, Part } from './part.ts';
import { pypiRecipe } from './pypi.ts';

/** Where the pins of Go programs stand: `<pins>/go.mod` and `<pins>/go.sum`. */
export const pinsDirectory: string = join(import.meta.dirname, 'modules');

/**
 * The directory outside the tree that holds the built programs: `$GATEHOUSE_REAL_PARTS`, or
 * `gatehouse/real-parts` below `$XDG_CACHE_HOME` or `~/.cache`.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['GATEHOUSE_REAL_PARTS'];
  if (chosen) return chosen;
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gatehouse', 'real-parts');
}

const recipes = {
  go: goRecipe,
  debian: debianRecipe,
  'debian-root': debianRootRecipe,
  pypi: pypiRecipe,
  npm: npmRecipe,
  maven: mavenRecipe,
} as const;

/**
 * The name of a program's directory in the cache. It changes with everything that may change the program: its line
 * of the table, the pins of its dependencies, a main package of ours, the recipe, the machine and, for a Go program, Go's version.
 */
export function partKey(name: string, part: Part, machine: Machine, modules: string = pinsDirectory): string {
  const { source } = part;
  const ingredients = {
    part,
    os: machine.os,
    arch: machine.arch,
    recipe: recipes[source.from],
    ...(source.from === 'go' && {
      go: machine.go,
      pins: readPins(source.pins, modules),
      ...ownMain(source, modules),
    }),
  };
  const hash = createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 16);
  return `${name}-${part.version}-${hash}`;
}

/** The texts of a main package of ours, which change the program as much as the pins do. */
function ownMain(
  { pins, package: main }: GoSource,
  modules: string,
): { readonly main: Record<string, string> } | undefined {
  if (!main.startsWith('./')) return undefined;
  const directory = join(modules, pins, main);
  const files = readdirSync(directory).sort();
  return {
    main: Object.fromEntries(files.map((file) => [file, readFileSync(join(directory, file), 'utf8')])),
  };
}

/** The texts of `go.mod` and `go.sum`; undefined when the program was never pinned. */
export function readPins(
  pins: string,
  modules: string = pinsDirectory,
): { readonly mod: string; readonly sum: string } | undefined {
  try {
    return {
      mod: readFileSync(join(modules, pins, 'go.mod'), 'utf8'),
      sum: readFileSync(join(modules, pins, 'go.sum'), 'utf8'),
    };
  } catch {
    return undefined;
  }
}

const receiptShape = z.strictObject({
  name: z.string(),
  /** The version that took part, with its `v` gone: for Debian the package's own. */
  version: z.string(),
  seconds: z.number(),
  /** Below the directory: the program to run. */
  program: z.string(),
  files: z.record(z.string(), z.string()),
  /** Every file that must be there, by its place below the directory. */
  contents: z.record(z.string(), z.strictObject({ bytes: z.number(), sha256: z.string() })),
});

/** What a finished build leaves beside the program. It is written last: no receipt, no program. */
export type Receipt = z.infer<typeof receiptShape>;

/** The receipt's file name. */
export const receiptName = 'receipt.json';

/**
 * The receipt of a finished program; `absent` when its directory is not there, `half-built` when the directory is there
 * without a receipt or with files other than the receipt says (by size: reading 200 MiB takes too long here).
 */
export function readReceipt(directory: string): Receipt | 'absent' | 'half-built' {
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return 'absent';
  try {
    const receipt = receiptShape.parse(JSON.parse(readFileSync(join(directory, receiptName), 'utf8')));
    const whole = Object.entries(receipt.contents).every(
      ([path, { bytes }]) => statSync(join(directory, path)).size === bytes,
    );
    return whole ? receipt : 'half-built';
  } catch {
    return 'half-built';
  }
}
