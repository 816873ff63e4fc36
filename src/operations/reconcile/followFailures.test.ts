import { describe, expect, test } from 'vitest';
import {
  condition,
  fails,
  git,
  handled,
  isReady,
  kustomization,
  now,
  oci,
  release,
  run,
  unless,
  well,
} from '../../../tests/live/fakeFlux.ts';
import { fieldsAt } from '../../kubernetes/fields.ts';
import { LiveError } from '../../live/cluster.ts';

describe('a failure', () => {
  test('is what Flux says of the request, and ends what depends on it', async () => {
    const { states, ended, judged } = await run(
      [git(), kustomization('values'), kustomization('home', ['values']), kustomization('own')],
      {
        onPatch: unless('values', fails('BuildFailed', 'kustomization.yaml: no such file')),
      },
    );
    expect(ended).toBe('finished');
    expect(states).toEqual({
      'GitRepository home': 'done',
      'Kustomization values': 'failed',
      'Kustomization home': 'blocked',
      'Kustomization own': 'done',
    });
    expect(judged.map(({ reason }) => reason)).toContain('BuildFailed: kustomization.yaml: no such file');
  });

  test('of an earlier time is none: the request may mend it', async () => {
    const failed = { status: { conditions: [condition('Ready', 'False', 'BuildFailed', 'of yesterday')] } };
    const { states } = await run([git(), kustomization('home', [], failed)], {
      onPatch: unless(
        'home',
        (asked, fake) =>
          void setTimeout(() => fake.put(handled(asked, { ...isReady, lastAppliedRevision: now })), 20),
      ),
    });
    expect(states['Kustomization home']).toBe('done');
  });

  test('of a release that is tried again is none, and one that was tried often enough is', async () => {
    const retrying = [
      condition('Ready', 'False', 'InstallFailed', 'timed out'),
      condition('Reconciling', 'True', 'ProgressingWithRetry'),
    ];
    const stalled = [
      condition('Ready', 'False', 'InstallFailed', 'timed out'),
      condition('Stalled', 'True', 'RetriesExceeded', 'Failed to install after 1 attempt(s)'),
    ];
    const seen: string[] = [];
    const { states, judged } = await run(
      [git(), kustomization('home'), oci('chart'), release('chart', [], { by: 'home' })],
      {
        onPatch: (asked, fake) => {
          if (asked.kind !== 'HelmRelease') return well(asked, fake);
          fake.put(handled(asked, { conditions: retrying }));
          setTimeout(() => fake.put(handled(asked, { conditions: stalled })), 50);
        },
      },
      {
        onChange: (now) => {
          const chart = now.find(({ object: { reference } }) => reference.kind === 'HelmRelease');
          if (chart?.object.reconciling !== undefined) seen.push(chart.state);
        },
      },
    );
    expect(new Set(seen)).toEqual(new Set(['working']));
    expect(states['HelmRelease chart']).toBe('failed');
    expect(judged.map(({ reason }) => reason)).toContain(
      'RetriesExceeded: Failed to install after 1 attempt(s); InstallFailed: timed out',
    );
  });

  test('with --reset, a release that was tried often enough is tried again', async () => {
    const status = { conditions: [condition('Stalled', 'True', 'RetriesExceeded')] };
    const { fake } = await run(
      [git(), kustomization('home'), oci('chart'), release('chart', [], { by: 'home', status })],
      {
        onPatch: (asked, cluster) =>
          asked.kind === 'HelmRelease' ? cluster.put(handled(asked, isReady)) : well(asked, cluster),
      },
      { reset: true },
    );
    const { change } = fake.patches.find(({ kind }) => kind === 'HelmRelease') ?? { change: {} };
    const annotations = fieldsAt(change, 'metadata', 'annotations');
    expect(annotations['reconcile.fluxcd.io/resetAt']).toBe(annotations['reconcile.fluxcd.io/requestedAt']);
  });

  test('what may not be asked has failed', async () => {
    const { states, judged } = await run([git(), kustomization('home')], {
      onPatch: well,
      refuse: (what, kind) => {
        if (what === 'patch' && kind === 'Kustomization')
          throw new LiveError('forbidden', 'PATCH: forbidden', 403);
      },
    });
    expect(states['Kustomization home']).toBe('failed');
    expect(judged.map(({ reason }) => reason)).toContain('it could not be asked: PATCH: forbidden');
  });

  test('a dependency that does not exist is named, and not waited for', async () => {
    const { ended, judged } = await run([git(), kustomization('home', ['nobody'])], { onPatch: well });
    expect(ended).toBe('finished');
    expect(judged.map(({ state, reason }) => `${state} ${reason}`)).toContain(
      'waiting Kustomization flux-system/nobody does not exist',
    );
  });
});

describe('what is suspended', () => {
  test('is not asked, and neither is what depends on it at an older revision', async () => {
    const suspended = { spec: { suspend: true } };
    const { asked, states } = await run(
      [git(), kustomization('values', [], suspended), kustomization('home', ['values'])],
      {
        onPatch: well,
      },
    );
    expect(asked).toEqual(['GitRepository home']);
    expect(states).toMatchObject({ 'Kustomization values': 'suspended', 'Kustomization home': 'blocked' });
  });

  test('does not hold up others where it is at the revision already', async () => {
    const suspended = { spec: { suspend: true }, status: { lastAppliedRevision: now } };
    const { states } = await run(
      [git(), kustomization('values', [], suspended), kustomization('home', ['values'])],
      {
        onPatch: well,
      },
    );
    expect(states).toMatchObject({ 'Kustomization values': 'suspended', 'Kustomization home': 'done' });
  });
});
