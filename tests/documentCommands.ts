// Crosses the documents and bash: the commands that documents name, as a shell would call them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellOf } from './compiledDocuments.ts';

/** A program with its arguments. */
export type Command = readonly string[];

/** The programs that an inline command may begin with. */
const programs =
  /^(?:gatehouse|kubectl|flux|talosctl|cloudflared|helm|sops|age|restic|git|timeout|dig|sudo|mc) /;

/** The shell of a document: its blocks, and the commands in its sentences. */
export function scriptsOf(document: string): string[] {
  const sentences = document.replace(/^( *)```[\s\S]*?\n\1```$/gm, '');
  // A table escapes its own separator.
  const inline = [...sentences.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text.replaceAll('\\|', '|'));
  return [...shellOf(document), ...inline.filter((text) => programs.test(text) && !text.includes('…'))];
}

/**
 * What bash would call for a script. No program runs: there is none in the path, each call is noted, and prints a word,
 * so that a loop over the output has one turn; `grep` finds nothing, so that a loop until it does not find ends.
 */
export function commandsOf(script: string): Command[] {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-commands-'));
  const record = join(directory, 'record');
  try {
    mkdirSync(record);
    // The ends of a pipe run at the same time, so each call has a file of its own, named by its time.
    const note = `command_not_found_handle() { printf '%s\\0' "$@" > "$RECORD/$EPOCHREALTIME-$BASHPID"; printf 'alpha\\n'; [ "$1" != grep ]; }`;
    const { error } = spawnSync('/bin/bash', ['-c', `${note}\n${script}\nwait`], {
      cwd: directory,
      env: { PATH: '/nonexistent', HOME: directory, RECORD: record, LC_ALL: 'C' },
      timeout: 100_000,
      killSignal: 'SIGKILL',
      input: '',
    });
    if (error !== undefined) throw new Error(`bash does not end: ${script}`);
    const calls = readdirSync(record).sort();
    return calls.map((file) => readFileSync(join(record, file), 'utf8').split('\0').slice(0, -1));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Every call of a program in documents, each once. */
export function callsOf(program: string, documents: Iterable<string>): Command[] {
  const calls = new Map<string, Command>();
  for (const document of documents)
    for (const script of scriptsOf(document))
      if (script.includes(program))
        for (const command of commandsOf(script))
          if (command[0] === program) calls.set(command.join(' '), command);
  return [...calls.values()];
}
