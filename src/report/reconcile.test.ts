import { expect, test } from 'vitest';
import { readFluxObject } from '../operations/reconcile/fluxObject.ts';
import type { Judged } from '../operations/reconcile/judge.ts';
import type { Reconciled } from '../operations/reconcile/types.ts';
import { reportReconcile } from './reconcile.ts';
import { reconcilePrinter } from './reconcileProgress.ts';
import { styleFor } from './style.ts';

const style = styleFor(false);
const hidden = new Map([['IMMICH_HOST', 'photos.example.org']]);

const object = readFluxObject({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'home', namespace: 'flux-system' },
});
const failed: Judged = {
  object,
  state: 'failed',
  reason: 'BuildFailed: \u001b[2Jphotos.example.org is no name',
};
const found: Reconciled = {
  ended: 'finished',
  revision: 'main@sha1:0123abc',
  judged: [failed],
  notes: [{ message: 'HEAD is not pushed', remedy: 'git push', isUnknown: true }],
  failure: {
    ...failed,
    unready: ['Deployment media/web: 0 of 1 ready'],
    events: [
      {
        at: '2026-11-30T04:13:22Z',
        type: 'Warning',
        reason: 'BuildFailed',
        message: 'photos.example.org',
        count: 3,
      },
    ],
    remedy: 'Correct it in Git',
  },
  hidden,
};

test('names what failed, what is not ready, the events and what to do', () => {
  expect(reportReconcile(found, {}, style)).toBe(
    [
      'Kustomization flux-system/home failed',
      '  BuildFailed: \\u001b[2J${IMMICH_HOST} is no name',
      '  not ready  Deployment media/web: 0 of 1 ready',
      '  2026-11-30T04:13:22Z Warning BuildFailed (3 times): ${IMMICH_HOST}',
      '  to do      Correct it in Git',
      '',
      'HEAD is not pushed',
      '  to do  git push',
      '',
      '0 of 1 objects are done at main@sha1:0123abc.',
      '',
    ].join('\n'),
  );
});

test('the document says the same, without a private value', () => {
  const json = reportReconcile(found, { json: true }, style);
  expect(json).not.toContain('photos.example.org');
  expect(JSON.parse(json)).toMatchObject({
    schemaVersion: 1,
    ok: false,
    ended: 'finished',
    failure: { kind: 'Kustomization', name: 'home', state: 'failed' },
  });
});

test('is silent with --quiet where all is done', () => {
  const done: Judged = { object, state: 'done', reason: '' };
  const { failure: _, ...rest } = found;
  const good: Reconciled = { ...rest, judged: [done], notes: [], failure: undefined };
  expect(reportReconcile(good, { quiet: true }, style)).toBe('');
});

const progress = (judged: readonly Judged[]) => ({ judged, trouble: undefined, unready: new Map(), hidden });

test('a terminal takes away what it has drawn, and keeps what is done', () => {
  const written: string[] = [];
  const stream = { write: (text: string) => void written.push(text), isTTY: true, columns: 40 };
  const printer = reconcilePrinter(stream, style);
  printer.show(
    progress([{ object, state: 'working', reason: 'photos.example.org is asked for a long time' }]),
  );
  expect(written).toEqual(['Kustomization flux-system/home: ${IMMI…\n']);
  printer.show(progress([{ object, state: 'done', reason: '' }]));
  expect(written[1]).toBe('\u001b[1A\r\u001b[Jdone  Kustomization flux-system/home\n');
  printer.done();
  expect(written[2]).toBe('');
});

test('a log gets one line for each that is done, and no control characters', () => {
  const written: string[] = [];
  const printer = reconcilePrinter({ write: (text) => void written.push(text) }, style);
  printer.show(progress([{ object, state: 'working', reason: 'asked' }]));
  printer.show(progress([{ object, state: 'done', reason: '' }]));
  printer.show(progress([{ object, state: 'done', reason: '' }]));
  printer.done();
  expect(written).toEqual(['done  Kustomization flux-system/home\n']);
});

test('nothing is printed without a stream', () => {
  expect(() => reconcilePrinter(undefined, style).show(progress([failed]))).not.toThrow();
});
