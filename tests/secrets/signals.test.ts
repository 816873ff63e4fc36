// Crosses commands, operations and private-values.
import { existsSync, readFileSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { home } from '../home.ts';
import { bundledProgram, child, gatehouse } from '../program.ts';

const host = 'photos.example.org';
let program: string;
beforeAll(async () => {
  program = await bundledProgram();
});

/** Waits until a file of an editor is complete. */
function written(directory: string, name: string): Promise<string> {
  const file = join(directory, name);
  return new Promise((resolve) => {
    const look = (): void => {
      if (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n')) return;
      watcher.close();
      resolve(readFileSync(file, 'utf8').trim());
    };
    const watcher = watch(directory, look);
    look();
  });
}

/** Starts `secrets edit` with an editor that copies the draft, writes its process to `pid`, and waits. */
async function editing(signal: NodeJS.Signals) {
  const directory = home();
  const editor = join(directory.path, 'editor.sh');
  directory.write(
    'editor.sh',
    `cp "$1" "$1.swp"\necho $$ > ${directory.path}/pid\necho "$1" > ${directory.path}/seen\nexec sleep 60\n`,
  );
  let stop = (): void => {};
  const ended = child(program, ['secrets', 'edit'], {
    cwd: directory.path,
    environment: {
      ...directory.environment,
      env: { ...directory.environment.env, EDITOR: `/bin/sh ${editor}` },
    },
    started: (running) => {
      stop = () => running.kill(signal);
    },
  });
  return { directory, draft: await written(directory.path, 'seen'), stop: () => stop(), ended };
}

describe('an interrupted secrets edit', () => {
  const caught = [
    ...(['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGABRT', 'SIGALRM', 'SIGUSR1', 'SIGUSR2'] as const),
    ...(['SIGVTALRM', 'SIGXCPU', 'SIGXFSZ', 'SIGIO', 'SIGTRAP', 'SIGSYS'] as const),
  ];
  it.each(caught)('leaves no plain text after %s', async (signal) => {
    const { directory, draft, stop, ended } = await editing(signal);
    expect(readFileSync(draft, 'utf8')).toContain(host);
    stop();
    // The pipes close when the editor has ended too.
    const { code, stdout, stderr } = await ended;
    expect(code).toBeNull();
    expect(existsSync(dirname(draft))).toBe(false);
    expect(stdout + stderr).not.toContain(host);
    expect(existsSync(join(directory.path, 'cluster.private.sops.yaml'))).toBe(false);
  });

  it('that was killed is wiped by the next one, and one that still runs is not', async () => {
    const { directory, draft, stop, ended } = await editing('SIGKILL');
    const closing = {
      ...directory.environment,
      env: { ...directory.environment.env, PATH: process.env['PATH'] ?? '', EDITOR: 'true' },
    };
    const edit = () => gatehouse({ path: directory.path, environment: closing }, 'secrets', 'edit');
    expect((await edit()).code).toBe(0);
    expect(existsSync(draft)).toBe(true);
    stop();
    process.kill(Number(readFileSync(join(directory.path, 'pid'), 'utf8')));
    await ended;
    expect(existsSync(`${draft}.swp`)).toBe(true);
    expect((await edit()).code).toBe(0);
    expect(existsSync(dirname(draft))).toBe(false);
  });
});
