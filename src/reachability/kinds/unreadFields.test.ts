import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fieldsAt, valueAt } from '../../kubernetes/fields.ts';
import { isKubernetesObject } from '../../kubernetes/manifests.ts';
import {
  grpcRouteFields,
  httpRouteFields,
  ingressFields,
  namespaceFields,
  networkPolicyFields,
  podFields,
  serviceFields,
  tcpRouteFields,
  tlsRouteFields,
} from './coreFields.ts';
import type { Fieldwise } from './fieldUse.ts';
import { unreadFieldsOf } from './unreadFields.ts';

const types = readFileSync(new URL('../../kubernetes/types/core.generated.ts', import.meta.url), 'utf8');

/** The fields of a generated type. */
function fieldsOf(name: string): readonly string[] {
  const body = new RegExp(`export type ${name} = \\{\\n([\\s\\S]*?)\\n\\};`).exec(types)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field ?? '').toSorted();
}

function nested(table: Fieldwise, ...path: readonly string[]): Fieldwise {
  return path.reduce((found, key) => {
    const use = found[key];
    return typeof use === 'object' && 'fields' in use ? use.fields : {};
  }, table);
}

describe('the tables of fields', () => {
  it.each<[string, Fieldwise]>([
    ['ServiceSpec', serviceFields],
    ['ServicePort', nested(serviceFields, 'ports')],
    ['PodSpec', podFields],
    ['Container', nested(podFields, 'containers')],
    ['Container', nested(podFields, 'initContainers')],
    ['ContainerPort', nested(podFields, 'containers', 'ports')],
    ['NetworkPolicySpec', networkPolicyFields],
    ['NetworkPolicyIngressRule', nested(networkPolicyFields, 'ingress')],
    ['NetworkPolicyEgressRule', nested(networkPolicyFields, 'egress')],
    ['NetworkPolicyPeer', nested(networkPolicyFields, 'ingress', 'from')],
    ['NetworkPolicyPort', nested(networkPolicyFields, 'egress', 'ports')],
    ['IngressSpec', ingressFields],
    ['NamespaceSpec', namespaceFields],
  ])('have each field of %s', (name, table) => {
    expect(fieldsOf(name).length).toBeGreaterThan(0);
    expect(Object.keys(table).toSorted()).toEqual(fieldsOf(name));
  });
});

describe('the tables of routes', () => {
  const schemas = new URL('../../../schemas/', import.meta.url);
  const schemaOf = (kind: string): unknown =>
    JSON.parse(readFileSync(new URL(`gateway.networking.k8s.io_v1_${kind}.json`, schemas), 'utf8'));
  /** The names of the properties at a path of a schema, through its lists. */
  const propertiesAt = (schema: unknown, ...path: readonly string[]): readonly string[] => {
    const at = path.reduce<unknown>((found, key) => {
      const next = valueAt(found, 'properties', key);
      return valueAt(next, 'items') ?? next;
    }, schema);
    return Object.keys(fieldsAt(at, 'properties')).toSorted();
  };

  it.each<[string, Fieldwise]>([
    ['HTTPRoute', httpRouteFields],
    ['GRPCRoute', grpcRouteFields],
    ['TLSRoute', tlsRouteFields],
    ['TCPRoute', tcpRouteFields],
    ['UDPRoute', tcpRouteFields],
  ])('have each field of the definition of a %s', (kind, table) => {
    const schema = schemaOf(kind);
    for (const path of [[], ['parentRefs'], ['rules'], ['rules', 'backendRefs'], ['rules', 'filters']]) {
      const expected = propertiesAt(schema, 'spec', ...path);
      expect(Object.keys(nested(table, ...path))).toEqual(expect.arrayContaining([...expected]));
    }
    expect(propertiesAt(schema, 'spec', 'rules', 'backendRefs')).toContain('port');
  });
});

const unreadOf = (text: string) =>
  unreadFieldsOf(
    [parse(text) as unknown].filter(isKubernetesObject).map((object) => ({ object, file: 'case.yaml' })),
  ).map(({ rule, effects }) => `${rule}: ${effects.join(', ')}`);

describe('a field that is not read', () => {
  it.each([
    [
      '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {template: {spec: {resourceClaims: [{name: nic}]}}}}',
      ['spec.resourceClaims: policies, hostPorts'],
    ],
    [
      '{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {jobTemplate: {spec: {template: {spec: {hostNet: true}}}}}}',
      ['spec.hostNet: policies, hostPorts'],
    ],
    [
      '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, ports: [{containerPort: 1, nodePort: 2}]}]}}',
      ['spec.containers[].ports[].nodePort: policies, hostPorts'],
    ],
    [
      '{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: ClusterIP, exposeOn: internet}}',
      ['spec.exposeOn: services'],
    ],
    [
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, ingress: [{from: [{fqdn: a}]}]}}',
      ['spec.ingress[].from[].fqdn: policies'],
    ],
    [
      '{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {useDefaultGateways: All}}',
      ['spec.useDefaultGateways: routes'],
    ],
    [
      '{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: a}, spec: {defaultScope: All}}',
      ['spec.defaultScope: services, routes'],
    ],
    [
      '{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {rules: [{retry: {attempts: 2}, sessionPersistence: {}}]}}',
      [],
    ],
    [
      '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [], dnsPolicy: None, hostAliases: [{ip: 1.2.3.4}], runtimeClassName: kata}}',
      [],
    ],
    [
      '{apiVersion: gateway.networking.k8s.io/v1, kind: GRPCRoute, metadata: {name: a}, spec: {rules: [{backendRefs: [{name: b, mirror: c}]}]}}',
      ['spec.rules[].backendRefs[].mirror: routes'],
    ],
    [
      '{apiVersion: gateway.networking.k8s.io/v1, kind: TLSRoute, metadata: {name: a}, spec: {useDefaultGateways: All}}',
      ['spec.useDefaultGateways: routes'],
    ],
    [
      '{apiVersion: gateway.networking.k8s.io/v1alpha2, kind: UDPRoute, metadata: {name: a}, spec: {rules: [{filters: []}]}}',
      ['spec.rules[].filters: routes'],
    ],
    [
      '{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {rules: [{filters: [{type: X, x: {}}]}]}}',
      ['spec.rules[].filters[].x: routes'],
    ],
    ['{apiVersion: example.org/v1, kind: Service, metadata: {name: a}, spec: {exposeOn: internet}}', []],
  ])('is found in %s', (text, expected) => {
    expect(unreadOf(text)).toEqual(expected);
  });
});
