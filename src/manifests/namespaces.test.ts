import { describe, expect, it } from 'vitest';
import { buildTree } from './buildTree.ts';
import { assumedNamespaces } from './namespaces.ts';

const object = (kind: string, apiVersion = 'v1', metadata = ''): string =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a${metadata}}\n`;

const kustomization = (spec = '') => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps, sourceRef: {kind: GitRepository, name: flux-system}${spec}}
`;

function build(files: Record<string, string>) {
  return buildTree({ tree: new Map(Object.entries(files)), unread: [] }).objects;
}

const applied = (text: string, spec?: string) =>
  build({ 'flux/ks.yaml': kustomization(spec), 'apps/a.yaml': text });

describe('an object without a namespace', () => {
  it.each([
    ['ConfigMap', 'v1'],
    ['Deployment', 'apps/v1'],
    ['NetworkPolicy', 'networking.k8s.io/v1'],
    ['HTTPRoute', 'gateway.networking.k8s.io/v1'],
    ['SecurityPolicy', 'gateway.envoyproxy.io/v1alpha1'],
    ['HelmRelease', 'helm.toolkit.fluxcd.io/v2'],
    ['CiliumNetworkPolicy', 'cilium.io/v2'],
    ['Cluster', 'postgresql.cnpg.io/v1'],
  ])('is refused by Flux if it is a %s, and in default without Flux', (kind, apiVersion) => {
    const [refused] = applied(object(kind, apiVersion));
    expect(refused?.refused).toContain(`${kind} a names no namespace`);
    expect(refused?.refused).toContain('namespace not specified');
    expect(applied(object(kind, apiVersion, ', namespace: ""'))[0]?.refused).toBeDefined();
    for (const files of [
      { 'a.yaml': object(kind, apiVersion) },
      { 'a.yaml': object(kind, apiVersion), 'kustomization.yaml': 'resources: [a.yaml]\n' },
    ]) {
      const [placed] = build(files);
      expect(placed?.object.metadata.namespace).toBe('default');
      expect(placed?.refused ?? placed?.uncertain).toBeUndefined();
    }
  });

  it.each([
    ['Namespace', 'v1'],
    ['PersistentVolume', 'v1'],
    ['ClusterRole', 'rbac.authorization.k8s.io/v1'],
    ['IngressClass', 'networking.k8s.io/v1'],
    ['GatewayClass', 'gateway.networking.k8s.io/v1'],
    ['ClusterIssuer', 'cert-manager.io/v1'],
    ['ClusterImageCatalog', 'postgresql.cnpg.io/v1'],
    ['CiliumClusterwideNetworkPolicy', 'cilium.io/v2'],
    ['CustomResourceDefinition', 'apiextensions.k8s.io/v1'],
    ['Something', 'example.org/v1'],
  ])('is as it should be if it is a %s', (kind, apiVersion) => {
    for (const [found] of [
      applied(object(kind, apiVersion)),
      build({ 'a.yaml': object(kind, apiVersion) }),
    ]) {
      expect(found?.refused).toBeUndefined();
      expect(found?.object.metadata.namespace).toBeUndefined();
    }
  });

  it('has that of targetNamespace, and a scope that a definition among the objects says', () => {
    expect(applied(object('ConfigMap'), ', targetNamespace: web')[0]).toMatchObject({
      object: { metadata: { namespace: 'web' } },
    });
    const definition = (scope: string) =>
      `---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: b}\nspec: {group: example.org, scope: ${scope}, names: {kind: Something}}\n`;
    const refused = (scope: string) =>
      applied(object('Something', 'example.org/v1') + definition(scope)).map((each) => each.refused);
    expect(refused('Namespaced')[0]).toContain('Something a names no namespace');
    expect(refused('Cluster')).toEqual([undefined, undefined]);
  });

  it('is not certain where an entry of a Flux repository lists it', () => {
    const found = build({
      'clusters/main/kustomization.yaml': 'resources: [a.yaml]\n',
      'clusters/main/a.yaml': object('ConfigMap'),
      'flux/ks.yaml': kustomization(),
      'apps/b.yaml': object('Namespace'),
    });
    expect(found[0]?.uncertain).toContain('ConfigMap a names no namespace');
  });
});

describe('namespaces that no object makes', () => {
  it('are assumed to exist, but those that every cluster has', () => {
    const text = ['web', 'kube-system', 'flux-system', 'made', '"${NS}"']
      .map(
        (namespace, at) =>
          `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${at}, namespace: ${namespace}}\n`,
      )
      .join('');
    const made = '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: made}\n';
    expect(assumedNamespaces(build({ 'a.yaml': text + made }))).toEqual([
      'These namespaces exist, although no object makes them: web',
    ]);
    expect(assumedNamespaces(build({ 'a.yaml': made }))).toEqual([]);
  });
});
