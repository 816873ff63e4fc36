import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Environment } from '../../system/environment.ts';

/** Prevents Vim and Neovim from writing the text to other files: swap file, backups, undo file, registers. */
const discreet = '-n -i NONE --cmd "set nobackup nowritebackup noundofile"';

/** Variables with a private key, which the editor does not need. */
const withheld = ['SOPS_AGE_KEY', 'SOPS_AGE_KEY_CMD'];

/** The editor of the user: `$VISUAL`, `$EDITOR` or `vi`, as POSIX specifies. */
export function editorCommand({ env }: Pick<Environment, 'env'>): string {
  const command = env['VISUAL'] || env['EDITOR'] || 'vi';
  return ['vim', 'nvim'].includes(basename(command)) ? `${command} ${discreet}` : command;
}

/**
 * Opens a file in the editor of the user and waits until it ends. The command may contain arguments.
 *
 * @param stop - aborting it ends the editor
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
    // "exec" replaces the shell by the editor, so that signals reach the editor. Compound commands do not allow it.
    const takesOver = /[;&|<>()`$=\n]/.test(command) ? '' : 'exec ';
    const child = spawn('/bin/sh', ['-c', `${takesOver}${command} "$@"`, command, file], {
      env,
      stdio: 'inherit',
      signal: stop,
    });
    const refuse = (how: string): void => resolve(err(editorFailed(command, how)));
    child.once('error', () => refuse('could not be started'));
    child.once('close', (code, signal) =>
      code === 0
        ? resolve(ok(undefined))
        : refuse(signal ? `was ended by ${signal}` : `exited with code ${code}`),
    );
  });
}

function editorFailed(command: string, how: string) {
  return {
    code: 'editor-failed' as const,
    message: `the editor "${command}" ${how}; nothing was saved`,
    expected: 'an editor that exits with code 0 when the file is saved',
    remedy: 'set VISUAL or EDITOR; editors with a window need their option to wait, such as "code --wait"',
  };
}
