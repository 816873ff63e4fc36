// Crosses commands and report: what is wider than the terminal ends between words.
import { expect, it } from 'vitest';
import { runProgram } from '../src/program.ts';
import { home } from './home.ts';

it.each([['secrets', 'view'], ['status'], ['explain', 'immich.library'], ['scan']])(
  '%s %s breaks no word that fits, at 40, 60 and 80 columns',
  async (...args) => {
    const { path: cwd, environment } = home();
    for (const columns of [40, 60, 80]) {
      let text = '';
      const stream = {
        isTTY: true,
        columns,
        write: (part: string) => {
          text += part;
        },
      };
      const env = { ...environment.env, NO_COLOR: '1' };
      await runProgram(args.filter(Boolean), {
        process: { stdout: stream, stderr: stream },
        cwd,
        environment: { ...environment, env },
      });
      const lines = text.replace(/\r\u001b\[2K[^\n\r]*/g, '').split('\n');
      expect(lines.length).toBeGreaterThan(1);
      const wide = lines.filter(
        (line) => line.length > columns && /\S +\S/.test(line) && !line.includes('gatehouse '),
      );
      expect(wide).toEqual([]);
    }
  },
);
