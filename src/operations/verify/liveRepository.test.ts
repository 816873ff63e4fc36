import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { indexed } from './dump.ts';
import { liveRepository } from './liveRepository.ts';

// biome-ignore lint/suspicious/noExplicitAny: fields of many kinds
const object = (apiVersion: string, kind: string, name: string, more: any): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'network', ...more.metadata },
  ...more.rest,
});

const labels = {
  'app.kubernetes.io/component': 'proxy',
  'app.kubernetes.io/managed-by': 'envoy-gateway',
  'app.kubernetes.io/name': 'envoy',
  'gateway.envoyproxy.io/owning-gateway-name': 'outer',
  'gateway.envoyproxy.io/owning-gateway-namespace': 'network',
};
const configuration = {
  kind: 'EnvoyGateway',
  provider: { type: 'Kubernetes', kubernetes: { deploy: { type: 'ControllerNamespace' } } },
};
const parametersRef = { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'outer' };
const spec = {
  gatewayClassName: 'envoy',
  infrastructure: { parametersRef },
  listeners: [
    { name: 'https', protocol: 'HTTPS', port: 443, tls: { certificateRefs: [{ name: 'certificate' }] } },
  ],
};
const kubernetes = { envoyService: { name: 'outer', type: 'ClusterIP' } };
const around = [
  object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'envoy-gateway', {
    rest: {
      spec: {
        chart: { spec: { chart: 'gateway-helm' } },
        values: { config: { envoyGateway: configuration } },
      },
    },
  }),
  object('v1', 'ConfigMap', 'envoy-gateway-config', {
    rest: { data: { 'envoy-gateway.yaml': JSON.stringify(configuration) } },
  }),
  object('gateway.networking.k8s.io/v1', 'GatewayClass', 'envoy', {
    metadata: { namespace: undefined },
    rest: { spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' } },
  }),
  object('gateway.envoyproxy.io/v1alpha1', 'EnvoyProxy', 'outer', {
    rest: { spec: { provider: { type: 'Kubernetes', kubernetes } } },
  }),
  object('gateway.networking.k8s.io/v1', 'Gateway', 'outer', { rest: { spec } }),
  // Its values are not read.
  object('v1', 'Secret', 'certificate', { rest: { type: 'kubernetes.io/tls' } }),
];
const service = (port: number, ...managedFields: object[]): KubernetesObject =>
  object('v1', 'Service', 'outer', {
    metadata: {
      managedFields: [
        { manager: 'envoy-gateway', fieldsV1: { 'f:spec': { 'f:type': {} } } },
        ...managedFields,
      ],
    },
    rest: { spec: { type: 'ClusterIP', selector: labels, ports: [{ port, targetPort: 10_443 }] } },
  });
const isLeftOut = (made: KubernetesObject): boolean => {
  const dump = indexed({ objects: [...around, made], listed: [], complete: [], missing: [], unread: [] });
  return liveRepository(dump, []).objects.every(({ object: { kind } }) => kind !== 'Service');
};

it('leaves out what Envoy Gateway made as the Gateway says', () => {
  expect(isLeftOut(service(443))).toBe(true);
});

it('has what is otherwise, and what somebody set by hand', () => {
  expect(isLeftOut(service(444))).toBe(false);
  const by = (manager: string, more = {}) => ({
    manager,
    ...more,
    fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:example.org/way-in': {} } } },
  });
  expect(isLeftOut(service(443, by('kubectl-edit')))).toBe(false);
  expect(isLeftOut(service(443, by('kubectl-edit', { subresource: 'status' })))).toBe(true);
});
