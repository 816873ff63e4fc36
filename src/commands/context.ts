import type { CommandContext } from '@stricli/core';
import { codes } from '../problems/codes.ts';
import type { Problem } from '../problems/problem.ts';
import { type Style, styleFor } from '../report/style.ts';
import type { Environment } from '../system/environment.ts';

/** A stream to write to, and whether a person is looking at it. */
export interface Output {
  write(text: string): void;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** What every command is given: nothing is taken from the process behind its back. */
export interface GatehouseContext extends CommandContext {
  process: { stdout: Output; stderr: Output; exitCode?: number };
  cwd: string;
  environment: Environment;
  /** Asks a person on the terminal; undefined where nobody can answer. */
  input?: NodeJS.ReadableStream & { isTTY?: boolean };
}

/** Exit codes: done and clean; found something; wrong usage or input; the surroundings failed; something is unknown. */
export const exit = { done: 0, found: 1, invalid: 2, surroundings: 3, unknown: 4 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** The flags that every command has. */
export interface CommonFlags {
  directory?: string;
  json?: boolean;
  quiet?: boolean;
}

export const commonFlags = {
  directory: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Work on this folder instead of the current one',
    placeholder: 'DIR',
  },
  json: { kind: 'boolean', optional: true, brief: 'One JSON document on standard output, and nothing else' },
  quiet: { kind: 'boolean', optional: true, brief: 'Say only what is wrong' },
} as const;

export const commonAliases = { C: 'directory', q: 'quiet' } as const;

export function outStyle({ process, environment }: GatehouseContext): Style {
  return styleFor(wantsColours(process.stdout, environment.env));
}

export function errorStyle({ process, environment }: GatehouseContext): Style {
  return styleFor(wantsColours(process.stderr, environment.env));
}

function wantsColours(stream: Output, env: Environment['env']): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** The exit code for problems: wrong input counts before failing surroundings, and those before what is unknown. */
export function exitFor(problems: readonly Problem[]): Exit {
  const found = new Set(problems.map(({ code }) => codes[code].exit));
  return (
    ([exit.invalid, exit.surroundings, exit.found, exit.unknown] as const).find((code) => found.has(code)) ??
    exit.done
  );
}
