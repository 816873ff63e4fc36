import { dirname } from 'node:path';
import { expect, inject, test } from 'vitest';
import { readSources } from '../../tools/schemas/sources.ts';
import { definitionsDirectory } from './fixtures/definitions.ts';
import { kubeconform } from './fixtures/kubeconform.ts';
import { realSuite } from './fixtures/suite.ts';

const named = { metadata: { name: 'a', namespace: 'n' } };

realSuite('kubeconform with our schemas', ['kubeconform'], (parts) => {
  test('accepts what is right, refuses an unknown field by name, and skips nothing', async () => {
    const schemas = await readSources(dirname(definitionsDirectory));
    await using validator = await kubeconform(parts.kubeconform, inject('realScratch'), schemas);
    const container = { name: 'main', image: 'example.com/image:1', ports: [{ containerPort: 80 }] };
    const deployment = (spec: object) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...named,
      spec: {
        selector: {},
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container], ...spec } },
      },
    });
    const route = (spec: object) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      ...named,
      spec: { rules: [{ backendRefs: [{ name: 'x', port: 80 }] }], ...spec },
    });
    const verdicts = await validator.validate([
      { apiVersion: 'v1', kind: 'ConfigMap', ...named, data: { a: 'b' } },
      { apiVersion: 'v1', kind: 'ConfigMap', ...named, dataa: { a: 'b' } },
      { apiVersion: 'v1', kind: 'ConfigMap', ...named, data: { a: 1 } },
      deployment({}),
      deployment({ hostNetwrok: true }),
      route({ hostnames: ['photos.example.net'] }),
      route({ hostnames: ['${HOST}'] }),
      route({ hostnamez: [] }),
      { apiVersion: 'example.com/v1', kind: 'Nothing', ...named },
      {
        apiVersion: 'v1',
        kind: 'Service',
        ...named,
        spec: {
          ports: [
            { port: 80, targetPort: 'http' },
            { port: 81, name: 'b', targetPort: 81 },
          ],
        },
      },
    ]);
    expect(verdicts.map(({ kind, status }) => `${kind}: ${status}`)).toEqual([
      'ConfigMap: statusValid',
      'ConfigMap: statusInvalid',
      'ConfigMap: statusInvalid',
      'Deployment: statusValid',
      'Deployment: statusInvalid',
      'HTTPRoute: statusValid',
      'HTTPRoute: statusInvalid',
      'HTTPRoute: statusInvalid',
      'Nothing: statusError',
      'Service: statusValid',
    ]);
    expect(verdicts[1]?.message).toContain(`'dataa' not allowed`);
    expect(verdicts[4]?.message).toContain(`'hostNetwrok' not allowed`);
    expect(verdicts[8]?.message).toContain('could not find schema for Nothing');
  });
});
