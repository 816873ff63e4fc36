import { isAbsolute, join } from 'node:path';
import type { CommandContext } from '@stricli/core';
import { type CheckResult, worstOf } from '../live/check.ts';
import { codes } from '../problems/codes.ts';
import type { Problem } from '../problems/problem.ts';
import { type Style, styleFor } from '../report/style.ts';
import type { Environment } from '../system/environment.ts';
import { shellWord } from '../system/shellWord.ts';

/** A stream to write to, and whether it is a terminal. */
export interface Output {
  write(text: string): void;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** The context of every command. Commands read nothing from the process directly. */
export interface GatehouseContext extends CommandContext {
  process: { stdout: Output; stderr: Output; exitCode?: number };
  cwd: string;
  environment: Environment;
  /** How a user starts this program; `gatehouse` by default. */
  program?: string;
  /** The directory that the command works on, as the user named it; undefined for the current one. */
  named?: string | undefined;
  /** Standard input, for prompts and pipes; undefined where there is none. */
  input?: NodeJS.ReadableStream & { isTTY?: boolean };
}

/** Exit codes: ok and clean; found something; invalid usage or input; environment error; something is unknown. */
export const exit = { ok: 0, found: 1, invalid: 2, environment: 3, unknown: 4 } as const;
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
    brief: 'Work on this directory instead of the current one',
    placeholder: 'DIR',
  },
  json: { kind: 'boolean', optional: true, brief: 'Print one JSON document on standard output' },
  quiet: { kind: 'boolean', optional: true, brief: 'Print problems only' },
} as const;

export const commonAliases = { C: 'directory', q: 'quiet' } as const;

export function outStyle(context: GatehouseContext): Style {
  return styleOf(context, context.process.stdout);
}

export function errorStyle(context: GatehouseContext): Style {
  return styleOf(context, context.process.stderr);
}

function styleOf({ environment, program, named }: GatehouseContext, stream: Output): Style {
  const columns = stream.isTTY === true ? stream.columns : undefined;
  return styleFor(wantsColours(stream, environment.env), { columns, program: onDirectory(program, named) });
}

function onDirectory(program: string | undefined, named: string | undefined): string | undefined {
  return named === undefined ? program : `${program ?? 'gatehouse'} -C ${shellWord(named)}`;
}

/**
 * The context of a command whose argument names the directory: the commands that it prints name it as well, with `-C`,
 * which every command takes.
 */
export function workingOn(context: GatehouseContext, argument: string | undefined): GatehouseContext {
  if (argument === undefined) return context;
  const { named = '.' } = context;
  return { ...context, named: isAbsolute(argument) ? argument : join(named, argument) };
}

function wantsColours(stream: Output, env: Environment['env']): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** The exit code for problems: invalid input first, then environment errors, findings and unknowns. */
export function exitFor(problems: readonly Problem[]): Exit {
  const found = new Set(problems.map(({ code }) => codes[code].exit));
  return (
    ([exit.invalid, exit.environment, exit.found, exit.unknown] as const).find((code) => found.has(code)) ??
    exit.ok
  );
}

const exitOfVerdict = { kept: exit.ok, broken: exit.found, 'not checked': exit.unknown } as const;

/** The exit code for results of checks: what is broken counts before what was not checked. */
export function exitForResults(results: readonly Pick<CheckResult, 'verdict'>[]): Exit {
  return exitOfVerdict[worstOf(results.map(({ verdict }) => verdict))];
}

/** What a program ends with that was interrupted: 128 and the number of SIGINT. */
export const interrupted = 130;
