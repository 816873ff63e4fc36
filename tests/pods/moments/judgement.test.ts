import { describe, expect, test } from 'vitest';
import type { Party } from '../fixtures/claims.ts';
import { judge, silent } from './judgement.ts';
import type { Seen, Watch, WatchedPod } from './watch.ts';
import type { Answer, Stretch } from './watched.ts';

const party = (name: string): Party => ({ name, namespace: 'media', labels: {}, ports: [], ends: false });
const from = { kind: 'party', party: party('media/Deployment/one') } as const;
const blockedPod: Watch = {
  name: 'one → two',
  from,
  to: { kind: 'party', party: party('media/Deployment/two') },
  asked: { protocol: 'TCP', port: 9_999 },
  verdict: 'blocked',
};
const world = { kind: 'address', address: '203.0.113.9' } as const;
const blockedWorld: Watch = { ...blockedPod, name: 'one → internet', to: world };
const service = { kind: 'service', namespace: 'media', name: 'two' } as const;
const allowed: Watch = { ...blockedPod, name: 'one → two 80', to: service, verdict: 'allowed' };
const request: Watch = {
  ...blockedPod,
  name: 'nobody',
  from: world,
  to: world,
  asked: { request: { url: 'https://x/' }, passes: [200] },
};
const pod = (uid: string, began: number): WatchedPod => ({ uid, name: uid, party: uid, began });
const one = pod('one', 1_000);
const two = pod('two', 5_000);

/** Each answer was asked 100 ms after the one before. */
function stretches(start: number, ...answers: readonly (readonly [Answer, number])[]): Stretch[] {
  let at = start;
  return answers.map(([answer, count]) => {
    const stretch = { answer, first: at, last: at + (count - 1) * 100, count };
    at += count * 100;
    return stretch;
  });
}

const seen = (
  watch: Watch,
  all: readonly Stretch[],
  ends: Partial<Pick<Seen, 'source' | 'target' | 'hasEnded'>> = {},
): Seen => ({ watch, source: one, target: undefined, hasEnded: false, stretches: all, ...ends });

describe('what must not pass', () => {
  const refused = seen(blockedWorld, stretches(1_100, ['open', 2], ['refused', 50]));
  const ofTwo = { source: two, target: undefined };

  test('is early until the pod that asks was refused what its own policies refuse', () => {
    const { wrong, early } = judge([refused], new Map());
    expect(wrong).toEqual([]);
    expect(early).toMatchObject([{ times: 2, first: 1_100, last: 1_200, age: 200 }]);
  });

  test('is wrong from then on, also where it passes only once', () => {
    const again = seen(blockedWorld, stretches(1_100, ['refused', 3], ['open', 1], ['refused', 3]));
    expect(judge([again], new Map()).wrong).toMatchObject([{ times: 1, first: 1_400 }]);
  });

  test('is early where the pod that is asked is not isolated, and wrong where both are', () => {
    const isolated = new Map();
    const passed = seen(blockedPod, stretches(5_100, ['open', 1], ['refused', 5]), { target: two });
    const isolates = seen(blockedWorld, stretches(5_150, ['refused', 5]), ofTwo);
    expect(judge([refused, passed, isolates], isolated)).toMatchObject({
      wrong: [],
      early: [{}, { age: 100 }],
    });
    const later = seen(blockedPod, stretches(9_000, ['open', 1]), { target: two });
    expect(judge([later], isolated)).toMatchObject({ wrong: [{ times: 1, age: 4_000 }], early: [] });
  });

  test('remembers who was isolated before', () => {
    const isolated = new Map();
    judge([refused], isolated);
    expect(judge([seen(blockedWorld, stretches(9_000, ['open', 1]))], isolated).wrong).toHaveLength(1);
  });

  test('is wrong at once where the pod that asks has no policy of its own', () => {
    const visitor = { source: pod('visitor', 1_000), target: two };
    const isolated = new Map([['two', 5_200]]);
    const passed = seen(blockedPod, stretches(9_000, ['open', 1]), visitor);
    const isolates = seen(blockedWorld, stretches(9_000, ['refused', 5]), ofTwo);
    expect(judge([passed, isolates], isolated)).toMatchObject({ wrong: [{ times: 1 }], early: [] });
  });

  test('is wrong at once where a program refuses', () => {
    const passed = seen(request, stretches(9_000, ['status 401', 3], ['open', 1]), { source: undefined });
    expect(judge([passed], new Map())).toMatchObject({ wrong: [{ times: 1 }], early: [] });
  });
});

describe('what must pass', () => {
  test('fails from its first question that failed to the next one that passed', () => {
    const gap = seen(
      allowed,
      stretches(0, ['refused', 9], ['open', 5], ['refused', 2], ['timed out', 1], ['open', 3]),
    );
    expect(judge([gap], new Map())).toMatchObject({
      asked: { allowed: 20, blocked: 0 },
      windows: [{ length: 300, answers: ['refused', 'timed out'], isOpen: false }],
    });
  });

  test('has its longest window', () => {
    const gaps = stretches(0, ['open', 1], ['refused', 2], ['open', 1], ['refused', 7], ['open', 1]);
    expect(judge([seen(allowed, gaps)], new Map()).windows.map(({ length }) => length)).toEqual([700]);
  });

  test('may fail for good, but not at the end of the pod that asks', () => {
    const open = stretches(0, ['open', 1], ['refused', 4]);
    expect(judge([seen(allowed, open)], new Map()).windows).toMatchObject([{ length: 300, isOpen: true }]);
    expect(judge([seen(allowed, open, { hasEnded: true })], new Map()).windows).toEqual([]);
  });
});

test('a pod that is refused by itself has nobody who listens', () => {
  const itself = { ...blockedPod, name: 'two itself', verdict: 'allowed' } as const;
  const ends = { source: two, target: two };
  expect(silent([seen(itself, stretches(0, ['refused', 4]), ends)])).toEqual(['two itself']);
  expect(silent([seen(itself, stretches(0, ['refused', 4], ['open', 1]), ends)])).toEqual([]);
});
