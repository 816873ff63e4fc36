import { expect, test } from 'vitest';
import { readAgain } from '../../src/kubernetes/substitutedText.ts';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { fluxBench } from './fixtures/fluxBench.ts';
import { fluxObjects, repositoryBench } from './fixtures/repositoryBench.ts';
import { realSuite } from './fixtures/suite.ts';

const emails = ["o'brien@example.org", "#1&*!?{}|`%/=^~+_-.'@example.org", '*@example.org', '-@example.org'];
const owner = "o'brien@example.org";
const path = `/mnt/o'brien's "photos" 1# & more, 100% \\ $HOME`;
const suite = [...controlPlaneParts, ...fluxParts, 'sops'] as const;

/** Each test starts the controllers, and removes what they applied. */
const starting = 300_000;

realSuite('Flux fills in values with signs of other languages', suite, (parts) => {
  // What the origin proxy makes of them: origin-proxy/privateValues.test.ts.
  test(
    'in the repository that configure writes',
    async () => {
      await using bench = await repositoryBench(parts);
      const { revision } = await bench.push({
        cluster: (value) =>
          Object.assign(value.immich, { administrator: { kind: 'oidc' }, oidc: { enabled: true } }),
        privateFile: (value) => {
          value.immich.access.emails = emails;
          value.immich.administrator = { email: owner };
          value.immich.library.path = path;
        },
      });
      await bench.flux.untilReady(fluxObjects('home').entry, true, revision);
      const live = async (apiVersion: string, kind: string, namespace: string, name: string) =>
        JSON.stringify(await bench.cluster.get({ apiVersion, kind, namespace, name }));
      const texts = [
        await live('v1', 'ConfigMap', 'networking', 'immich-origin-proxy'),
        await live('batch/v1', 'Job', 'media', 'immich-setup'),
        await live('apps/v1', 'Deployment', 'media', 'immich-server'),
      ];
      expect(texts[0]).toContain(JSON.stringify(`"${emails.join(' ')}";`).slice(1, -1));
      expect(texts[1]).toContain(`"value":${JSON.stringify(owner)}`);
      expect(texts[2]).toContain(`"path":${JSON.stringify(path)}`);
    },
    starting,
  );

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
