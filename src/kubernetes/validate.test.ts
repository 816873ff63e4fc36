import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { createRuleCompiler } from './cel/expressions.ts';
import type { KindEntry, Schema } from './schema.ts';
import { createValidator, readSchemasFrom } from './validate.ts';

const directory = fileURLToPath(new URL('../../schemas', import.meta.url));
const read = readSchemasFrom(directory);
const validator = createValidator(read, createRuleCompiler());
const index: Record<string, KindEntry> = JSON.parse(read('index.json'));
const definitions: Record<string, Schema> = JSON.parse(read('kubernetes.json'));

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'apps', labels: { app: 'web' } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' }, creationTimestamp: null },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'web:1.0.0',
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            resources: { requests: { cpu: 0.5, memory: '128Mi' } },
            readinessProbe: { httpGet: { path: '/', port: 'http' } },
          },
        ],
      },
    },
  },
};

/** The object with something else at a path; `undefined` takes the field away. */
function changed(object: unknown, path: (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(object))
    return object.map((each, at) => (at === key ? changed(each, rest, value) : each));
  const fields: Record<string, unknown> = { ...Object(object) };
  return { ...fields, [key]: changed(fields[key], rest, value) };
}

describe('findings', () => {
  test.each([
    ['networking.k8s.io/v1', 'NetworkPolicies'],
    ['v1', 'Namespaces'],
    ['apps/v1', 'deployment'],
    ['batch/v1', 'Deployment'],
  ])('%s has no kind %s, unless in a later version of Kubernetes', (apiVersion, kind) => {
    expect(validator.validate({ apiVersion, kind, metadata: { name: 'a', namespace: 'b' } })).toMatchObject([
      { code: 'not-a-choice', path: ['kind'], unless: expect.stringContaining('later version') },
    ]);
    expect(validator.kind(apiVersion, kind)?.source).toBe('kubernetes/kubernetes');
  });

  const container = ['spec', 'template', 'spec', 'containers', 0];
  test('accepts a valid object', () => {
    expect(validator.validate(deployment)).toEqual([]);
    expect(validator.validate({ ...deployment, status: { anything: true } })).toEqual([]);
  });

  test.each([
    [
      'a misspelt field, with the one that is meant',
      [...container, 'imagePullpolicy'],
      'Always',
      'unknown-key',
      'imagePullPolicy',
    ],
    ['a field of another kind', ['spec', 'schedule'], '@daily', 'unknown-key', /^one of minReadySeconds, /],
    ['an unknown field of metadata', ['metadata', 'lables'], {}, 'unknown-key', 'labels'],
    ['a missing field', ['spec', 'selector'], undefined, 'missing-field', 'the field selector'],
    ['a name that is missing', ['metadata', 'name'], undefined, 'missing-field', 'the field metadata.name'],
    ['text for a number', ['spec', 'replicas'], '2', 'wrong-type', 'a whole number'],
    ['a fraction for a whole number', ['spec', 'replicas'], 1.5, 'wrong-type', 'a whole number'],
    ['a number for text', [...container, 'image'], 1, 'wrong-type', 'text'],
    ['a map for a list', ['spec', 'template', 'spec', 'containers'], {}, 'wrong-type', 'a list'],
    ['a number beyond 32 bits', ['spec', 'replicas'], 2 ** 31, 'wrong-value', 'a 32-bit integer'],
    ['no quantity', [...container, 'resources', 'requests', 'cpu'], '1 core', 'wrong-value', /^a quantity/],
    [
      'no word of the list',
      [...container, 'ports', 0, 'protocol'],
      'tcp',
      'not-a-choice',
      'one of TCP, UDP, SCTP',
    ],
  ])('%s', (_, path, value, code, expected) => {
    const [finding, ...others] = validator.validate(changed(deployment, path, value));
    expect(others).toEqual([]);
    expect(finding?.code).toBe(code);
    expect(finding?.expected).toMatch(expected);
    expect(finding?.path).toEqual(code === 'missing-field' ? path.slice(0, -1) : path);
  });

  const route = (spec: object) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web' },
    spec,
  });
  const port = (number: number) => route({ rules: [{ backendRefs: [{ name: 'web', port: number }] }] });

  test.each([
    ['the largest number', port(65_535), port(65_536), 'at most 65535'],
    ['the smallest number', port(1), port(0), 'at least 1'],
    [
      'the form',
      route({ hostnames: ['a.example'] }),
      route({ hostnames: ['${WEB_HOST}'] }),
      /^text that matches/,
    ],
    [
      'the length',
      route({ hostnames: ['a'.repeat(253)] }),
      route({ hostnames: ['a'.repeat(254)] }),
      'at most 253 characters',
    ],
    [
      'the shortest text',
      route({ hostnames: ['a'] }),
      route({ rules: [{ name: '' }] }),
      'at least 1 characters',
    ],
    [
      'the count',
      route({ hostnames: Array(16).fill('a') }),
      route({ hostnames: Array(17).fill('a') }),
      'at most 16 entries',
    ],
  ])('checks %s', (_, good, bad, expected) => {
    expect(validator.validate(good)).toEqual([]);
    expect(validator.validate(bad)[0]?.expected).toMatch(expected);
  });

  test('reports all findings, in the order of the object', () => {
    const bad = {
      ...deployment,
      metadata: { name: 1 },
      spec: { ...deployment.spec, replica: 1, selector: [] },
    };
    expect(validator.validate(bad).map((finding) => finding.path.join('.'))).toEqual([
      'metadata.name',
      'spec.selector',
      'spec.replica',
    ]);
  });

  test('repeats no value of the object in a message', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'hunter2!' },
      type: ['hunter2!'],
    };
    const findings = validator.validate(secret);
    expect(findings).toHaveLength(2);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  test('reports a kind without a schema as unknown', () => {
    expect(
      validator.validate({ apiVersion: 'example.com/v1', kind: 'X', metadata: { name: 'x' } }),
    ).toMatchObject([{ code: 'unknown-kind', path: ['kind'] }]);
    expect(validator.kind('example.com/v1', 'constructor')).toBeUndefined();
    expect(validator.kind('v1', 'constructor')).toMatchObject({ schema: '' });
    expect(validator.kind('v1', 'Namespace')).toMatchObject({ scope: 'Cluster', version: 'v1.36.0' });
  });

  test('accepts exactly one form where a definition requires it', () => {
    const policy = (rule: object) => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'p' },
      spec: { endpointSelector: {}, egress: [{ toCIDRSet: [rule] }] },
    });
    expect(validator.validate(policy({ cidr: '192.0.2.0/24' }))).toEqual([]);
    expect(validator.validate(policy({}))).toMatchObject([{ code: 'wrong-value' }]);
    expect(validator.validate(policy({ cidr: '192.0.2.0/24', cidrGroupRef: 'a' }))).toMatchObject([
      { code: 'wrong-value' },
    ]);
  });

  test('never throws', () => {
    const keys = [
      'apiVersion',
      'kind',
      'metadata',
      'spec',
      'template',
      'containers',
      '__proto__',
      'name',
      'rules',
    ];
    const anything = fc.anything({
      key: fc.constantFrom(...keys),
      maxDepth: 5,
      withNullPrototype: true,
      withBigInt: true,
    });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(index)), anything, anything, (entry, metadata, spec) => {
        const { apiVersion, kind } = entry;
        expect(Array.isArray(validator.validate({ apiVersion, kind, metadata, spec }))).toBe(true);
        expect(Array.isArray(validator.validate(spec))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the schema files', () => {
  test('have one file per kind, and all references resolve', () => {
    const named = new Set(Object.values(index).map((entry) => entry.schema.split('#')[0]));
    const present = readdirSync(directory).filter((name) => name !== 'index.json');
    expect([...named].sort()).toEqual(present.sort());
    for (const name of present) {
      for (const [, target = ''] of read(name).matchAll(/"\$ref":"([^"]+)"/g))
        expect(definitions).toHaveProperty([target]);
    }
  });

  test('know the common fields of every kind', () => {
    for (const key of Object.keys(index)) {
      const [, apiVersion = '', kind = ''] = /^(.*)\/([^/]+)$/.exec(key) ?? [];
      const findings = validator.validate({ apiVersion, kind, metadata: { name: 'a' } });
      expect([key, findings.filter(({ code }) => code === 'unknown-key')]).toEqual([key, []]);
    }
  });

  test('are read on demand', () => {
    const opened: string[] = [];
    const watched = createValidator((name) => {
      opened.push(name);
      return readFileSync(`${directory}/${name}`, 'utf8');
    }, createRuleCompiler());
    expect(opened).toEqual([]);
    watched.validate(deployment);
    watched.validate(deployment);
    expect(opened).toEqual(['index.json', 'kubernetes.json']);
  });
});
