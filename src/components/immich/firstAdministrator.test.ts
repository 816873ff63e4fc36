import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createListener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { firstAdministratorProgram, type Patience, patience } from './firstAdministrator.ts';

/** What Immich answers: to the question for its configuration, and to the sign-up. */
interface Answers {
  config: () => { status: number; body: string } | 'nothing';
  signUp?: () => number;
}

const initialized = (value: unknown) => () => ({
  status: 200,
  body: JSON.stringify({ isInitialized: value }),
});
const without = initialized(false);

describe('the program of the setup Job', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-setup-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  // Patient enough for a loaded machine, where the test is not about time.
  const run = (port: number, changed: Partial<Patience> = {}, speaks: () => void = () => undefined) =>
    new Promise<{ code: number | null; lines: string[]; milliseconds: number }>((resolve) => {
      const text = firstAdministratorProgram({ total: 60, pause: 0.05, answer: 30, ...changed });
      writeFileSync(join(directory, 'program.mjs'), text);
      const begun = performance.now();
      const child = spawn(process.execPath, [join(directory, 'program.mjs')], {
        env: { IMMICH_URL: `http://127.0.0.1:${port}`, OWNER_EMAIL: 'owner@example.org' },
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        output += part;
        speaks();
      });
      child.on('close', (code) => {
        const milliseconds = performance.now() - begun;
        resolve({ code, lines: output.split('\n').filter(Boolean), milliseconds });
      });
    });

  it('makes the first account, once', async () => {
    const immich = await server({ config: without, signUp: () => 201 });
    expect(await run(immich.port)).toMatchObject({ code: 0, lines: ['IMMICH_SETUP: administrator created'] });
    expect(immich.accounts).toEqual([
      { email: 'owner@example.org', name: 'Owner', password: expect.stringMatching(/^[\w-]{64}$/) },
    ]);
  });

  it('leaves alone an Immich that has an administrator', async () => {
    const immich = await server({ config: initialized(true) });
    expect(await run(immich.port)).toMatchObject({
      code: 0,
      lines: ['IMMICH_SETUP: already has an administrator'],
    });
    expect(immich.accounts).toEqual([]);
  });

  it('says at once that the account is refused', async () => {
    const immich = await server({ config: without, signUp: () => 400 });
    const ran = await run(immich.port);
    expect(ran).toMatchObject({ code: 1, lines: ['IMMICH_SETUP: refused with status 400'] });
  });

  it('asks again in the same run until Immich is there, and prints each reason once', async () => {
    const port = await freePort();
    let running: ReturnType<typeof run> | undefined;
    await new Promise<void>((resolve) => {
      running = run(port, {}, resolve);
    });
    await server({ config: without, signUp: () => 201 }, port);
    expect(await running).toMatchObject({
      code: 0,
      lines: [
        'IMMICH_SETUP: Immich does not answer yet: ECONNREFUSED',
        'IMMICH_SETUP: administrator created',
      ],
    });
  });

  it.each<[string, Answers['config'], RegExp]>([
    ['an error', () => ({ status: 503, body: '' }), /status 503$/],
    ['no JSON', () => ({ status: 200, body: '<html>' }), /JSON/],
    ['JSON of something else', () => ({ status: 200, body: '{}' }), /not the configuration of a server$/],
    ['a word for the truth', initialized('no'), /not the configuration of a server$/],
    ['nothing', () => 'nothing', /timeout/],
  ])('asks again after %s', async (_, first, reason) => {
    let asked = 0;
    const immich = await server({
      config: () => {
        asked += 1;
        return asked === 1 ? first() : without();
      },
      signUp: () => 201,
    });
    const { code, lines } = await run(immich.port, { answer: 2 });
    expect(lines).toEqual([expect.stringMatching(reason), 'IMMICH_SETUP: administrator created']);
    expect(code).toBe(0);
    expect(immich.accounts).toHaveLength(1);
  });

  it('asks again when the sign-up fails for a moment', async () => {
    const statuses = [500, 502, 201];
    const immich = await server({ config: without, signUp: () => statuses.shift() ?? 400 });
    const { code, lines } = await run(immich.port);
    expect(lines.at(-1)).toBe('IMMICH_SETUP: administrator created');
    expect(code).toBe(0);
  });

  it('gives up in the end, and says so', async () => {
    const { code, lines, milliseconds } = await run(await freePort(), { total: 1.5 });
    expect(code).toBe(1);
    expect(lines).toEqual([
      'IMMICH_SETUP: Immich does not answer yet: ECONNREFUSED',
      'IMMICH_SETUP: Immich has not answered for 1.5 seconds',
    ]);
    expect(milliseconds).toBeGreaterThan(1500);
  });

  it('has nothing that Flux would substitute', () => {
    expect(firstAdministratorProgram(patience)).not.toMatch(/\$\{|\$\$/);
  });

  it('runs so long that kubelet forgets its back-off, and asks often', () => {
    expect(patience.total).toBeGreaterThan(600);
    expect(patience.pause).toBeLessThan(10);
  });
});

async function server({ config, signUp }: Answers, port = 0) {
  const accounts: unknown[] = [];
  const listening: Server = createServer((request, response) => {
    if (request.url === '/api/server/config') {
      const answer = config();
      if (answer !== 'nothing') response.writeHead(answer.status).end(answer.body);
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const status = signUp?.() ?? 404;
      if (status === 201) accounts.push(JSON.parse(body));
      response.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return { port: (listening.address() as AddressInfo).port, accounts };
}

async function freePort(): Promise<number> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
