import { describe, expect, test } from 'vitest';
import {
  condition,
  git,
  handled,
  isReady,
  kustomization,
  now,
  oci,
  old,
  release,
  run,
  unless,
  well,
} from '../../../tests/live/fakeFlux.ts';
import { fieldsAt, textAt } from '../../kubernetes/fields.ts';
import { LiveError } from '../../live/cluster.ts';

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
