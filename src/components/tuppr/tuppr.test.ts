import { evaluate } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import { preparedHome, problemsOf } from '../../../tests/home.ts';
import { recorded } from '../../../tests/recordedHealth.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import type { KubernetesUpgrade, TalosUpgrade } from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';

interface Case {
  name: string;
  runs: { talos: string; kubernetes: string };
  wants: { talos?: string; kubernetes?: string };
  refused?: { code: string; message: RegExp; way: RegExp };
}

/** Each says the way that there is: `way` is looked for in what is expected and in the remedy. */
const cases: readonly Case[] = [
  { name: 'nothing', runs: { talos: '1.13.0', kubernetes: '1.36.0' }, wants: {} },
  { name: 'a patch', runs: { talos: '1.13.0', kubernetes: '1.36.0' }, wants: { talos: 'v1.13.4' } },
  { name: 'a minor version', runs: { talos: 'v1.12.3', kubernetes: '1.35.1' }, wants: { talos: '1.13.0' } },
  {
    name: 'Kubernetes alone',
    runs: { talos: '1.13.0', kubernetes: '1.35.1' },
    wants: { kubernetes: '1.36.2' },
  },
  {
    name: 'both, where every pair on the way runs',
    runs: { talos: '1.12.3', kubernetes: '1.33.1' },
    wants: { talos: '1.13.0', kubernetes: '1.34.0' },
  },
  {
    name: 'a minor version of Talos left out, as its installer allows',
    runs: { talos: '1.12.3', kubernetes: '1.35.1' },
    wants: { talos: '1.14.7' },
  },
  {
    name: 'Kubernetes 1.37 on Talos 1.14',
    runs: { talos: '1.14.7', kubernetes: '1.36.2' },
    wants: { kubernetes: '1.37.1' },
  },
  {
    name: 'Kubernetes 1.37 before Talos 1.14',
    runs: { talos: '1.13.10', kubernetes: '1.36.2' },
    wants: { kubernetes: '1.37.1' },
    refused: {
      code: 'versions-do-not-fit',
      message: /Talos 1\.13\.10 does not run Kubernetes 1\.37\.1/,
      way: /1\.31 to 1\.36.*Talos first.*1\.14 or later/s,
    },
  },
  {
    name: 'both at once to Talos 1.14 and Kubernetes 1.37',
    runs: { talos: '1.13.10', kubernetes: '1.36.2' },
    wants: { talos: '1.14.7', kubernetes: '1.37.1' },
    refused: { code: 'versions-do-not-fit', message: /1\.13\.10 does not run/, way: /Talos first/ },
  },
  {
    name: 'two minor versions of Talos left out',
    runs: { talos: '1.10.9', kubernetes: '1.33.0' },
    wants: { talos: '1.13.0' },
    refused: {
      code: 'skips-a-version',
      message: /1\.10\.9 to 1\.13\.0/,
      way: /1\.11, then 1\.13.*last release of 1\.11/s,
    },
  },
  {
    name: 'a Talos two minor versions on that older installers refuse',
    runs: { talos: '1.11.2', kubernetes: '1.34.0' },
    wants: { talos: '1.14.7' },
    refused: {
      code: 'skips-a-version',
      message: /1\.11\.2 to 1\.14\.7/,
      way: /1\.12, then 1\.14.*last release of 1\.12/s,
    },
  },
  {
    name: 'two minor versions of Kubernetes left out',
    runs: { talos: '1.13.0', kubernetes: '1.33.1' },
    wants: { kubernetes: '1.36.0' },
    refused: {
      code: 'skips-a-version',
      message: /Kubernetes 1\.33\.1 to 1\.36\.0/,
      way: /1\.34, then 1\.35, then 1\.36/,
    },
  },
  {
    name: 'an older patch of Talos',
    runs: { talos: '1.13.2', kubernetes: '1.36.0' },
    wants: { talos: '1.13.1' },
    refused: {
      code: 'downgrade',
      message: /1\.13\.1 is older than 1\.13\.2/,
      way: /1\.13\.2 or later.*restore etcd/s,
    },
  },
  {
    name: 'an older Kubernetes',
    runs: { talos: '1.13.2', kubernetes: '1.36.0' },
    wants: { kubernetes: '1.35.9' },
    refused: { code: 'downgrade', message: /1\.35\.9 is older/, way: /cluster\.kubernetes/ },
  },
  {
    name: 'a candidate before its release',
    runs: { talos: '1.13.0', kubernetes: '1.36.0' },
    wants: { talos: '1.13.0-rc.1' },
    refused: { code: 'downgrade', message: /rc\.1/, way: /1\.13\.0 or later/ },
  },
  {
    name: 'a Talos that nobody knows',
    runs: { talos: '1.14.0', kubernetes: '1.36.0' },
    wants: { talos: '1.15.0' },
    refused: { code: 'unknown-version', message: /1\.15\.0/, way: /Talos 1\.8 to 1\.14/ },
  },
  {
    name: 'another Talos altogether',
    runs: { talos: '1.13.0', kubernetes: '1.36.0' },
    wants: { talos: '2.0.0' },
    refused: { code: 'unknown-version', message: /2\.0\.0/, way: /Talos 1/ },
  },
  {
    name: 'a Kubernetes that this Talos does not run',
    runs: { talos: '1.12.3', kubernetes: '1.35.0' },
    wants: { kubernetes: '1.36.0' },
    refused: {
      code: 'versions-do-not-fit',
      message: /Talos 1\.12\.3 does not run Kubernetes 1\.36\.0/,
      way: /1\.30 to 1\.35.*Talos first.*1\.13/s,
    },
  },
  {
    name: 'both at once, of which one order would not run',
    runs: { talos: '1.12.3', kubernetes: '1.35.0' },
    wants: { talos: '1.13.0', kubernetes: '1.36.0' },
    refused: { code: 'versions-do-not-fit', message: /Talos 1\.12\.3 does not run/, way: /Talos first/ },
  },
  {
    name: 'a Talos that is too new for Kubernetes',
    runs: { talos: '1.12.3', kubernetes: '1.30.4' },
    wants: { talos: '1.13.0' },
    refused: {
      code: 'versions-do-not-fit',
      message: /1\.13\.0 does not run/,
      way: /Kubernetes first, to 1\.31/,
    },
  },
  {
    name: 'a pair that could not be running',
    runs: { talos: '1.11.2', kubernetes: '1.36.0' },
    wants: {},
    refused: { code: 'versions-do-not-fit', message: /1\.11\.2 does not run/, way: /1\.29 to 1\.34/ },
  },
];

describe('an upgrade to', () => {
  it.each(cases)('$name', ({ runs, wants, refused }) => {
    const problems = problemsOf({
      example: 'platform',
      cluster(value) {
        Object.assign(value.cluster, runs);
        value.tuppr = wants;
      },
    });
    if (refused === undefined) {
      expect(problems).toEqual([]);
      return;
    }
    expect(problems[0]).toMatchObject({ code: refused.code, file: 'cluster.yaml' });
    expect(problems[0]?.at).toBeDefined();
    expect(problems[0]?.message).toMatch(refused.message);
    expect(`${problems[0]?.expected}\n${problems[0]?.remedy}`).toMatch(refused.way);
  });

  it('somewhere, without saying what runs', () => {
    const problems = problemsOf({
      example: 'platform',
      cluster(value) {
        delete value.cluster.talos;
      },
    });
    expect(problems).toMatchObject([
      { code: 'needs-another', message: expect.stringContaining('cluster.talos') },
    ]);
  });
});

describe('what runs', () => {
  it.each([
    ['1.13.10', '1.37.1', /1\.31 to 1\.36/, /Talos 1\.14 runs this Kubernetes: upgrade Talos first/],
    [
      'v1.14.7',
      '1.31.4',
      /1\.32 to 1\.37/,
      /Talos 1\.8 to 1\.13 run this Kubernetes: upgrade Kubernetes first/,
    ],
    ['1.14.0', '1.99.0', /1\.32 to 1\.37/, /no Talos that is known here/],
  ])('is a pair that can: Talos %s with Kubernetes %s is not', (talos, kubernetes, expected, remedy) => {
    for (const section of ['tuppr', undefined]) {
      const problems = problemsOf({
        example: 'platform',
        cluster(value) {
          Object.assign(value.cluster, { talos, kubernetes });
          if (section === undefined) delete value.tuppr;
          else value.tuppr = {};
        },
      });
      expect(problems).toMatchObject([
        {
          code: 'versions-do-not-fit',
          expected: expect.stringMatching(expected),
          remedy: expect.stringMatching(remedy),
        },
      ]);
    }
  });

  it('on a Talos that nobody here knows is not compared', () => {
    const problems = problemsOf({
      example: 'platform',
      cluster(value) {
        Object.assign(value.cluster, { talos: '1.15.0', kubernetes: '1.38.0' });
        delete value.tuppr;
      },
    });
    expect(problems).toEqual([]);
  });
});

describe('the page about upgrades', () => {
  const pageAt = async (talos: string, kubernetes: string): Promise<string> => {
    const { plan } = await preparedHome({
      example: 'platform',
      cluster(value) {
        Object.assign(value.cluster, { talos, kubernetes });
        value.tuppr = {};
      },
    });
    const page = plan.files.find(({ path }) => path === 'docs/upgrades.md');
    return page === undefined ? '' : textOf(page);
  };

  it('says before 1.14 what that changes, and no longer after it', async () => {
    const [before, after] = [await pageAt('1.13.2', '1.36.0'), await pageAt('1.14.7', '1.37.1')];
    for (const word of ['ghcr.io/siderolabs/installer', 'factory-url', '2383', 'cluster.etcd.image'])
      expect(before).toContain(word);
    expect(after).not.toContain('siderolabs/installer');
    expect(after).toContain('| 1.14 | 1.12 | 1.32 to 1.37 |');
  });
});

describe('a maintenance window', () => {
  it.each<[string, ConfigData, string]>([
    ['that never opens', { start: '0 2 31 2 *' }, 'not-a-schedule'],
    ['of half an hour', { start: '0 2 * * 0', duration: '30m' }, 'not-a-duration'],
    ['of more than a week', { start: '0 2 * * 0', duration: '169h' }, 'not-a-duration'],
    ['of no length', { start: '0 2 * * 0', duration: 'long' }, 'not-a-duration'],
    ['in no time zone', { start: '0 2 * * 0', timezone: 'Europe/Entenhausen' }, 'not-a-time-zone'],
    ['in an offset', { start: '0 2 * * 0', timezone: '+02:00' }, 'not-a-time-zone'],
  ])('%s is refused', (_, window, code) => {
    const problems = problemsOf({
      example: 'platform',
      cluster(value) {
        value.tuppr.windows = [window];
      },
    });
    expect(problems).toMatchObject([{ code, file: 'cluster.yaml' }]);
    expect(problems[0]?.expected).toBeTruthy();
  });
});

type Upgrade = TalosUpgrade | KubernetesUpgrade;

async function upgradesOf(cluster?: (value: ConfigData) => void): Promise<Upgrade[]> {
  const { plan } = await preparedHome({ example: 'platform', ...(cluster ? { cluster } : {}) });
  return plan.objects
    .map(({ object }) => object)
    .filter(({ kind }) => kind.endsWith('Upgrade')) as unknown as Upgrade[];
}

/** What tuppr hands to CEL: the object, and its status or an empty one (`runCELExpression`). */
function holds(expr: string, object: Record<string, unknown>): boolean {
  const numbers = withIntegers(object) as Record<string, unknown>;
  return evaluate(expr, { object: numbers, status: numbers['status'] ?? {} });
}

/** CEL has integers, which JSON does not tell from other numbers. */
function withIntegers(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(withIntegers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withIntegers(inner)]));
}

describe('what has to hold before a node goes down', () => {
  it('is true and false of recorded objects as it should be, for each kind that is asked about', async () => {
    const upgrades = await upgradesOf();
    expect(upgrades.map(({ kind }) => kind)).toEqual(['TalosUpgrade', 'KubernetesUpgrade']);
    for (const { spec } of upgrades) {
      const checks = spec?.healthChecks ?? [];
      expect(checks.map(({ kind }) => kind).sort()).toEqual(
        [...new Set(recorded.map(({ kind }) => kind))].sort(),
      );
      const judged = checks.flatMap(({ kind, apiVersion, expr }) =>
        recorded
          .filter((each) => each.kind === kind)
          .map(({ name, object }) => {
            expect(object['apiVersion']).toBe(apiVersion);
            return [name, holds(expr, object)];
          }),
      );
      expect(Object.fromEntries(judged)).toEqual(
        Object.fromEntries(recorded.map(({ name, holds: expected }) => [name, expected])),
      );
    }
  });

  it('follows from what is enabled: without backups, Ceph and servers only the nodes are asked', async () => {
    const [talos] = await upgradesOf((value) => {
      value.volsync.enabled = false;
      value.rustfs.enabled = false;
      value.immich.database.storage.backup = false;
      delete value.tuppr.ceph;
    });
    expect(talos?.spec?.healthChecks?.map(({ kind }) => kind)).toEqual(['Node']);
  });

  it('never puts etcd at risk, and upgrades one node at a time', async () => {
    const [talos] = await upgradesOf();
    expect(talos).toMatchObject({ spec: { policy: { force: false, placement: 'hard' } } });
    expect((talos as TalosUpgrade).spec?.parallelism ?? 1).toBe(1);
  });
});
