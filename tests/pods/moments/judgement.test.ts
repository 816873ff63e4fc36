import { describe, expect, test } from 'vitest';
import type { Party } from '../fixtures/claims.ts';
import { hardlyAsked, judge, type Known, lasting, silent } from './judgement.ts';
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
const nothing = (): Known => ({ isolated: new Map(), passed: new Set() });
const one = pod('one', 1_000);
const two = pod('two', 5_000);

/** Each answer was asked for 100 ms after the one before, and came at once. */
function stretches(start: number, ...answers: readonly (readonly [Answer, number])[]): Stretch[] {
  let at = start;
  return answers.map(([answer, count]) => {
    const stretch = { answer, first: at, last: at + (count - 1) * 100, answered: at, count };
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
    const { wrong, early } = judge([refused], nothing());
    expect(wrong).toEqual([]);
    expect(early).toMatchObject([{ times: 2, first: 1_100, last: 1_200, age: 200 }]);
  });

  test('is wrong from then on, also where it passes only once', () => {
    const again = seen(blockedWorld, stretches(1_100, ['refused', 3], ['open', 1], ['refused', 3]));
    expect(judge([again], nothing()).wrong).toMatchObject([{ times: 1, first: 1_400 }]);
  });

  test('is early where the pod that is asked is not isolated, and wrong where both are', () => {
    const known = nothing();
    const passed = seen(blockedPod, stretches(5_100, ['open', 1], ['refused', 5]), { target: two });
    const isolates = seen(blockedWorld, stretches(5_150, ['refused', 5]), ofTwo);
    expect(judge([refused, passed, isolates], known)).toMatchObject({
      wrong: [],
      early: [{}, { age: 100 }],
    });
    const later = seen(blockedPod, stretches(9_000, ['open', 1]), { target: two });
    expect(judge([later], known)).toMatchObject({ wrong: [{ times: 1, age: 4_000 }], early: [] });
  });

  test('is early until the refusal is answered', () => {
    const late = seen(
      blockedWorld,
      stretches(5_100, ['refused', 5]).map((each) => ({ ...each, answered: 5_300 })),
      ofTwo,
    );
    const passed = (at: number) => seen(blockedPod, stretches(at, ['open', 1]), { target: two });
    expect(judge([refused, late, passed(5_250)], nothing()).wrong).toEqual([]);
    expect(judge([refused, late, passed(5_350)], nothing()).wrong).toHaveLength(1);
  });

  test('is early where nothing came back yet: a network that is slow isolates nobody', () => {
    const slow = seen(blockedWorld, stretches(5_100, ['timed out', 1], ['open', 2], ['refused', 5]), ofTwo);
    expect(judge([refused, slow], nothing())).toMatchObject({ wrong: [], early: [{}, { times: 2 }] });
  });

  test('is wrong where a pod takes too long to be isolated', () => {
    const never = seen(blockedWorld, stretches(1_100, ['open', 99]));
    expect(judge([never], nothing())).toMatchObject({ wrong: [], early: [{ times: 99 }] });
    const later = seen(blockedWorld, stretches(21_100, ['open', 1]));
    expect(judge([later], nothing())).toMatchObject({ wrong: [{ times: 1, age: 20_100 }], early: [] });
  });

  test('remembers who was isolated before', () => {
    const known = nothing();
    judge([refused], known);
    expect(judge([seen(blockedWorld, stretches(9_000, ['open', 1]))], known).wrong).toHaveLength(1);
  });

  test('is wrong at once where the pod that asks has no policy of its own', () => {
    const visitor = { source: pod('visitor', 1_000), target: two };
    const known = { ...nothing(), isolated: new Map([['two', 5_200]]) };
    const passed = seen(blockedPod, stretches(9_000, ['open', 1]), visitor);
    const isolates = seen(blockedWorld, stretches(9_000, ['refused', 5]), ofTwo);
    expect(judge([passed, isolates], known)).toMatchObject({ wrong: [{ times: 1 }], early: [] });
  });

  test('is wrong at once where a program refuses', () => {
    const passed = seen(request, stretches(9_000, ['status 401', 3], ['open', 1]), { source: undefined });
    expect(judge([passed], nothing())).toMatchObject({ wrong: [{ times: 1 }], early: [] });
  });
});

describe('what must pass', () => {
  test('fails from its first question that failed to the next one that passed', () => {
    const gap = seen(
      allowed,
      stretches(0, ['refused', 9], ['open', 5], ['refused', 2], ['timed out', 1], ['open', 3]),
    );
    expect(judge([gap], nothing())).toMatchObject({
      asked: { allowed: 20, blocked: 0 },
      windows: [{ length: 300, answers: ['refused', 'timed out'], isOpen: false }],
    });
  });

  test('has its longest window', () => {
    const gaps = stretches(0, ['open', 1], ['refused', 2], ['open', 1], ['refused', 7], ['open', 1]);
    expect(judge([seen(allowed, gaps)], nothing()).windows.map(({ length }) => length)).toEqual([700]);
  });

  test('fails from the first moment on where it passed in the moments before', () => {
    const known = nothing();
    judge([seen(allowed, stretches(0, ['refused', 2], ['open', 3]))], known);
    const gap = seen(allowed, stretches(500, ['refused', 4], ['open', 1]));
    expect(judge([gap], known).windows).toMatchObject([{ length: 400, isOpen: false }]);
    const other = { source: two };
    expect(judge([seen(allowed, stretches(500, ['refused', 4], ['open', 1]), other)], known).windows).toEqual(
      [],
    );
  });

  test('may fail in one report and pass in the next one', () => {
    const reports = [
      seen(allowed, stretches(0, ['refused', 4])),
      seen(allowed, stretches(400, ['open', 1], ['refused', 2])),
      seen(allowed, stretches(700, ['refused', 1], ['open', 1])),
    ];
    expect(judge(reports, nothing()).windows).toMatchObject([{ length: 300, isOpen: false }]);
  });

  test('fails for good where it never passes', () => {
    expect(judge([seen(allowed, stretches(0, ['refused', 4]))], nothing()).windows).toMatchObject([
      { length: 300, isOpen: true },
    ]);
  });

  test('is not said to pass again where another pod had the longer window', () => {
    const closed = seen(allowed, stretches(0, ['open', 1], ['refused', 9], ['open', 1]));
    const open = seen(allowed, stretches(0, ['open', 1], ['refused', 2]), { source: two });
    for (const all of [
      [closed, open],
      [open, closed],
    ])
      expect(judge(all, nothing()).windows).toMatchObject([{ length: 100, isOpen: true }]);
  });

  test('fails at the address of a pod, too', () => {
    const toPod: Watch = { ...blockedPod, verdict: 'allowed' };
    const gap = seen(toPod, stretches(0, ['open', 1], ['refused', 2], ['open', 1]), { target: two });
    expect(judge([gap], nothing()).windows).toMatchObject([{ length: 200 }]);
  });

  test('passes once its ends are isolated: before, it passes whatever its policies say', () => {
    const toPod: Watch = { ...blockedPod, verdict: 'allowed' };
    const isolates = seen(blockedWorld, stretches(5_100, ['open', 2], ['refused', 30]), { source: two });
    const ends = { source: two, target: one };
    const late = stretches(5_000, ['timed out', 1], ['open', 1], ['refused', 20], ['open', 3]);
    expect(judge([isolates, seen(toPod, late, ends)], nothing()).windows).toEqual([]);
    const again = stretches(5_100, ['open', 5], ['refused', 20], ['open', 3]);
    expect(judge([isolates, seen(toPod, again, ends)], nothing()).windows).toMatchObject([
      { since: 5_600, length: 2_000, ages: [600, 4_600] },
    ]);
    const never = stretches(5_100, ['open', 1], ['refused', 20]);
    expect(judge([isolates, seen(toPod, never, ends)], nothing()).windows).toMatchObject([{ isOpen: true }]);
  });

  test('may be answered at last where it was asked first, and passed from then on', () => {
    const [lost, closed, open] = stretches(0, ['open', 1], ['refused', 4], ['open', 3]);
    if (lost === undefined || closed === undefined || open === undefined) throw new Error('three stretches');
    const late = { ...lost, answered: 500 };
    expect(judge([seen(allowed, [late, closed, open])], nothing()).windows).toEqual([]);
    const between = { ...lost, answered: 250 };
    expect(judge([seen(allowed, [between, closed, open])], nothing()).windows).toMatchObject([
      { length: 250 },
    ]);
  });

  test('is noticed where it fails for a second, or does not pass again', () => {
    const [short, long, open] = [
      stretches(0, ['open', 1], ['refused', 9], ['open', 1]),
      stretches(0, ['open', 1], ['refused', 10], ['open', 1]),
      stretches(0, ['open', 1], ['refused', 1]),
    ].map((all) => lasting(judge([seen(allowed, all)], nothing()).windows));
    expect([short, long?.length, open?.length]).toEqual([[], 1, 1]);
  });

  test('may fail for good, but not at the end of the pod that asks', () => {
    const open = stretches(0, ['open', 1], ['refused', 4]);
    expect(judge([seen(allowed, open)], nothing()).windows).toMatchObject([{ length: 300, isOpen: true }]);
    expect(judge([seen(allowed, open, { hasEnded: true })], nothing()).windows).toEqual([]);
  });
});

const itself: Watch = { ...blockedPod, name: 'one itself', to: from, verdict: 'allowed' };

test('a pod that is refused by itself, or never asked itself, has nobody who listens', () => {
  const ends = { source: one, target: one };
  const refused = seen(itself, stretches(0, ['refused', 4]), ends);
  expect(silent([itself, blockedPod], [refused])).toEqual(['one itself']);
  expect(silent([itself, blockedPod], [])).toEqual(['one itself']);
  expect(silent([itself], [seen(itself, stretches(0, ['refused', 4], ['open', 1]), ends)])).toEqual([]);
  expect(judge([refused], nothing()).windows).toEqual([]);
});

test('a request that is not answered has no gate that refuses it', () => {
  const world = { source: undefined };
  expect(silent([request], [seen(request, stretches(0, ['refused', 4]), world)])).toEqual(['nobody']);
  expect(silent([request], [seen(request, stretches(0, ['status 403', 4]), world)])).toEqual([]);
});

test('a watch that is hardly asked says nothing, unless who asks it ends', () => {
  const ofJob: Watch = { ...allowed, name: 'job', from: { ...from, party: { ...from.party, ends: true } } };
  const rare: Watch = { ...itself, everyNth: 10 };
  const all = [seen(allowed, stretches(0, ['open', 2])), seen(allowed, stretches(0, ['open', 2]))];
  expect(hardlyAsked([allowed, ofJob, rare], all)).toEqual([
    'media/Deployment/one → media/service/two TCP 9999: 4 times',
    'media/Deployment/one → media/Deployment/one TCP 9999: 0 times',
  ]);
  const more = [seen(allowed, stretches(0, ['open', 1])), seen(rare, stretches(0, ['open', 1]))];
  expect(hardlyAsked([allowed, ofJob, rare], [...all, ...more])).toEqual([]);
});
