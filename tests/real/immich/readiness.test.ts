// Crosses components and kubernetes: the readiness probe of Immich under each shell that an image brings as `sh`.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { administratorProbe } from '../../../src/components/immich/administratorProbe.ts';
import { realSuite } from '../fixtures/suite.ts';
import { shells } from '../nas-guard/container.ts';
import { findProgram } from '../nas-guard/programs.ts';

const config = (more: string) => `{"oauthButtonText":"Login","isInitialized":${more},"isOnboarded":false}`;

realSuite('the readiness probe of Immich', ['busybox'], () => {
  describe.each(shells)('with %s', (shell) => {
    const path = findProgram(shell);
    const run = (address: string) =>
      new Promise<{ code: number | null; output: string }>((resolve) => {
        const words = shell === 'busybox' ? ['sh', '-c'] : ['-c'];
        // Both streams are one pipe: of two, either may be read first.
        const child = spawn('sh', [
          ...['-c', 'exec "$@" 2>&1', 'sh'],
          ...[path ?? shell, ...words, administratorProbe(address)],
        ]);
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (part: string) => {
          output += part;
        });
        child.on('close', (code) => resolve({ code, output }));
      });

    test.concurrent.for<[string, string]>([
      ['an administrator', config('true')],
      ['an administrator, and a line break', `${config('true')}\n`],
    ])('is silent with %s', async ([, body], { expect }) => {
      await using immich = await answering(() => ({ status: 200, body }));
      expect(await run(immich.address)).toEqual({ code: 0, output: '' });
    });

    test.concurrent.for<[string, number, string, string]>([
      ['without an administrator', 200, config('false'), 'there is no administrator yet'],
      ['with another answer', 200, '{"statusCode":200}', 'the answer does not say'],
      ['with a word of the user in it', 200, '{"oauthButtonText":"isInitialized:true"}', 'does not say'],
      ['while Immich starts', 502, config('true'), 'Immich does not answer'],
      ['with an empty answer', 200, '', 'Immich does not answer'],
    ])('says why it fails %s', async ([, status, body, words], { expect }) => {
      await using immich = await answering(() => ({ status, body }));
      const { code, output } = await run(immich.address);
      expect(code).toBe(1);
      expect(output).toMatch(/^not ready: .*\n$/m);
      expect(output).toContain(words);
    });

    test.concurrent('says so where nothing listens, with the reason of curl', async ({ expect }) => {
      const gone = await answering(() => ({ status: 200, body: '' }));
      await gone[Symbol.asyncDispose]();
      const { code, output } = await run(gone.address);
      expect(code).toBe(1);
      expect(output).toMatch(/curl: \(7\)[\s\S]*not ready: Immich does not answer\n$/);
    });

    test.concurrent('ends by itself where Immich hangs', async ({ expect }) => {
      await using immich = await answering(async () => {
        await wait(30_000, undefined, { ref: false });
        return { status: 200, body: '' };
      });
      const { code, output } = await run(immich.address);
      expect(code).toBe(1);
      expect(output).toMatch(/curl: \(28\)[\s\S]*not ready: Immich does not answer\n$/);
    });
  });
});

type Answer = { status: number; body: string };

async function answering(answer: () => Answer | Promise<Answer>) {
  const server = createServer(async (_, response) => {
    const { status, body } = await answer();
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
