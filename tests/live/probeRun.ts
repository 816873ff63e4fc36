import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answersIn, type ProbeAnswers, probeScript } from '../../src/operations/verify/probe/probeScript.ts';

const run = promisify(execFile);

/** A server that says nothing. It ends with its scope. */
export interface Listener extends Disposable {
  readonly port: number;
  readonly close: () => void;
}

/** Listens on the loopback address. */
export function listener(onConnect: (server: Server) => void = () => undefined): Promise<Listener> {
  return new Promise((resolve) => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      onConnect(server);
    });
    const close = (): void => void server.close();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close, [Symbol.dispose]: close });
    });
  });
}

/** Runs the script of a probe on this machine, as kubelet would run it in a pod. */
export async function runProbeScript(
  [program, ...words]: readonly [string, ...string[]],
  targets: readonly string[],
  { names = [], path = process.env['PATH'] ?? '' }: { names?: readonly string[]; path?: string } = {},
): Promise<ProbeAnswers | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-probe-'));
  try {
    const message = join(directory, 'message');
    const parameters = [probeScript, 'probe', directory, message, '0', names.join(' '), ...targets];
    await run(program, [...words, '-c', ...parameters], { env: { PATH: path } });
    return answersIn(readFileSync(message, 'utf8'), targets.length, names.length);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
