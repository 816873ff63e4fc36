import { describe, expect, test } from 'vitest';
import { type FakeCluster, type FakeOptions, fakeCluster } from '../../../tests/live/fakeCluster.ts';
import { fieldsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { LiveError } from '../../live/cluster.ts';
import { type Followed, type Following, follow } from './follow.ts';

const sources = 'source.toolkit.fluxcd.io/v1';
const kustomize = 'kustomize.toolkit.fluxcd.io/v1';
const helm = 'helm.toolkit.fluxcd.io/v2';
const old = 'main@sha1:aaaaaaaa';
const now = 'main@sha1:bbbbbbbb';

const selections = [
  { apiVersion: sources, kind: 'GitRepository' },
  { apiVersion: sources, kind: 'OCIRepository' },
  { apiVersion: kustomize, kind: 'Kustomization' },
  { apiVersion: helm, kind: 'HelmRelease' },
];

interface Shape {
  spec?: object;
  status?: object;
  by?: string;
}

function object(
  apiVersion: string,
  kind: string,
  name: string,
  { spec, status, by }: Shape,
): KubernetesObject {
  const labels = {
    'kustomize.toolkit.fluxcd.io/name': by ?? '',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'flux-system', generation: 1, ...(by === undefined ? {} : { labels }) },
    spec: { ...spec },
    status: { observedGeneration: 1, ...status },
  };
}

const condition = (type: string, status: string, reason: string, message = '') => ({
  type,
  status,
  reason,
  message,
});
const isReady = { conditions: [condition('Ready', 'True', 'Succeeded')] };

const git = (shape: Shape = {}) =>
  object(sources, 'GitRepository', 'home', { status: { ...isReady, artifact: { revision: old } }, ...shape });
const kustomization = (name: string, after: readonly string[] = [], shape: Shape = {}) =>
  object(kustomize, 'Kustomization', name, {
    ...shape,
    spec: {
      sourceRef: { kind: 'GitRepository', name: 'home' },
      dependsOn: after.map((other) => ({ name: other })),
      ...shape.spec,
    },
    status: { ...isReady, lastAppliedRevision: old, lastAttemptedRevision: old, ...shape.status },
  });
const release = (name: string, after: readonly string[] = [], shape: Shape = {}) =>
  object(helm, 'HelmRelease', name, {
    ...shape,
    spec: {
      chartRef: { kind: 'OCIRepository', name },
      dependsOn: after.map((other) => ({ name: other })),
      ...shape.spec,
    },
    status: { ...isReady, ...shape.status },
  });
const oci = (name: string, shape: Shape = {}) =>
  object(sources, 'OCIRepository', name, { status: { ...isReady, artifact: { revision: '1' } }, ...shape });

const requested = ({ metadata }: KubernetesObject) =>
  metadata.annotations?.['reconcile.fluxcd.io/requestedAt'];

/** What Flux does when it is asked: it says that it has handled the request, with these changes of the status. */
function handled(asked: KubernetesObject, status: object = {}): KubernetesObject {
  return {
    ...asked,
    status: { ...fieldsAt(asked, 'status'), ...status, lastHandledReconcileAt: requested(asked) },
  };
}

/** Flux, where everything goes well: the source fetches the new revision and everybody applies it. */
function well(asked: KubernetesObject, fake: FakeCluster): void {
  const status =
    asked.kind === 'GitRepository'
      ? { artifact: { revision: now } }
      : asked.kind === 'Kustomization'
        ? { lastAppliedRevision: now, lastAttemptedRevision: now }
        : {};
  setTimeout(() => fake.put(handled(asked, { ...isReady, ...status })), 1);
}

const unless =
  (name: string, then: (asked: KubernetesObject, fake: FakeCluster) => void) =>
  (asked: KubernetesObject, fake: FakeCluster): void =>
    asked.metadata.name === name && asked.kind !== 'GitRepository' ? then(asked, fake) : well(asked, fake);

const fails =
  (reason: string, message: string) =>
  (asked: KubernetesObject, fake: FakeCluster): void =>
    fake.put(handled(asked, { conditions: [condition('Ready', 'False', reason, message)] }));

async function run(
  objects: readonly KubernetesObject[],
  options: FakeOptions,
  more: Partial<Following> = {},
): Promise<Followed & { fake: FakeCluster; asked: string[]; states: Record<string, string> }> {
  const fake = fakeCluster(objects, options);
  const followed = await follow({
    ...fake,
    selections,
    source: 'GitRepository flux-system/home',
    isOld: async () => false,
    reset: false,
    timeout: 5_000,
    signal: new AbortController().signal,
    now: () => new Date(),
    onChange: () => undefined,
    ...more,
  });
  return {
    ...followed,
    fake,
    asked: fake.patches.map(({ kind, name }) => `${kind} ${name}`),
    states: Object.fromEntries(
      followed.judged.map(({ object: { reference }, state }) => [
        `${reference.kind} ${reference.name}`,
        state,
      ]),
    ),
  };
}

describe('a reconciliation', () => {
  test('asks the source first, and then each as soon as what it depends on is done', async () => {
    const objects = [
      git(),
      kustomization('apps', ['operators']),
      kustomization('operators', ['values']),
      kustomization('values'),
    ];
    const { asked, ended, states } = await run(objects, { onPatch: well });
    expect(asked).toEqual([
      'GitRepository home',
      'Kustomization values',
      'Kustomization operators',
      'Kustomization apps',
    ]);
    expect(ended).toBe('finished');
    expect(new Set(Object.values(states))).toEqual(new Set(['done']));
  });

  test('asks the source first, though a Kustomization that reads it applies it', async () => {
    const { asked } = await run([git({ by: 'home' }), kustomization('home', [], { by: 'home' })], {
      onPatch: well,
    });
    expect(asked).toEqual(['GitRepository home', 'Kustomization home']);
  });

  test('asks at the same time what does not depend on each other', async () => {
    const open = new Set<string>();
    let together = 0;
    await run([git(), ...['one', 'two', 'three'].map((name) => kustomization(name))], {
      onPatch: (asked, fake) => {
        if (asked.kind === 'GitRepository') return well(asked, fake);
        open.add(asked.metadata.name);
        together = Math.max(together, open.size);
        setTimeout(() => {
          open.delete(asked.metadata.name);
          well(asked, fake);
        }, 50);
      },
    });
    expect(together).toBe(3);
  });

  test('does not believe that something is done before its request was handled at the new revision', async () => {
    const seen: string[] = [];
    const { states } = await run(
      [git(), kustomization('home')],
      {
        onPatch: unless('home', (asked, fake) => {
          fake.put(handled(asked));
          setTimeout(() => fake.put(handled(asked, { lastAppliedRevision: now })), 50);
        }),
      },
      {
        onChange: (judged) => {
          const home = judged.find(({ object: { reference } }) => reference.kind === 'Kustomization');
          const handledOld = home?.object.handled !== undefined && home.object.revision === old;
          if (handledOld) seen.push(home.state);
        },
      },
    );
    expect(new Set(seen)).toEqual(new Set(['working']));
    expect(states).toMatchObject({ 'Kustomization home': 'done' });
  });

  test('asks what a Kustomization has applied while that one waits for it', async () => {
    const checking = `Running health checks for revision ${now} with a timeout of 5m`;
    const { asked, states } = await run(
      [git(), kustomization('home'), oci('chart'), release('chart', [], { by: 'home' })],
      {
        onPatch: (patched, fake) => {
          if (patched.kind === 'Kustomization') {
            const conditions = [
              condition('Ready', 'Unknown', 'Progressing'),
              condition('Healthy', 'Unknown', 'Progressing', checking),
            ];
            fake.put({
              ...patched,
              status: { ...fieldsAt(patched, 'status'), lastAttemptedRevision: now, conditions },
            });
          } else if (patched.kind === 'HelmRelease') {
            fake.put(handled(patched));
            const home = fake.find('Kustomization', 'home');
            fake.put(handled(home, { ...isReady, lastAppliedRevision: now }));
          } else well(patched, fake);
        },
      },
    );
    expect(asked.indexOf('HelmRelease chart')).toBeGreaterThan(asked.indexOf('Kustomization home'));
    expect(new Set(Object.values(states))).toEqual(new Set(['done']));
  });

  test('asks no release before the Kustomization that applies it has applied the new revision', async () => {
    const before: string[] = [];
    await run([git(), kustomization('home'), oci('chart'), release('chart', [], { by: 'home' })], {
      onPatch: (patched, fake) => {
        if (patched.kind === 'HelmRelease')
          before.push(textAt(fake.find('Kustomization', 'home'), 'status', 'lastAppliedRevision') ?? '');
        well(patched, fake);
      },
    });
    expect(before).toEqual([now]);
  });

  test('follows what appears during the run', async () => {
    const { states } = await run([git(), kustomization('home')], {
      onPatch: unless('home', (asked, fake) => {
        const entries = [{ id: 'flux-system_later_kustomize.toolkit.fluxcd.io_Kustomization', v: 'v1' }];
        fake.put(handled(asked, { lastAppliedRevision: now, inventory: { entries } }));
        const conditions = [condition('Ready', 'Unknown', 'Progressing')];
        setTimeout(() => fake.put(kustomization('later', [], { by: 'home', status: { conditions } })), 20);
      }),
    });
    expect(states).toEqual({
      'GitRepository home': 'done',
      'Kustomization home': 'done',
      'Kustomization later': 'done',
    });
  });

  test('leaves out what Flux removes', async () => {
    const { states } = await run([git(), kustomization('home'), kustomization('gone', [], { by: 'home' })], {
      onPatch: unless('home', (asked, fake) => {
        fake.put(handled(asked, { lastAppliedRevision: now }));
        fake.remove(fake.find('Kustomization', 'gone'));
      }),
    });
    expect(states).toEqual({ 'GitRepository home': 'done', 'Kustomization home': 'done' });
  });

  test('asks nothing that another repository brings', async () => {
    const other = { spec: { sourceRef: { kind: 'GitRepository', name: 'other' } } };
    const { asked } = await run([git(), kustomization('home'), kustomization('theirs', [], other)], {
      onPatch: well,
    });
    expect(asked).toEqual(['GitRepository home', 'Kustomization home']);
  });
});

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

describe('an end', () => {
  test('comes with the time that was given, with what each one waits for', async () => {
    const { ended, judged, fake } = await run(
      [git(), kustomization('home')],
      { onPatch: unless('home', () => undefined) },
      { timeout: 50 },
    );
    expect(ended).toBe('timeout');
    expect(judged.map(({ state }) => state)).toContain('working');
    expect(fake.watching()).toBe(0);
  });

  test('comes with a signal, and leaves no watch behind', async () => {
    const stop = new AbortController();
    const { ended, fake } = await run(
      [git(), kustomization('home')],
      { onPatch: unless('home', () => stop.abort()) },
      { signal: stop.signal },
    );
    expect(ended).toBe('interrupted');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(fake.watching()).toBe(0);
  });

  test('does not come because the API server starts again', async () => {
    const troubles = new Set<string | undefined>();
    let isAway = false;
    const { ended, states } = await run(
      [git(), kustomization('home')],
      {
        onPatch: unless('home', (asked, fake) => {
          isAway = true;
          fake.cut(new LiveError('unreachable', 'connection refused'));
          setTimeout(() => {
            isAway = false;
            fake.put(handled(asked, { lastAppliedRevision: now }));
          }, 100);
        }),
        refuse: (what) => {
          if (isAway && what === 'watch') throw new LiveError('unreachable', 'connection refused');
        },
      },
      { timeout: 20_000, onChange: (_, trouble) => void troubles.add(trouble) },
    );
    expect(ended).toBe('finished');
    expect(states['Kustomization home']).toBe('done');
    expect(troubles).toContain('connection refused');
  });

  test('comes at once where the credentials are not valid any more', async () => {
    const failing = run([git(), kustomization('home')], {
      onPatch: unless('home', (_, fake) => fake.cut(new LiveError('unauthorized', 'token expired', 401))),
    });
    await expect(failing).rejects.toThrow('token expired');
  });

  test('a request that the API server has no time for is sent again', async () => {
    let refused = 2;
    const { states } = await run(
      [git(), kustomization('home')],
      {
        onPatch: well,
        refuse: (what) => {
          if (what === 'patch' && refused-- > 0) throw new LiveError('overloaded', '429', 429);
        },
      },
      { timeout: 20_000 },
    );
    expect(states['Kustomization home']).toBe('done');
  });

  test('a source that has fetched less than was pushed is no source that is done', async () => {
    const { states, ended } = await run(
      [git(), kustomization('home')],
      { onPatch: (asked, fake) => fake.put(handled(asked)) },
      { isOld: async (revision) => revision === old, timeout: 100 },
    );
    expect(ended).toBe('timeout');
    expect(states).toEqual({ 'GitRepository home': 'working', 'Kustomization home': 'waiting' });
  });
});
