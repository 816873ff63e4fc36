// Crosses config, compile, privacy, private-values and operations: private values that are also everyday words.
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/compile/compile.ts';
import type { Plan, PlannedFile } from '../../src/compile/plan.ts';
import { catalogue } from '../../src/components/catalogue.ts';
import { matcherOf, searchPlan } from '../../src/operations/configure/leaks.ts';
import { type Configuration, openConfiguration } from '../../src/private-values/configuration.ts';
import { gatehouse } from '../program.ts';
import { type ConfigData, exampleDirectory } from '../testDirectory.ts';

const now = new Date('2026-11-24T00:00:00Z');

/** Names that people give to their homes, apps and teams, and words of the documents that Gatehouse writes. */
const teams =
  `cloud docs apps home-ops family team home lab homelab media photos app web api access login auth admin user users
  main prod dev test demo example my-team my-home our-home personal private public house server servers network
  internet tunnel zero trust zero-trust security secure gateway proxy cluster kube k3s k8s ops devops infra platform
  photo gallery library storage backup data smith jones alpha beta first node box pi apple banana green blue garden
  open group label files note notes time local host networking enforcer iphone namespace immich-app a ab x-1 the-smiths
  o-brien smith2 kustomization origin written`.split(/\s+/);

const home = exampleDirectory();
afterAll(() => home[Symbol.dispose]());

const read = async (): Promise<Configuration> => {
  const opened = await openConfiguration(home.path, home.environment);
  if (!opened.ok) throw new Error('the example is invalid');
  return opened.value;
};

/** The configuration of the example with another private value, and its plan. */
async function planWith(name: string, value: string): Promise<{ configuration: Configuration; plan: Plan }> {
  const configuration = await read();
  const loaded = {
    ...configuration.loaded,
    private: new Map([...configuration.loaded.private, [name, value]]),
  };
  const { plan } = compile(loaded, catalogue);
  if (plan === undefined) throw new Error('nothing was compiled');
  return { configuration: { ...configuration, loaded }, plan };
}

async function searched(name: string, value: string, more: readonly PlannedFile[] = []) {
  const { configuration, plan } = await planWith(name, value);
  const matcher = matcherOf(configuration.loaded);
  return searchPlan(configuration, plan, [...plan.files, ...more], { matcher, now });
}

describe('an everyday word as a private value', () => {
  it.each(teams)('is no mistake of Gatehouse as the name of a team: %s', async (team) => {
    expect((await searched('ACCESS_TEAM', team)).leaked).toEqual([]);
  });

  it.each([
    '/cache',
    '/config',
    '/immich',
    '/apps',
    '/usr',
    '/api',
    '/a',
    '/data',
    '/mnt/My Photos',
    '/tmp/x',
    '/volume1',
  ])('is no mistake of Gatehouse as a directory: %s', async (path) => {
    expect((await searched('NAS_LIBRARY_PATH', path)).leaked).toEqual([]);
  });

  it.each([
    'a@b.co',
    'anna+photos@example.org',
    'Owner@Example.ORG',
    "o'brien@example.org",
    'a@xn--bcher-kva.example',
    '1@2.example',
  ])('is no mistake of Gatehouse as an e-mail address: %s', async (email) => {
    expect((await searched('IMMICH_ACCESS_EMAIL_1', email)).leaked).toEqual([]);
  });

  it.each(['p.co', 'immich.app', 'immich.local', 'xn--bcher-kva.example.org', '1.2.3.example', 'github.com'])(
    'is no mistake of Gatehouse as a host name: %s',
    async (host) => {
      expect((await searched('IMMICH_HOST', host)).leaked).toEqual([]);
    },
  );

  it.each(['192.168.1.0/24', '10.0.0.0/24', 'fd00::/64'])('nor as a range: %s', async (range) => {
    expect((await searched('LAN_RANGE_1', range)).leaked).toEqual([]);
  });
});

describe('a private value that a file has because of it', () => {
  const leak = (text: string): PlannedFile => ({ path: 'docs/README.md', content: text });
  const withLeak = async (name: string, value: string, text: string) => {
    const { configuration, plan } = await planWith(name, value);
    const matcher = matcherOf(configuration.loaded);
    const files = [...plan.files.filter(({ path }) => path !== 'docs/README.md'), leak(text)];
    return (await searchPlan(configuration, plan, files, { matcher, now })).leaked;
  };

  it.each([
    ['ACCESS_TEAM', 'cloud', 'https://cloud.cloudflareaccess.com/cdn-cgi/access/certs'],
    ['ACCESS_TEAM', 'a', 'https://a.cloudflareaccess.com'],
    ['ACCESS_TEAM', 'cloud', 'the base64 of it: aHR0cHM6Ly9jbG91ZC5jbG91ZGZsYXJlYWNjZXNzLmNvbS8='],
    ['ACCESS_TEAM', 'kettle-row', 'the team is kettle-row'],
    ['IMMICH_HOST', 'immich.app', 'see https://immich.app/'],
    ['NAS_LIBRARY_PATH', '/volume1/photos', 'mounted from /volume1/photos'],
    ['IMMICH_ACCESS_EMAIL_1', 'a@b.co', 'ask a@b.co'],
  ])('is a leak: %s as %s in "%s"', async (name, value, text) => {
    expect(await withLeak(name, value, text)).toMatchObject([
      { code: 'private-in-output', file: 'docs/README.md' },
    ]);
  });

  it.each([
    ['team', 'https://example-team.cloudflareaccess.com'],
    ['cloud', 'https://my-cloud.cloudflareaccess.com'],
    ['cloud', 'https://icloud.cloudflareaccess.com'],
  ])('is none in the domain of another team: %s in %s', async (team, text) => {
    expect(await withLeak('ACCESS_TEAM', team, text)).toEqual([]);
  });
});

describe('scan', () => {
  const said = async (team: string, path: string) => {
    using directory = exampleDirectory();
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      value.originProxy.team = team;
      value.immich.library.path = path;
    });
    return await gatehouse(directory, 'scan');
  };

  it.each(['example-team', 'cloud', 'home', 'my-home', 'a'])(
    'says as part of the result that the team %s is searched for by its host name, and is not alarmed',
    async (team) => {
      const { code, stdout, stderr } = await said(team, '/volume1/orchard');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toContain('Not searched');
      expect(stdout).toMatch(/^Nothing found: .*searched for 9 private values and for secrets/);
      expect(stdout).toContain('Searched for as a whole host name only: ACCESS_TEAM.');
      expect(stdout.trim().split('\n')).toHaveLength(1);
    },
  );

  it.each(['/data', '/mnt/media', '/cache'])(
    'does not count a value that it cannot search for: %s',
    async (path) => {
      const { code, stdout } = await said('kettle-row', path);
      expect(code).toBe(0);
      expect(stdout).toMatch(/searched for 8 of 9 private values/);
      expect(stdout).toContain('Not searched for (a word that is in most repositories): NAS_LIBRARY_PATH.');
      expect(stdout).not.toContain('ACCESS_TEAM');
    },
  );

  it('says nothing of values that it searches for in every form', async () => {
    const { stdout } = await said('kettle-row', '/volume1/orchard');
    expect(stdout).toMatch(/searched for 9 private values and for secrets by their shape\.\n$/);
  });
});

describe('configure', () => {
  it.each([
    ['/volume1/orchard', 'None of the 9 private values is'],
    ['/data', 'None of the 8 of 9 private values is'],
  ])('does not claim more than it searched for: %s', async (path, claim) => {
    using directory = exampleDirectory();
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      value.immich.library.path = path;
    });
    expect((await gatehouse(directory, 'configure', '--check')).stdout).toContain(claim);
  });

  it('writes everything with a team that is called like a word of the files, and scan accepts them', async () => {
    using directory = exampleDirectory();
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      value.originProxy.team = 'enforcer';
      value.immich.library.path = '/cache';
    });
    const ended = await gatehouse(directory, 'configure', '--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, written: true });
    expect((await gatehouse(directory, 'scan')).stdout).toContain('Nothing found');
  });

  it('says at the field which value cannot be told from a word, and what to choose', async () => {
    using directory = exampleDirectory();
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      value.immich.library.path = '/etc/immich-admin';
    });
    const { code, stdout } = await gatehouse(directory, 'configure', '--check', '--json');
    expect(code).toBe(1);
    const { warnings } = JSON.parse(stdout) as {
      warnings: { code: string; file: string; message: string }[];
    };
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'private-word',
        file: 'cluster.private.yaml',
        at: expect.objectContaining({ line: expect.any(Number) }),
        message: expect.stringMatching(/^immich\.library\.path: /),
        remedy: expect.stringContaining('choose'),
      }),
    );
  });

  it.each(['a', 'written', 'check', 'ok', 'n'])('reports valid JSON with the team %s', async (team) => {
    using directory = exampleDirectory();
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      value.originProxy.team = team;
    });
    const { stdout } = await gatehouse(directory, 'configure', '--check', '--json');
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toContain(team === 'n' ? 'ok' : 'written');
  });
});
