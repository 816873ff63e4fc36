import { expect, it } from 'vitest';
import { preparedHome } from '../../../tests/home.ts';
import type { FluxKustomization } from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';

it.each([
  ['home', 2],
  ['platform', 25],
])(
  '%s: no Kustomization waits for one that it applies and that depends on it: neither would ever be ready',
  async (example, count) => {
    const { roots } = (await preparedHome({ example })).repository;
    const kustomizations = roots.map(({ directory, objects }) => ({
      directory,
      applied: objects
        .filter(({ object }) => object.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/'))
        .map(({ object }) => object as unknown as FluxKustomization),
    }));
    const all = kustomizations.flatMap(({ applied }) => applied);
    expect(all.length).toBe(count);
    const stuck = all.filter(({ metadata, spec }) => {
      const own = kustomizations.find(({ directory }) => `./${directory}` === spec.path);
      expect(own).toBeDefined();
      return (
        spec.wait === true &&
        own?.applied.some((one) => one.spec.dependsOn?.some(({ name }) => name === metadata.name))
      );
    });
    expect(stuck.map(({ metadata }) => metadata.name)).toEqual([]);
  },
);

it.each([
  ['home', ['source', 'kustomize']],
  ['platform', ['source', 'kustomize', 'helm']],
])('%s: the quickstart installs each controller of Flux whose kinds are written', async (example, known) => {
  const { plan } = await preparedHome({ example });
  const groups = plan.objects.flatMap(
    ({ object }) => /^(\w+)\.toolkit\.fluxcd\.io\//.exec(object.apiVersion)?.[1] ?? [],
  );
  expect([...new Set(groups)].sort()).toEqual([...known].sort());
  const quickstart = plan.files.find(({ path }) => path === 'docs/quickstart.md');
  const installed = /flux install --components=(\S+)/.exec(quickstart ? textOf(quickstart) : '')?.[1];
  expect(installed?.split(',')).toEqual(known.map((name) => `${name}-controller`));
  // Each release is claimed, and so it is looked for once everything is pushed.
  const releases = plan.objects.filter(({ object }) => object.kind === 'HelmRelease');
  const watched = /`flux get helmreleases -A` says it of (.*), one after/.exec(
    quickstart ? textOf(quickstart) : '',
  )?.[1];
  expect(watched?.split(', ').sort() ?? []).toEqual(
    releases.map(({ object }) => `\`${object.metadata.name}\``).sort(),
  );
});
