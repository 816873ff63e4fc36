import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import { startEnvironment, type TestEnvironment } from './environment.ts';
import { get } from './exchange.ts';
import { sign, userClaims } from './issuer.ts';

/** The size of the cache of verified tokens: `js_shared_dict_zone zone=gatehouse_verdicts:4m`. */
const cacheKiB = 4 * 1024;

realSuite('what many tokens cost', ['nginx'], ({ nginx }) => {
  test('grows by no more than the cache for 10,000 tokens, and the cache keeps its limit', async () => {
    await using world = await startEnvironment(nginx, { workers: 1 });
    // From now on there are contexts for 16 concurrent requests; the zone fills page by page.
    await ask(world, 0, 500);
    const before = residentKiB(world);
    await ask(world, 500, 10_000);
    const growth = residentKiB(world) - before;
    process.stdout.write(
      `memory of the worker: ${before} KiB after 500 tokens, ${growth} KiB more after 10,000\n`,
    );
    expect(growth).toBeLessThan(cacheKiB + 1024);
  }, 300_000);
});

/** Sends different tokens, 16 at a time. */
async function ask({ proxy, issuer, key }: TestEnvironment, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 16) {
    const numbers = Array.from({ length: Math.min(16, to - at) }, (_, index) => at + index);
    const answers = await Promise.all(
      numbers.map(async (jti) => get(proxy.port, await sign(userClaims(issuer, { jti }), key))),
    );
    expect(answers.map(({ status }) => status)).toEqual(numbers.map(() => 200));
  }
}

/** Memory of the one worker. */
function residentKiB({ proxy }: TestEnvironment): number {
  const { pid } = proxy.program.process;
  const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]);
}
