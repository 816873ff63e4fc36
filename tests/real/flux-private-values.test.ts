import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAgain } from '../../src/kubernetes/substitutedText.ts';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { fluxBench } from './fixtures/fluxBench.ts';
import { fluxObjects, repositoryBench } from './fixtures/repositoryBench.ts';
import { realSuite } from './fixtures/suite.ts';
import { startEnvironment, type TestEnvironment } from './origin-proxy/environment.ts';
import { get } from './origin-proxy/exchange.ts';
import { sign, userClaims } from './origin-proxy/issuer.ts';

const emails = ["o'brien@example.org", "#1&*!?{}|`%/=^~+_-.'@example.org", '*@example.org', '-@example.org'];
const owner = "o'brien@example.org";
const path = `/mnt/o'brien's "photos" #1 & more, 100% \\ $HOME`;
/** Both start the controllers, and remove what they applied. */
const starting = 300_000;
const suite = [...controlPlaneParts, ...fluxParts, 'nginx', 'sops'] as const;

/** The lines of nginx.conf that say who may pass. */
const rules = /^ *js_var \$gatehouse_(?:allowlist|emails|service_tokens) .*$/gm;

realSuite('Flux fills in values with signs of other languages', suite, (parts) => {
  describe('in the repository that configure writes', () => {
    let configuration: string;
    let job: string;
    let deployment: string;
    let world: TestEnvironment;

    beforeAll(async () => {
      await using bench = await repositoryBench(parts);
      const { revision } = await bench.push({
        cluster: (value) =>
          Object.assign(value.immich, { administrator: { way: 'oidc' }, oidc: { enabled: true } }),
        privateFile: (value) => {
          value.immich.access.emails = emails;
          value.immich.administrator = { email: owner };
          value.immich.library.path = path;
        },
      });
      await bench.flux.untilReady(fluxObjects('home').entry, true, revision);
      const live = async (apiVersion: string, kind: string, namespace: string, name: string) =>
        (await bench.cluster.get({ apiVersion, kind, namespace, name })) ?? {};
      const { data } = (await live('v1', 'ConfigMap', 'networking', 'immich-origin-proxy')) as {
        data?: Record<string, string>;
      };
      configuration = data?.['nginx.conf'] ?? '';
      job = JSON.stringify(await live('batch/v1', 'Job', 'media', 'immich-setup'));
      deployment = JSON.stringify(await live('apps/v1', 'Deployment', 'media', 'immich-server'));
      const lines = [...(configuration.match(rules) ?? [])];
      expect(lines).toHaveLength(3);
      world = await startEnvironment(parts.nginx, {
        edit: (own) => own.replace(rules, () => lines.shift() ?? ''),
      });
    }, starting);
    afterAll(() => world[Symbol.asyncDispose]());

    const answerFor = async (email: string): Promise<number> => {
      const token = await sign(userClaims(world.issuer, { email }), world.key);
      return (await get(world.proxy.port, token)).status;
    };

    test('they arrive as they are', () => {
      expect(configuration).toContain(`"${emails.join(' ')}";`);
      expect(job).toContain(`{"name":"OWNER_EMAIL","value":${JSON.stringify(owner)}}`);
      expect(deployment).toContain(`"path":${JSON.stringify(path)}`);
    });

    test.each(emails)('nginx admits %s', async (email) => expect(await answerFor(email)).toBe(200));

    test.each([
      'obrien@example.org',
      'brien@example.org',
      "o''brien@example.org",
      "o\\'brien@example.org",
      '@example.org',
      'a@example.org',
      emails.join(''),
    ])('and nobody else, such as %s', async (email) => expect(await answerFor(email)).toBe(401));
  });

  test(
    'every printable character arrives where the model says so',
    async () => {
      await using bench = await fluxBench(parts);
      const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
      const values = printable
        .flatMap((each) => [`${each}ab`, `a${each}b`, `ab${each}`, `a ${each}b`, `a${each} b`])
        .filter((value) => readAgain('${V}', value)?.value === value);
      expect(values.length).toBeGreaterThan(380);
      const named = values.map((value, index) => [`V${index}`, value] as const);
      const revision = await bench.publish({
        'values/values.yaml': await bench.secret('values', { stringData: Object.fromEntries(named) }),
        'apps/filled.yaml': bench.configMap(
          'filled',
          Object.fromEntries(named.map(([name]) => [name, `\${${name}}`])),
        ),
      });
      const postBuild = { substituteFrom: [{ kind: 'Secret', name: 'values' }] };
      await bench.flux.untilReady(await bench.follow('values'), true, revision);
      await bench.flux.untilReady(await bench.follow('apps', { postBuild }), true, revision);
      expect(await bench.data('ConfigMap', 'filled')).toEqual(Object.fromEntries(named));
    },
    starting,
  );
});
