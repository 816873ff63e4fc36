import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isKubernetesObject } from '../../kubernetes/manifests.ts';
import {
  ingressFields,
  namespaceFields,
  networkPolicyFields,
  podFields,
  serviceFields,
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
    ['{apiVersion: example.org/v1, kind: Service, metadata: {name: a}, spec: {exposeOn: internet}}', []],
  ])('is found in %s', (text, expected) => {
    expect(unreadOf(text)).toEqual(expected);
  });
});
