import { describe, expect, it } from 'vitest';
import type { Check } from './check.ts';
import { LiveError } from './cluster.ts';
import { runChecks } from './runChecks.ts';

const now = () => new Date('2026-11-30T12:00:00Z');
const check = (id: string, ask: Check['ask']): Check => ({
  id,
  promise: `${id} holds`,
  remedy: 'Repair it',
  ask,
});

describe('runChecks', () => {
  it('answers in the order of the checks, with time and remedy', async () => {
    const slow = check('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { verdict: 'kept', evidence: ['it is there'] };
    });
    const broken = check('broken', async () => ({
      verdict: 'broken',
      evidence: ['it is gone'],
      remedy: 'Look',
    }));
    const seen: string[] = [];
    const results = await runChecks(
      [slow, broken],
      { cluster: undefined, now },
      { onResult: ({ id }) => seen.push(id) },
    );
    expect(results).toEqual([
      {
        ...{ id: 'slow', promise: 'slow holds', verdict: 'kept', evidence: ['it is there'] },
        ...{ remedy: 'Repair it', at: '2026-11-30T12:00:00.000Z' },
      },
      expect.objectContaining({ id: 'broken', verdict: 'broken', remedy: 'Look' }),
    ]);
    expect(seen).toEqual(['broken', 'slow']);
  });

  it.each(['unreachable', 'unauthorized', 'forbidden', 'overloaded', 'refused'] as const)(
    'is not checked where the server is %s',
    async (failure) => {
      const failing = check('failing', () => Promise.reject(new LiveError(failure, 'GET /api: no')));
      const [result] = await runChecks([failing], { cluster: undefined, now });
      expect(result).toMatchObject({ verdict: 'not checked', evidence: ['GET /api: no'] });
    },
  );

  it('throws a mistake of its own', async () => {
    const failing = check('failing', () => Promise.reject(new TypeError('oh')));
    await expect(runChecks([failing], { cluster: undefined, now })).rejects.toThrow('oh');
  });

  it('asks no more at the same time than it may', async () => {
    let open = 0;
    let most = 0;
    const all = Array.from({ length: 10 }, (_, index) =>
      check(`${index}`, async () => {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return { verdict: 'kept', evidence: [] };
      }),
    );
    expect(await runChecks(all, { cluster: undefined, now }, { parallel: 3 })).toHaveLength(10);
    expect(most).toBe(3);
  });
});
