import { describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';

/** The output and exit code of the program in a directory without configuration. */
async function ran(...inputs: string[]): Promise<{ code: number; out: string; error: string }> {
  let out = '';
  let error = '';
  const code = await runProgram(inputs, {
    process: {
      stdout: {
        write: (text) => {
          out += text;
        },
      },
      stderr: {
        write: (text) => {
          error += text;
        },
      },
    },
    cwd: '/',
    environment: { env: {}, home: '/', platform: 'linux', now: () => new Date(0) },
  });
  return { code, out, error };
}

describe('a common flag before the name of the command', () => {
  it.each([
    [['--json', 'explain', 'immich.host']],
    [['-q', '--json', 'explain', 'immich.host']],
    [['-C', '/', '--json', 'explain', 'immich.host']],
    [['--directory=/', '--json', 'explain', 'immich.host']],
  ])('%j is as behind it', async (inputs) => {
    const behind = await ran('explain', 'immich.host', '--json');
    expect(behind.code).toBe(0);
    expect(await ran(...inputs)).toEqual(behind);
  });

  it('is for commands of a group too', async () => {
    const behind = await ran('secrets', 'view', '-C', '/nowhere', '--json');
    expect(behind.code).not.toBe(0);
    expect(await ran('-C', '/nowhere', '--json', 'secrets', 'view')).toEqual(behind);
  });

  it.each([[['--json']], [['-C']], [['-C', '/']], [['--base', 'check']]])(
    '%j alone is no command',
    async (inputs) => {
      expect((await ran(...inputs)).code).toBe(2);
    },
  );
});
