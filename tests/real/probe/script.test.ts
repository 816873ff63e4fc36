// Crosses operations and the shell that small images have: the script of a probe under busybox, without bash.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listener, runProbeScript } from '../../live/probeRun.ts';
import { realSuite } from '../fixtures/suite.ts';

realSuite('the script of a probe with busybox', ['busybox-root'], ({ 'busybox-root': { path: program } }) => {
  const path = join(program, '..');
  const shell = [join(path, 'sh')] as const;

  test('connects with nc', async () => {
    using open = await listener();
    const closed = await listener();
    closed.close();
    const targets = [open, closed, open].map(({ port }) => `127.0.0.1/${port}`);
    expect((await runProbeScript(shell, targets, { path }))?.letters.join('')).toBe('oro');
  });

  test('asks the name server with nslookup, and takes no failure for a name that does not exist', async () => {
    const names = ['nowhere.invalid'];
    const answers = await runProbeScript(shell, [], { names, path });
    // Without a name server it could not be looked up.
    expect([[], undefined]).toContainEqual(answers?.names[0]);
  });
});
