import { run } from '@stricli/core';
import { application } from './application.ts';
import { commonAliases, commonFlags, exit, type GatehouseContext } from './commands/context.ts';
import type { Problem } from './problems/problem.ts';
import { safeStreams } from './report/workflowCommands.ts';

/**
 * Runs one command. The flags that every command has may be before its name. With `--json`, standard output always gets one document: wrong flags and unexpected errors, which
 * the command cannot report itself, become a document of problems.
 *
 * @returns the exit code
 */
export async function runProgram(given: readonly string[], context: GatehouseContext): Promise<number> {
  const inputs = commandFirst(given);
  const { stdout, stderr } = safeStreams(context.process, context.environment.env);
  const json = inputs.includes('--json');
  let said = '';
  let answered = false;
  const streams: GatehouseContext['process'] = {
    stdout: {
      isTTY: stdout.isTTY,
      columns: stdout.columns,
      write(text) {
        answered = true;
        stdout.write(text);
      },
    },
    stderr: json
      ? {
          write(text) {
            said += text;
          },
        }
      : stderr,
  };
  await run(application, inputs, { ...context, process: streams, named: directoryOf(inputs) });
  const code = streams.exitCode ?? exit.ok;
  // Stricli uses negative codes for its own errors, such as an unknown flag or command.
  const exitCode = code < 0 ? exit.invalid : code;
  if (said !== '' && answered) stderr.write(said);
  else if (said !== '') stdout.write(asDocument(said.trim(), exitCode));
  return exitCode;
}

/** The directory that `-C` names. */
function directoryOf(inputs: readonly string[]): string | undefined {
  const at = inputs.findLastIndex(takesValue);
  const joined = inputs.findLast((input) => input.startsWith('--directory='));
  return at === -1 ? joined?.slice('--directory='.length) : inputs[at + 1];
}

const commonSwitches = new Set(Object.keys(commonFlags).map((name) => `--${name}`));

/** The inputs with the common flags behind the name of the command, where Stricli expects them. */
function commandFirst(inputs: readonly string[]): readonly string[] {
  let start = 0;
  for (let flag = inputs[start]; flag !== undefined && isCommonFlag(flag); flag = inputs[start])
    start += takesValue(flag) ? 2 : 1;
  const command = inputs.slice(start);
  if (command.length === 0) return inputs;
  return [...command, ...inputs.slice(0, start)];
}

function isCommonFlag(input: string): boolean {
  return (
    commonSwitches.has(input) ||
    input.startsWith('--directory=') ||
    (input.startsWith('-') && Object.hasOwn(commonAliases, input.slice(1)))
  );
}

function takesValue(flag: string): boolean {
  return flag === '-C' || flag === '--directory';
}

function asDocument(message: string, exitCode: number): string {
  const code = exitCode === exit.invalid ? 'wrong-usage' : 'unforeseen';
  const problems: Problem[] = [{ code, message }];
  return `${JSON.stringify({ schemaVersion: 1, ok: false, problems }, null, 2)}\n`;
}
