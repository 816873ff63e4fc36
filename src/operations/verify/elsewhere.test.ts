import { beforeAll, describe, expect, it } from 'vitest';
import { preparedHome } from '../../../tests/home.ts';
import type { CheckResult, Place } from '../../live/check.ts';
import type { Prepared } from '../configure/configure.ts';
import { askedHere, probeNames, resultsToKeep } from './elsewhere.ts';

const place: Place = {
  request: async () => ({ status: 403 }),
  addresses: async () => [],
  certificate: async () => ({ failure: 'no' }),
};
const result = (id: string, at: string): CheckResult => ({
  ...{ id, at, promise: 'p', remedy: 'r', verdict: 'kept', evidence: [] },
});

describe('the checks of the home', () => {
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await preparedHome();
  });
  const declared = () => prepared.plan.checks;
  const values = () => prepared.configuration.loaded.private;
  const asked = (places: Parameters<typeof askedHere>[1]['places'], host?: string) =>
    askedHere(declared(), { places }, { values: values(), host });
  const ids = ({ checks }: ReturnType<typeof asked>) => checks.map(({ id }) => id.replace(/-.*/, ''));

  it('are those of the cluster alone in a run that is in no place, and notes say what is not asked', () => {
    const run = asked({});
    expect(ids(run)).not.toContain('outside');
    expect(ids(run)).not.toContain('home');
    expect(ids(run)).toEqual(expect.arrayContaining(['nas', 'tunnel']));
    expect(run.notes).toEqual([
      'What is promised outside: gatehouse verify --from outside, from there',
      'What is promised at home: gatehouse verify --from home, from there',
      'Whether refused connections are refused: gatehouse verify --probe',
    ]);
  });

  it('are those of the place too', () => {
    expect(ids(asked({ internet: place })).filter((id) => id === 'outside')).toHaveLength(5);
    expect(ids(asked({ home: place })).filter((id) => id === 'home')).toHaveLength(3);
  });

  it('are those of one host, where the user names it', () => {
    expect(ids(asked({ internet: place }, 'photos.example.org'))).toContain('outside');
    const other = asked({ internet: place }, 'other.example.org');
    expect(ids(other)).not.toContain('outside');
    expect(other.notes).toContain('Other hostnames than the one that was named');
  });

  it('keep what an earlier run found in another place', () => {
    const run = {
      results: [result('not-in-git', 'now'), result('nas-guard', 'now')],
      known: [
        ...['not-in-git', 'drift-gone', 'outside-immich-name', 'home-immich', 'probe-media'].map((id) =>
          result(id, 'before'),
        ),
      ],
    };
    const kept = resultsToKeep(declared(), { ...run, wasReached: true });
    expect(kept.map(({ id, at }) => `${id} ${at}`)).toEqual([
      'not-in-git now',
      'nas-guard now',
      'outside-immich-name before',
      'home-immich before',
      'probe-media before',
    ]);
  });

  it('take nothing from a run that did not reach the cluster but what was asked outside', () => {
    const kept = resultsToKeep(declared(), {
      results: [
        result('cluster-readable', 'now'),
        result('nas-guard', 'now'),
        result('outside-immich-name', 'now'),
      ],
      known: [result('nas-guard', 'before'), result('outside-immich-name', 'before')],
      wasReached: false,
    });
    expect(kept.map(({ id, at }) => `${id} ${at}`)).toEqual(['outside-immich-name now', 'nas-guard before']);
  });

  it('let a name lead to a node or to Cloudflare in a pod', () => {
    const node = {
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'alpha' } },
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.10' }] },
    };
    const [name, ...more] = probeNames(declared(), values(), { objects: [node] });
    expect(more).toEqual([]);
    expect(name).toMatchObject({ id: 'immich-host', name: '${IMMICH_HOST}', host: 'photos.example.org' });
    expect(name?.expected).toBe('a node (192.0.2.10) or Cloudflare');
    expect(['192.0.2.10', '104.16.1.1', '192.168.1.1'].map((address) => name?.isExpected(address))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('can be asked by probes: an image of the configuration connects with bash', () => {
    expect(prepared.plan.probeImages.map(({ connects }) => connects)).toEqual(['bash', 'nc']);
  });
});
