import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import { admit } from './admission.ts';
import { analyse } from './analyse.ts';
import type { ValidatedObject } from './invariants/structure.ts';

const core = {
  apiVersion: 'v1',
  kind: '',
  scope: 'Namespaced',
  source: 'kubernetes/kubernetes',
  version: 'v1.36.0',
  schema: '',
} as const;
const refused = [{ code: 'wrong-value' as const, path: ['spec'], message: 'it is wrong', expected: 'right' }];

function object(kind: string, name: string, spec: object = {}, apiVersion = 'v1'): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace: 'web' }, spec };
}

function sourced(each: KubernetesObject, appliedBy?: string): SourcedObject {
  return {
    object: each,
    file: `${each.kind}-${each.metadata.name}.yaml`,
    ...(appliedBy ? { appliedBy } : {}),
  };
}

/** What a server says: the named objects are refused. */
function structureOf(
  objects: readonly SourcedObject[],
  names: readonly string[],
  pinned = false,
  source: string = core.source,
) {
  const validated = objects.map(
    (each): ValidatedObject => ({
      source: each,
      kind: { ...core, source },
      findings: names.includes(each.object.metadata.name) ? refused : [],
    }),
  );
  return { validated, pinned };
}

const policy = object(
  'NetworkPolicy',
  'deny',
  { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  'networking.k8s.io/v1',
);
const labels = { app: 'a' };
const app = object(
  'Deployment',
  'app',
  {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] } },
  },
  'apps/v1',
);
const open = object('Service', 'open', {
  type: 'NodePort',
  selector: labels,
  ports: [{ port: 80, nodePort: 30_080 }],
});
const other = object('Service', 'other', {
  type: 'NodePort',
  selector: labels,
  ports: [{ port: 81, nodePort: 30_081 }],
});
const assumptions = { enforcer: 'kube-router', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };

function verdicts(objects: readonly SourcedObject[], structure?: ReturnType<typeof structureOf>) {
  const { proofs } = analyse(objects, assumptions, { structure });
  return Object.fromEntries(proofs.map(({ invariant, verdict }) => [invariant, verdict]));
}

describe('what is refused by itself', () => {
  const objects = [sourced(policy), sourced(app), sourced(open)];

  it('is there where nothing is refused', () => {
    expect(admit(objects, structureOf(objects, [])).objects).toBe(objects);
    expect(verdicts(objects)).toMatchObject({ 'default-deny': 'proved', 'node-ports': 'proved' });
  });

  it('neither protects nor opens, and the rest stays', () => {
    const { objects: held, refused } = admit(objects, structureOf(objects, ['deny']));
    expect(held.map(({ object: { metadata } }) => metadata.name)).toEqual(['app', 'open']);
    expect(refused).toEqual(['The API server refuses NetworkPolicy web/deny: spec: it is wrong']);
    expect(verdicts(objects, structureOf(objects, ['deny']))).toMatchObject({
      'default-deny': 'refuted',
      'objects-valid': 'refuted',
    });
  });

  it('opens nothing', () => {
    const several = [...objects, sourced(other)];
    expect(verdicts(several)).toMatchObject({ 'node-ports': 'refuted' });
    expect(verdicts(several, structureOf(several, ['other']))).toMatchObject({ 'node-ports': 'proved' });
  });

  it('is not certain for kinds of which the cluster may know another version, unless it is known', () => {
    const foreign = structureOf(objects, ['deny'], false, 'example/project');
    expect(admit(objects, foreign).objects.map(({ uncertain }) => uncertain)).toEqual([
      'The API server may refuse NetworkPolicy web/deny: spec: it is wrong',
      undefined,
      undefined,
    ]);
    expect(verdicts(objects, foreign)).toMatchObject({
      'default-deny': 'unknown',
      'objects-valid': 'unknown',
    });
    const pinned = structureOf(objects, ['deny'], true, 'example/project');
    expect(admit(objects, pinned).objects).toHaveLength(2);
  });

  it('changes nothing the second time', () => {
    const { objects: held } = admit(objects, structureOf(objects, ['deny'], false, 'example/project'));
    expect(admit(held).objects).toEqual(held);
  });
});

describe('what Flux applies with something that is refused', () => {
  const bad = object('ConfigMap', 'bad');
  const inApps = [bad, policy, app, open].map((each) => sourced(each, 'flux-system/apps'));

  it('neither protects nor opens for certain', () => {
    const structure = structureOf(inApps, ['bad']);
    const { objects } = admit(inApps, structure);
    expect(objects.map(({ uncertain }) => uncertain)).toEqual(
      Array(3).fill(
        'The API server refuses ConfigMap web/bad: spec: it is wrong, so that Flux Kustomization flux-system/apps may apply nothing',
      ),
    );
    const several = [...inApps, sourced(other, 'flux-system/apps')];
    expect(verdicts(several, structureOf(several, ['bad']))).toMatchObject({
      'default-deny': 'unknown',
      'node-ports': 'unknown',
      'internal-clients': 'unknown',
    });
  });

  it('does not reach into another Kustomization', () => {
    const apart = [sourced(bad, 'flux-system/other'), ...inApps.slice(1)];
    expect(verdicts(apart, structureOf(apart, ['bad']))).toMatchObject({ 'default-deny': 'proved' });
  });

  it('reaches a Kustomization that it applies', () => {
    const child = { ...object('Kustomization', 'apps', {}, 'kustomize.toolkit.fluxcd.io/v1') };
    child.metadata.namespace = 'flux-system';
    const nested = [sourced(bad, 'flux-system/root'), sourced(child, 'flux-system/root'), ...inApps.slice(1)];
    expect(verdicts(nested, structureOf(nested, ['bad']))).toMatchObject({ 'default-deny': 'unknown' });
  });

  it('falls for a Kustomization that is validated beside the objects', () => {
    const root = sourced(object('Kustomization', 'apps', {}, 'kustomize.toolkit.fluxcd.io/v1'));
    root.object.metadata.namespace = 'flux-system';
    const applied = inApps.slice(1);
    const everything = [...applied, root];
    expect(verdicts(applied, structureOf(everything, []))).toMatchObject({ 'default-deny': 'proved' });
    expect(verdicts(applied, structureOf(everything, ['apps']))).toMatchObject({ 'default-deny': 'unknown' });
    const { objects } = admit(applied, structureOf(everything, ['apps']));
    expect(objects).toHaveLength(applied.length);
  });

  it('falls for what Flux itself refuses', () => {
    const withReason = inApps.map((each, index) =>
      index === 0 ? { ...each, refused: 'ConfigMap web/bad has no namespace' } : each,
    );
    const { unknowns, proofs } = analyse(withReason, assumptions);
    expect(unknowns.map(({ sentence }) => sentence)).toContain('ConfigMap web/bad has no namespace');
    expect(proofs.find(({ invariant }) => invariant === 'default-deny')).toMatchObject({
      verdict: 'unknown',
      sentence: expect.stringContaining('ConfigMap web/bad has no namespace'),
    });
  });

  it('does not fall for an object of a chart, which helm installs', () => {
    const chart = { ...sourced(bad, 'flux-system/apps'), file: 'release.yaml', line: 1, template: 'a.yaml' };
    const rest = [chart, ...inApps.slice(1)];
    expect(verdicts(rest, structureOf(rest, ['bad']))).toMatchObject({ 'default-deny': 'proved' });
    const byChart = inApps
      .slice(1)
      .map((each) => ({ ...each, file: 'release.yaml', line: 1, template: 'b.yaml' }));
    const all = [chart, ...byChart];
    expect(verdicts(all, structureOf(all, ['bad']))).toMatchObject({ 'default-deny': 'unknown' });
  });
});

describe('what a rendered chart makes', () => {
  const release = sourced(object('HelmRelease', 'app', {}, 'helm.toolkit.fluxcd.io/v2'), 'flux-system/apps');
  const made = { ...sourced(policy, 'flux-system/apps'), file: release.file, template: 'a.yaml' };
  const rest = [made, sourced(app)];

  it('falls with its release, which is validated beside the objects', () => {
    const structure = (...names: string[]) =>
      structureOf([...rest, release], names, false, 'example/project');
    expect(verdicts(rest, structure())).toMatchObject({ 'default-deny': 'proved' });
    expect(verdicts(rest, structure('app'))).toMatchObject({ 'default-deny': 'unknown' });
  });

  it('falls with the Kustomization that applies its release', () => {
    const bad = sourced(object('ConfigMap', 'bad'), 'flux-system/apps');
    const all = [...rest, bad];
    expect(verdicts(all, structureOf(all, ['bad']))).toMatchObject({ 'default-deny': 'unknown' });
  });
});

it('points out clear text in a Secret that the API server refuses', () => {
  const secret: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'web' },
    stringData: { password: 'x' },
  };
  const objects = [sourced(secret)];
  expect(verdicts(objects, structureOf(objects, ['s']))).toMatchObject({ 'secrets-encrypted': 'refuted' });
});

describe('a kind that a definition among the objects defines', () => {
  const spec = { group: 'cilium.io', names: { kind: 'CiliumNetworkPolicy' } };
  const definition = sourced(object('CustomResourceDefinition', 'policies', spec, 'apiextensions.k8s.io/v1'));
  const own = sourced(object('CiliumNetworkPolicy', 'own', {}, 'cilium.io/v2'));
  const kind = { ...core, source: 'a definition among the objects' };
  const misspelt = [
    { code: 'unknown-key' as const, path: ['spec', 'ingres'], message: 'it is not known', expected: '' },
  ];
  const uncertainOf = (validated: Omit<ValidatedObject, 'source'>): string | undefined => {
    const all = [
      { source: definition, kind: core, findings: [] },
      { source: own, ...validated },
    ];
    const { objects } = admit([definition, own], { validated: all, pinned: true });
    return objects.find((each) => each.object === own.object)?.uncertain;
  };

  it('is doubtful where that definition refuses an object, a field that it does not have included', () => {
    expect(uncertainOf({ kind, findings: misspelt })).toBeUndefined();
    const doubt = 'The API server may refuse CiliumNetworkPolicy web/own: spec.ingres';
    expect(uncertainOf({ kind, findings: [], own: { kind, findings: misspelt } })).toContain(doubt);
    expect(uncertainOf({ kind: undefined, findings: [], own: { kind, findings: misspelt } })).toContain(
      doubt,
    );
  });

  it('stays doubtful where ours refuses more than a field that it does not have', () => {
    expect(uncertainOf({ kind, findings: refused, own: { kind, findings: [] } })).toContain('may refuse');
    expect(uncertainOf({ kind, findings: [], own: { kind, findings: [] } })).toBeUndefined();
  });
});
