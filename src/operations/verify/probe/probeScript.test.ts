import { describe, expect, it } from 'vitest';
import { listener, runProbeScript } from '../../../../tests/live/probeRun.ts';
import { answersIn } from './probeScript.ts';

describe.each(['bash', 'dash'])('with %s', (shell) => {
  it('tells what is open from what is refused, in the order of the targets', async () => {
    using open = await listener();
    const closed = await listener();
    closed.close();
    const targets = Array.from({ length: 20 }, (_, at) => `127.0.0.1/${(at % 3 === 0 ? open : closed).port}`);
    const answers = await runProbeScript([shell], targets);
    expect(answers?.letters.join('')).toBe('orrorrorrorrorrorror');
  });

  it('takes what is open the first time only for refused', async () => {
    using once = await listener((server) => server.close());
    expect((await runProbeScript([shell], [`127.0.0.1/${once.port}`]))?.letters).toEqual(['r']);
  });

  it('looks names up, and tells one that does not exist from one that nobody could look up', async () => {
    const answers = await runProbeScript([shell], [], { names: ['localhost', 'nowhere.invalid'] });
    expect(answers?.names[0]).toContain('127.0.0.1');
    expect([[], undefined]).toContainEqual(answers?.names[1]);
  });
});

describe('the message', () => {
  it.each([
    ['another text', 'hello', 0, 0],
    ['too few letters', 'gatehouse-probe or\n', 3, 0],
    ['a letter that is none', 'gatehouse-probe orx\n', 3, 0],
    ['a name too few', 'gatehouse-probe o\n', 1, 1],
  ])('is none with %s', (_, text, targets, names) => {
    expect(answersIn(text, targets, names)).toBeUndefined();
  });

  it('has the addresses of each name once', () => {
    expect(answersIn('gatehouse-probe on\n10.0.0.2 10.0.0.1 10.0.0.2\n\nfailed\n', 2, 3)).toEqual({
      letters: ['o', 'n'],
      names: [['10.0.0.1', '10.0.0.2'], [], undefined],
    });
  });
});
