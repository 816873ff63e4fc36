import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Environment } from '../../system/environment.ts';

/** Keeps Vim and Neovim from writing what is edited anywhere else: swap file, backups, undo file, registers. */
const discreet = '-n -i NONE --cmd "set nobackup nowritebackup noundofile"';

/** Variables that hold a private key, and are none of the editor's business. */
const withheld = ['SOPS_AGE_KEY', 'SOPS_AGE_KEY_CMD'];

/** The editor as the person's environment names it, and as POSIX would have it: `$VISUAL`, `$EDITOR`, `vi`. */
export function editorCommand({ env }: Pick<Environment, 'env'>): string {
  const command = env['VISUAL'] || env['EDITOR'] || 'vi';
  return ['vim', 'nvim'].includes(basename(command)) ? `${command} ${discreet}` : command;
}

/**
 * Opens a file in the person's editor and waits until it ends. The command may have arguments of its own.
 *
 * @param stop - ends the editor as well
 */
export function runEditor(
  file: string,
  environment: Environment,
  stop: AbortSignal,
): Promise<Outcome<undefined>> {
  const command = editorCommand(environment);
  const env = Object.fromEntries(
    Object.entries(environment.env).filter(([name]) => !withheld.includes(name)),
  );
  return new Promise((resolve) => {
    // The shell makes room for the editor, so that what ends the child ends the editor. A compound command cannot.
    const takesOver = /[;&|<>()`$=\n]/.test(command) ? '' : 'exec ';
    const child = spawn('/bin/sh', ['-c', `${takesOver}${command} "$@"`, command, file], {
      env,
      stdio: 'inherit',
      signal: stop,
    });
    const refuse = (how: string): void => resolve(err(editorFailed(command, how)));
    child.once('error', () => refuse('could not be started'));
    child.once('close', (code, signal) =>
      code === 0 ? resolve(ok(undefined)) : refuse(signal ? `was ended by ${signal}` : `ended with ${code}`),
    );
  });
}

function editorFailed(command: string, how: string) {
  return {
    code: 'editor-failed' as const,
    message: `the editor "${command}" ${how}; nothing was saved`,
    expected: 'an editor that ends with 0 when the file is saved',
    remedy: 'set VISUAL or EDITOR, for editors with a window with the option that makes them wait',
  };
}
