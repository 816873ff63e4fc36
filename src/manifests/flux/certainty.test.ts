import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldsAt } from '../../kubernetes/fields.ts';
import { buildTree } from '../buildTree.ts';
import { kustomizationSpec } from './kustomizationSpec.ts';

const kinds = (name: string, rest = '') => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: web${rest}}
spec: {ports: [{port: 80}]}
`;

function kustomization(name: string, spec = '', metadata = ''): string {
  return `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system${metadata}}
spec: {path: ./${name}, prune: true, interval: 1h, sourceRef: {kind: GitRepository, name: flux-system}${spec}}
`;
}

/** Why each Service is not certain, by its name. */
function reasons(files: Record<string, string>): Record<string, string | undefined> {
  const { objects } = buildTree({ tree: new Map(Object.entries(files)), unread: [] });
  return Object.fromEntries(
    objects
      .filter(({ object }) => object.kind === 'Service')
      .map(({ object, uncertain }) => [object.metadata.name, uncertain]),
  );
}

function reasonOf(spec: string, service = kinds('a')): string | undefined {
  return reasons({ 'flux/ks.yaml': kustomization('apps', spec), 'apps/a.yaml': service })['a'];
}

describe('an object of a Flux Kustomization', () => {
  it('is certain by default, and with every harmless field', () => {
    expect(reasonOf('')).toBeUndefined();
    const harmless =
      ', retryInterval: 1m, timeout: 1m, wait: true, force: true, deletionPolicy: Orphan, serviceAccountName: x, healthChecks: [], healthCheckExprs: [], buildMetadata: [originAnnotations], suspend: false, dependsOn: []';
    expect(reasonOf(harmless)).toBeUndefined();
  });

  it('is not certain where a dependency is ready by an expression', () => {
    const found = (expression: string) =>
      reasons({
        'flux/ks.yaml': `${kustomization('apps', `, dependsOn: [{name: base${expression}}]`)}---\n${kustomization('base', '')}`,
        'apps/a.yaml': kinds('a'),
        'base/b.yaml': kinds('b'),
      });
    expect(found('')).toEqual({ a: undefined, b: undefined });
    expect(found(', readyExpr: "false"')['a']).toContain('the readyExpr of base');
  });

  it.each([
    [', suspend: true', 'is suspended'],
    [', kubeConfig: {secretRef: {name: other}}', 'another cluster, by kubeConfig of Secret other'],
    [', kubeConfig: {configMapRef: {name: other}}', 'another cluster'],
    [', dependsOn: [{name: gone}]', 'depends on flux-system/gone, which is not among these objects'],
    [', dependsOn: [{name: apps, namespace: other}]', 'depends on other/apps, which is not'],
    [', dependsOn: [{name: apps}]', 'depends on itself'],
    [', newField: {a: b}', 'has the field "newField"'],
    [', ignore: [{paths: [/spec/type]}]', 'ignores /spec/type of Service web/a'],
    [', ignore: [{paths: [/spec], target: {kind: Serv.*}}]', 'ignores /spec of Service web/a'],
    [', commonMetadata: {annotations: {kustomize.toolkit.fluxcd.io/ssa: Ignore}}', 'does not apply it'],
    [', postBuild: {substitute: {A: b}}', 'nobody sets the variable NAME of Service web/a'],
  ])('is not certain with %s', (spec, why) => {
    const service = spec.includes('postBuild') ? kinds('a', ', labels: {x: "${NAME}"}') : kinds('a');
    expect(reasonOf(spec, service)).toContain(why);
  });

  it.each([
    ', ignore: [{paths: [/spec/replicas]}]',
    ', ignore: [{paths: [/spec], target: {kind: Deployment}}]',
  ])('is certain with %s', (spec) => expect(reasonOf(spec)).toBeUndefined());

  it.each([
    ['kustomize.toolkit.fluxcd.io/reconcile', 'disabled', 'does not apply it'],
    ['kustomize.toolkit.fluxcd.io/ssa', 'ignore', 'does not apply it'],
    ['kustomize.toolkit.fluxcd.io/ssa', 'IfNotPresent', 'only where it is missing'],
    ['kustomize.toolkit.fluxcd.io/ssa', 'Merge', 'that others added'],
    ['kustomize.toolkit.fluxcd.io/new', 'x', 'not known'],
    ['kustomize.toolkit.fluxcd.io/ssa', 'Override', undefined],
    ['kustomize.toolkit.fluxcd.io/prune', 'disabled', undefined],
    ['kustomize.toolkit.fluxcd.io/force', 'enabled', undefined],
    ['kustomize.toolkit.fluxcd.io/substitute', 'disabled', undefined],
  ])('with %s: %s, as a label or an annotation', (key, value, why) => {
    for (const field of ['labels', 'annotations']) {
      const reason = reasonOf('', kinds('a', `, ${field}: {${key}: ${value}}`));
      if (why === undefined) expect(reason).toBeUndefined();
      else expect(reason).toContain(`Service web/a has ${key}: ${value}: `);
      if (why !== undefined) expect(reason).toContain(why);
    }
  });
});

describe('a Flux Kustomization', () => {
  it('waits for what is not applied, and brings nothing that is certain', () => {
    const files = {
      'flux/ks.yaml': [
        kustomization('one', ', suspend: true'),
        kustomization('two', ', dependsOn: [{name: one}]'),
        kustomization('three', ', dependsOn: [{name: two}]'),
        kustomization('four', ', dependsOn: [{name: five}]'),
        kustomization('five'),
      ].join(''),
      ...Object.fromEntries(
        ['one', 'two', 'three', 'four', 'five'].map((name) => [`${name}/s.yaml`, kinds(name)]),
      ),
    };
    const found = reasons(files);
    expect([found['four'], found['five']]).toEqual([undefined, undefined]);
    for (const name of ['one', 'two', 'three'])
      expect(found[name]).toContain('Kustomization flux-system/one is suspended');
    expect(found['three']).toContain('Kustomization flux-system/three waits for what it depends on');
  });

  it('waits for ever in a cycle, wherever it is entered', () => {
    const names = ['one', 'two', 'three'];
    const files = {
      'flux/ks.yaml': names
        .map((name, at) => kustomization(name, `, dependsOn: [{name: ${names[(at + 1) % 3]}}]`))
        .join(''),
      ...Object.fromEntries(names.map((name) => [`${name}/s.yaml`, kinds(name)])),
    };
    for (const reason of Object.values(reasons(files))) expect(reason).toContain('depends on itself');
  });

  it('is as uncertain as the one that applies it', () => {
    const found = reasons({
      'flux/ks.yaml': kustomization('parent', ', postBuild: {substitute: {REGION: eu}}'),
      'parent/ks.yaml': kustomization(
        'child',
        ', postBuild: {substitute: {KIND: LoadBalancer}}, namePrefix: "${KIND}"',
      ),
      'child/s.yaml': kinds('a'),
    });
    expect(Object.values(found).join()).toContain(
      'nobody sets the variable KIND of Kustomization flux-system/child',
    );
  });

  it('may depend on what the Flux Operator makes of a FluxInstance', () => {
    const instance = `---
apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
`;
    const files = {
      'flux/ks.yaml': kustomization('apps', ', dependsOn: [{name: flux-system}]'),
      'apps/a.yaml': kinds('a') + instance,
    };
    expect(reasons(files)['a']).toBeUndefined();
  });

  it('refuses a Secret of SOPS without decryption', () => {
    const secret = (metadata = '') => `---
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: web${metadata}}
stringData: {a: "ENC[AES256_GCM,data:x]"}
sops: {mac: "ENC[AES256_GCM,data:x]"}
`;
    expect(reasonOf('', kinds('a') + secret())).toContain('Secret web/s is encrypted with SOPS');
    expect(reasonOf(', decryption: {provider: sops}', kinds('a') + secret())).toBeUndefined();
    const disabled = secret(', annotations: {kustomize.toolkit.fluxcd.io/decrypt: Disabled}');
    expect(reasonOf('', kinds('a') + disabled)).toBeUndefined();
  });
});

it('every field of a Flux Kustomization is in the table', () => {
  const file = new URL('../../../schemas/kustomize.toolkit.fluxcd.io_v1_Kustomization.json', import.meta.url);
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const fields = Object.keys(fieldsAt(schema, 'properties', 'spec', 'properties'));
  expect(fields).not.toEqual([]);
  expect(Object.keys(kustomizationSpec)).toEqual(expect.arrayContaining(fields));
});
