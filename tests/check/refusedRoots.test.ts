// Crosses the loader, the schemas and the prover: Flux Kustomizations that nothing here applies, and what they apply.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { check } from '../../src/operations/check/check.ts';
import { environmentOf } from '../testDirectory.ts';

const root = (name: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec: {interval: 1h, path: ./${name}, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}\n`;
const files = {
  'flux/apps.yaml': root('apps'),
  'flux/policies.yaml': root('policies'),
  'policies/deny.yaml':
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: web}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n',
  'apps/web.yaml':
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: web}\nspec: {containers: [{name: web, image: "x:1"}]}\n',
};

/** The proofs of two invariants: whether the namespace denies by default, and whether the objects are valid. */
async function proofsOf(change: (policies: string) => string, more: Record<string, string> = {}) {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-roots-'));
  try {
    const changed = { ...files, 'flux/policies.yaml': change(files['flux/policies.yaml']), ...more };
    for (const [file, text] of Object.entries(changed)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    }
    const checked = await check(path, environmentOf(path), { enforcer: 'kube-router' });
    if (!checked.ok) throw new Error('not checked');
    const { analysis, source } = checked.value;
    const of = (id: string) => analysis.proofs.filter(({ invariant }) => invariant === id);
    return { denied: of('default-deny')[0]?.verdict, valid: of('objects-valid'), objects: source.objects };
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

it.each([
  ['as it is', ''],
  ['that adds where objects are from', ', buildMetadata: [originAnnotations, transformerAnnotations]'],
  ['with every field that says when', ', timeout: 5m, retryInterval: 1m30s, wait: true, suspend: false'],
])('proves by the policies of a root %s, which is no object of its own', async (_, more) => {
  const { denied, valid, objects } = await proofsOf((text) =>
    text.replace('prune: true', `prune: true${more}`),
  );
  expect([denied, objects]).toEqual(['proved', 3]);
  expect(valid.map(({ verdict }) => verdict)).toEqual(['proved']);
});

it.each([
  ['has no interval', 'interval: 1h, ', '', 'interval'],
  ['has no prune', 'prune: true, ', '', 'prune'],
  ['has an interval in days', '1h', '1d', 'interval'],
  ['has an interval without a unit', '1h', '60', 'interval'],
  ['has a timeout in days', '1h', '1h, timeout: 1d', 'timeout'],
  ['has text for prune', 'prune: true', 'prune: "true"', 'prune'],
  ['has text for suspend', 'prune: true', 'prune: true, suspend: "true"', 'suspend'],
  ['has a name with capital letters', 'name: policies,', 'name: Policies,', 'name'],
  ['has an unknown provider of keys', 'true', 'true, decryption: {provider: pgp}', 'provider'],
  ['adds metadata that is not known', 'true', 'true, buildMetadata: [origin]', 'buildMetadata'],
  ['misspells a field', 'prune: true', 'prune: true, dependOn: []', 'dependOn'],
])('proves nothing by the policies of a root that %s', async (_, from, to, field) => {
  const changed = files['flux/policies.yaml'].replace(from, to);
  expect(changed).not.toBe(files['flux/policies.yaml']);
  const { denied, valid } = await proofsOf(() => changed);
  expect(denied).toBe('unknown');
  expect(valid.map(({ claim }) => claim)).toEqual([
    expect.stringMatching(/^Kustomization flux-system\/policies has the structure of its kind$/i),
  ]);
  expect(valid[0]?.sentence).toContain(field);
});

const old = ', validation: client';
it.each([
  ['v1beta2, which is read as v1', 'v1beta2', '', 'proved'],
  ['v1beta2 with a field that v1 has not', 'v1beta2', old, 'unknown'],
  ['v1beta2 with a value that v1 refuses', 'v1beta2', ', retryInterval: 1d', 'unknown'],
  ['v1beta2 with a value that is filled in later', 'v1beta2', ', retryInterval: "${AGAIN}"', 'proved'],
  ['v1beta1, which may differ', 'v1beta1', '', 'unknown'],
  ['a version that does not exist', 'v9', '', 'unknown'],
  ['the next beta', 'v2beta1', '', 'unknown'],
])('takes a root of %s', async (_, version, more, verdict) => {
  const change = (text: string) =>
    text.replace('fluxcd.io/v1', `fluxcd.io/${version}`).replace('prune: true', `prune: true${more}`);
  const { denied, valid } = await proofsOf(change);
  expect(denied).toBe(verdict);
  // A cluster of Flux 2.8 does not serve the version any more.
  expect(valid.map((each) => each.verdict)).toEqual(['unknown']);
  expect(valid[0]?.sentence).toContain(`Kustomization of kustomize.toolkit.fluxcd.io/${version}`);
});

it('takes a Kustomization that another one applies as it takes a root', async () => {
  const nested = async (version: string) => {
    const inner = root('policies').replace('fluxcd.io/v1', `fluxcd.io/${version}`);
    return (await proofsOf(() => root('top'), { 'top/policies.yaml': inner })).denied;
  };
  expect([await nested('v1'), await nested('v1beta2'), await nested('v9')]).toEqual([
    'proved',
    'proved',
    'unknown',
  ]);
});

/** What `flux bootstrap` writes: the definition of the kind is among the objects. */
const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kustomizations.kustomize.toolkit.fluxcd.io}
spec:
  group: kustomize.toolkit.fluxcd.io
  scope: Namespaced
  names: {kind: Kustomization, plural: kustomizations}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`;

it.each([
  ['as it is', 'prune: true', 'prune: true', 'proved'],
  ['without an interval', 'interval: 1h, ', '', 'unknown'],
  ['with an interval in days', '1h', '1d', 'unknown'],
  ['with text for suspend', 'prune: true', 'prune: true, suspend: "true"', 'unknown'],
])('takes a root %s where the repository holds the definition', async (_, from, to, verdict) => {
  const { denied } = await proofsOf((text) => text.replace(from, to), { 'apps/definition.yaml': definition });
  expect(denied).toBe(verdict);
});
