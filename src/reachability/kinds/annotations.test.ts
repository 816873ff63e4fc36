import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isKubernetesObject } from '../../kubernetes/manifests.ts';
import { markReadingOf, readMarks } from './annotations.ts';
import { markRules } from './markRules.ts';

const marksOf = (...texts: readonly string[]) =>
  readMarks(
    texts
      .map((text): unknown => parse(text))
      .filter(isKubernetesObject)
      .map((object) => ({ object, file: 'case.yaml' })),
  );
const service = (key: string, value = 'true', part = 'annotations') =>
  `{apiVersion: v1, kind: Service, metadata: {name: one, namespace: apps, ${part}: {"${key}": "${value}"}}, spec: {}}`;
const deployment = (key: string, value = 'true', part = 'annotations') =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: one, namespace: apps}, spec: {template: {metadata: {labels: {app: one}, ${part === 'labels' ? '' : `${part}: {"${key}": "${value}"}`}}, spec: {}}}}`;

describe('the rules of labels and annotations', () => {
  it('list each key once', () => {
    const keys = markRules.flatMap((rule) => rule.keys);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it.each(markRules)('say why and by whom: $keys', ({ reading }) => {
    expect(reading.source).toMatch(/^[A-Za-z1-9].*[^.\s]$/);
    if (reading.state === 'harmless') expect(reading.why).toMatch(/^[A-Z].*[^.\s]$/);
    else {
      expect(reading.does).toMatch(/^[a-z].*[^.\s]$/);
      expect(reading.effects).not.toEqual([]);
    }
  });

  it.each([
    ['app.kubernetes.io/name', 'harmless'],
    ['kustomize.toolkit.fluxcd.io/prune', 'harmless'],
    ['description', 'harmless'],
    ['tailscale.com/expose', 'unknown'],
    ['tailscale.com/tags', 'harmless'],
    ['sidecar.istio.io/inject', 'unknown'],
    ['traffic.sidecar.istio.io/excludeInboundPorts', 'unknown'],
    ['config.linkerd.io/skip-inbound-ports', 'unknown'],
    ['k8s.v1.cni.cncf.io/networks', 'unknown'],
    ['v1.multus-cni.io/default-network', 'unknown'],
    ['cni.projectcalico.org/floatingIPs', 'unknown'],
    ['cni.projectcalico.org/ipAddrs', 'harmless'],
    ['service.cilium.io/global', 'unknown'],
    ['service.cilium.io/affinity', 'harmless'],
    ['lbipam.cilium.io/ips', 'harmless'],
    ['k8s.ngrok.com/app-protocols', 'unknown'],
    ['nginx.ingress.kubernetes.io/auth-url', 'harmless'],
    ['service.beta.kubernetes.io/load-balancer-source-ranges', 'harmless'],
    ['pod-security.kubernetes.io/enforce', 'harmless'],
    ['example.org/anything', undefined],
    ['kubernetes.io/anything-else', undefined],
  ])('%s: %s', (key, state) => {
    expect(markReadingOf(key)?.state).toBe(state);
  });
});

describe('labels and annotations', () => {
  it('that expose something are unknown, with their object and key', () => {
    const [found] = marksOf(service('tailscale.com/expose')).unmodelled;
    expect(found).toMatchObject({ namespace: 'apps', rule: 'annotation tailscale.com/expose' });
    expect(found?.sentence).toContain('tailscale.com/expose of Service apps/one');
  });

  it.each(['false', 'disabled', 'no', '0', ''])('are not that are switched off: %s', (value) => {
    expect(marksOf(service('tailscale.com/expose', value)).unmodelled).toEqual([]);
    expect(marksOf(deployment('sidecar.istio.io/inject', value)).unmodelled).toEqual([]);
  });

  it('of a variable count as switched on', () => {
    expect(marksOf(service('tailscale.com/expose', '${EXPOSE}')).unmodelled).toHaveLength(1);
  });

  it('concern the pods that have them', () => {
    const [found] = marksOf(deployment('k8s.v1.cni.cncf.io/networks', 'iot')).unmodelled;
    expect(found?.pods).toEqual({ app: 'one' });
    expect(found?.effects).toContain('policies');
  });

  it('concern a Namespace as a whole', () => {
    const mesh =
      '{apiVersion: v1, kind: Namespace, metadata: {name: apps, labels: {istio-injection: enabled}}}';
    expect(marksOf(mesh).unmodelled).toMatchObject([{ namespace: 'apps', effects: ['policies'] }]);
    expect(marksOf(mesh.replace('enabled', 'disabled')).unmodelled).toEqual([]);
  });

  it('of what a Gateway makes count too', () => {
    const gateway =
      '{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: one, namespace: edge}, spec: {infrastructure: {annotations: {tailscale.com/funnel: "true"}}}}';
    expect(marksOf(gateway).unmodelled).toHaveLength(1);
  });

  it.each([
    ['k8s.keycloak.org/v2alpha1, kind: Keycloak', 'http', '{annotations: {KEY: "true"}}'],
    ['postgresql.cnpg.io/v1, kind: Cluster', 'inheritedMetadata', '{annotations: {KEY: "true"}}'],
    [
      'postgresql.cnpg.io/v1, kind: Cluster',
      'managed',
      '{services: {additional: [{serviceTemplate: {metadata: {annotations: {KEY: "true"}}}}]}}',
    ],
    ['postgresql.cnpg.io/v1, kind: Pooler', 'template', '{metadata: {annotations: {KEY: "true"}}}'],
    ['postgresql.cnpg.io/v1, kind: Pooler', 'serviceTemplate', '{metadata: {labels: {KEY: "true"}}}'],
    ['dragonflydb.io/v1alpha1, kind: Dragonfly', 'annotations', '{KEY: "true"}'],
    ['dragonflydb.io/v1alpha1, kind: Dragonfly', 'serviceSpec', '{annotations: {KEY: "true"}}'],
    ['apps.emqx.io/v2beta1, kind: EMQX', 'coreTemplate', '{metadata: {annotations: {KEY: "true"}}}'],
    ['grafana.integreatly.org/v1beta1, kind: Grafana', 'service', '{metadata: {annotations: {KEY: "true"}}}'],
    ['volsync.backube/v1alpha1, kind: ReplicationSource', 'rsyncTLS', '{serviceAnnotations: {KEY: "true"}}'],
    ['kubevirt.io/v1, kind: VirtualMachine', 'template', '{metadata: {annotations: {KEY: "true"}}}'],
  ])('that a controller gives to what it makes count: %s, %s', (kind, field, value) => {
    const owner = (key: string): string =>
      `{apiVersion: ${kind}, metadata: {name: one, namespace: apps}, spec: {${field}: ${value.replace('KEY', key)}}}`;
    for (const key of ['tailscale.com/expose', 'k8s.v1.cni.cncf.io/networks', 'sidecar.istio.io/inject'])
      expect(marksOf(owner(key)).unmodelled).toMatchObject([{ namespace: 'apps' }]);
    expect(marksOf(owner('prometheus.io/scrape')).unmodelled).toEqual([]);
  });

  it('of a Cluster may change its pods', () => {
    const cluster = `{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: one, namespace: apps, annotations: {cnpg.io/podPatch: "[]"}}, spec: {affinity: {podAntiAffinity: {matchLabels: {tailscale.com/expose: a}}}}}`;
    expect(marksOf(cluster).unmodelled).toMatchObject([{ rule: 'annotation cnpg.io/podPatch' }]);
  });

  it('of domains that are not known are one assumption', () => {
    const { unmodelled, unknownDomains } = marksOf(
      service('b.example.org/x'),
      service('a.example.org/y', 'z', 'labels'),
      deployment('b.example.org/z'),
    );
    expect(unmodelled).toEqual([]);
    expect(unknownDomains).toEqual(['a.example.org', 'b.example.org']);
  });

  it('of other kinds are not looked at', () => {
    const release = `{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: one, namespace: apps, annotations: {tailscale.com/expose: "true"}}, spec: {}}`;
    expect(marksOf(release)).toEqual({ unmodelled: [], unknownDomains: [] });
  });
});
