import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mutationReach } from './admission.ts';

const object = (kind: string, rest: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name: 'a' },
  ...parse(rest),
});
const webhook = (rules: string, more = ''): unknown =>
  mutationReach(object('MutatingWebhookConfiguration', `webhooks: [{rules: [${rules}]${more}}]`));
const policy = (resource: string, mutation: string, variables = '[]'): unknown =>
  mutationReach(
    object(
      'MutatingAdmissionPolicy',
      `spec: {matchConstraints: {resourceRules: [${resource}]}, variables: ${variables}, mutations: [${mutation}]}`,
    ),
  );
const jobs = '{apiGroups: [batch], resources: [jobs]}';
const deployments = '{apiGroups: [apps], resources: [deployments]}';
const patch = (...items: string[]): string =>
  `{patchType: JSONPatch, jsonPatch: {expression: ${JSON.stringify(`[${items.map((item) => `JSONPatch{${item}}`).join(', ')}]`)}}}`;
const apply = (text: string): string =>
  `{patchType: ApplyConfiguration, applyConfiguration: {expression: ${JSON.stringify(text)}}}`;

describe('a mutating webhook', () => {
  it.each([
    ['pods', "{apiGroups: [''], resources: [pods]}", [{ effects: ['changes'], namespace: undefined }]],
    ['the binding of pods', "{apiGroups: [''], resources: [pods/binding]}", []],
    [
      'pods with subresources',
      "{apiGroups: [''], resources: ['pods/*']}",
      [{ effects: ['changes'], namespace: undefined }],
    ],
    [
      'Services',
      "{apiGroups: [''], resources: [services]}",
      [{ effects: ['services'], namespace: undefined }],
    ],
    ['kinds of its own', '{apiGroups: [postgresql.cnpg.io], resources: [clusters]}', []],
    ['certificates', '{apiGroups: [cert-manager.io], resources: [certificaterequests]}', []],
    [
      'policies of every group',
      "{apiGroups: ['*'], resources: [networkpolicies]}",
      [{ effects: ['policies'], namespace: undefined }],
    ],
  ])('for %s', (_, rules, expected) => {
    expect(webhook(rules)).toEqual(expected);
  });

  it('concerns the namespaces that it selects by name', () => {
    const rules = "{apiGroups: [''], resources: [services]}";
    const byLabel = ', namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: x}}';
    expect(webhook(rules, byLabel)).toEqual([{ effects: ['services'], namespace: 'x' }]);
    const byExpression =
      ', namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [x, y]}]}';
    expect(webhook(rules, byExpression)).toHaveLength(2);
    const excluding =
      ', namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [x]}]}';
    expect(webhook(rules, excluding)).toEqual([{ effects: ['services'], namespace: undefined }]);
  });
});

describe('a mutating admission policy', () => {
  it.each([
    [
      'adds a volume to Jobs',
      jobs,
      patch('op: "add", path: "/spec/template/spec/volumes/-", value: Object.spec{name: "a"}'),
    ],
    [
      'adds a container before those of a Job',
      jobs,
      patch(
        'op: "add", path: "/spec/template/spec/initContainers", value: [Object{image: "a", command: ["b"]}]',
      ),
    ],
    ['sets how long Jobs stay', jobs, patch('op: "add", path: "/spec/ttlSecondsAfterFinished", value: 1')],
    [
      'sets where pods run',
      deployments,
      apply(
        'Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{affinity: a}}}}',
      ),
    ],
  ])('is quiet if it %s', (_, resource, mutation) => {
    expect(policy(resource, mutation)).toEqual([]);
  });

  it.each([
    ['sets labels', jobs, patch('op: "add", path: "/spec/template/metadata/labels/a", value: "b"')],
    [
      'uses the network of the node',
      jobs,
      patch('op: "add", path: "/spec/template/spec/hostNetwork", value: true'),
    ],
    [
      'opens a port in a container that it adds',
      jobs,
      patch(
        'op: "add", path: "/spec/template/spec/initContainers/-", value: Object{ports: [Object{hostPort: 1}]}',
      ),
    ],
    [
      'computes its path',
      jobs,
      patch('op: "add", path: "/spec/template/spec/volumes" + variables.a, value: 1'),
    ],
    [
      'has one patch of which the path is not read',
      jobs,
      patch(
        'op: "add", path: "/spec/ttlSecondsAfterFinished", value: 1',
        'op: "add", path: variables.a, value: 1',
      ),
    ],
    [
      'changes an image of a Deployment',
      deployments,
      patch('op: "replace", path: "/spec/template/spec/containers/0/image", value: "a"'),
    ],
    [
      'adds a volume to a Deployment',
      deployments,
      patch('op: "add", path: "/spec/template/spec/volumes/-", value: 1'),
    ],
    [
      'applies labels',
      jobs,
      apply(
        'Object{spec: Object.spec{template: Object.spec.template{metadata: Object.spec.template.metadata{labels: {"a": "b"}}}}}',
      ),
    ],
    [
      'changes Services',
      "{apiGroups: [''], resources: [services]}",
      patch('op: "add", path: "/spec/resources", value: 1'),
    ],
  ])('counts if it %s', (_, resource, mutation) => {
    expect(policy(resource, mutation)).toHaveLength(1);
  });

  it('counts if a variable holds what matters', () => {
    const mutation = patch('op: "add", path: "/spec/template/spec/initContainers", value: variables.a');
    expect(policy(jobs, mutation, '[{name: a, expression: "[Object{image: 1}]"}]')).toEqual([]);
    expect(policy(jobs, mutation, '[{name: a, expression: "[Object{ports: 1}]"}]')).toHaveLength(1);
  });
});
