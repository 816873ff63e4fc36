// Crosses the loader, the kinds and the prover: a FluxInstance in a file that nothing applies, of which a root is made.
import { describe, expect, it } from 'vitest';
import { checkTree } from './fluxTree.ts';

const sync =
  'sync: {kind: GitRepository, url: "https://example.org/a/b", ref: refs/heads/main, path: clusters/main}';
const distribution = 'distribution: {version: 2.x, registry: ghcr.io/fluxcd}';
const instance = (spec: string, version = 'v1') => `---
apiVersion: fluxcd.controlplane.io/${version}
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec: {${distribution}, ${sync}${spec}}
`;
const patches = (target: string) =>
  `, kustomize: {patches: [{${target}patch: "[{op: add, path: /spec/template/spec/hostNetwork, value: true}]"}]}`;
const values = (spec: string) => `instance: {${sync}${spec}}\n`;
const release = (spec: string) => `---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: flux-instance, namespace: flux-system}
spec: {interval: 1h, chartRef: {kind: OCIRepository, name: flux-instance}, values: {instance: {${sync}${spec}}}}
`;

/** The verdicts of some promises where the only root is that of the text in `file`. */
async function verdictsOf(text: string, file = 'flux/fi.yaml') {
  const { analysis, denied } = await checkTree({
    'clusters/main/flux-system/kustomization.yaml': undefined,
    'clusters/main/flux-system/gotk-sync.yaml': undefined,
    [file]: text,
  });
  const host = analysis.proofs.find(({ invariant }) => invariant === 'host-ports');
  return { host: host?.verdict, sentence: host?.sentence, denied: denied?.verdict };
}

const all = 'target: {kind: Kustomization}, ';
const deployments = 'target: {kind: Deployment}, ';

describe.each(['flux/fi.yaml', 'clusters/main/fi.yaml'])('a FluxInstance in %s', (file) => {
  it('may change its controllers by patches', async () => {
    const found = await verdictsOf(instance(patches(deployments)), file);
    expect(found).toMatchObject({ host: 'unknown', denied: 'proved' });
    expect(found.sentence).toContain('FluxInstance flux-system/flux');
  });

  it.each([
    ['the Kustomization', all],
    ['the source', 'target: {kind: GitRepository}, '],
    ['objects of every kind', 'target: {name: flux-system}, '],
    ['a pattern of kinds', 'target: {kind: "Deploy.*|Kustom.*"}, '],
    ['what they name themselves', ''],
  ])('may change all that it syncs by patches of %s', async (_, target) => {
    expect(await verdictsOf(instance(patches(target)), file)).toMatchObject({
      host: 'unknown',
      denied: 'unknown',
    });
  });

  it('may sync nothing, or more, in a version that is not known', async () => {
    expect(await verdictsOf(instance('', 'v9'), file)).toMatchObject({ host: 'unknown', denied: 'unknown' });
  });
});

it.each([
  ['a file of values', values],
  ['a release', release],
])('counts in %s', async (_, text) => {
  expect((await verdictsOf(text(patches(all)))).denied).toBe('unknown');
});

it('changes nothing of the pods without patches, from a file of values', async () => {
  expect(await verdictsOf(values(''))).toMatchObject({ host: 'proved', denied: 'proved' });
});

it('does not count where it syncs another directory', async () => {
  const { analysis } = await checkTree({
    'flux/fi.yaml': instance(patches(all)).replace('clusters/main', 'clusters/gone'),
  });
  expect(analysis.proofs.map(({ verdict }) => verdict)).not.toContain('unknown');
});
