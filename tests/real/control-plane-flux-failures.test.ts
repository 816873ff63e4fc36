import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { controlPlaneParts } from './fixtures/controlPlane.ts';
import { fluxParts } from './fixtures/flux.ts';
import { type FluxBench, fluxBench } from './fixtures/fluxBench.ts';
import { referenceTo } from './fixtures/kubernetesClient.ts';
import { ageKey } from './fixtures/sops.ts';
import { realSuite } from './fixtures/suite.ts';

/** What a user sees in case of an error. The troubleshooting document quotes these reasons and messages. */
realSuite('Flux reports errors', [...controlPlaneParts, ...fluxParts, 'sops'], (parts) => {
  let bench: FluxBench;
  const from = (name: string, more: object = {}) => ({
    postBuild: { substituteFrom: [{ kind: 'Secret', name, ...more }] },
  });

  beforeAll(async () => {
    bench = await fluxBench(parts);
    await bench.publish(await brokenFiles(bench));
    await bench.outcome('values', true);
    const wrong = { 'age.agekey': (await ageKey()).identity };
    const metadata = { name: 'wrong-key', namespace: bench.namespace };
    await bench.cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: wrong });
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const decryptWith = (name: string) => ({ decryption: { provider: 'sops', secretRef: { name } } });

  describe('decryption', () => {
    test('the wrong age key', async () => {
      const { reason, message } = await bench.outcome('encrypted', false, decryptWith('wrong-key'));
      expect(reason).toBe('BuildFailed');
      expect(message).toContain(`decryption failed for 'Secret.v1.[noGrp]/encrypted'`);
      expect(message).toContain('cannot get sops data key: Failed to get the data key required to decrypt');
      expect(message).toContain('age: identity did not match any of the recipients');
    });

    test('no Secret with the age key', async () => {
      const { reason, message } = await bench.outcome('encrypted', false, decryptWith('absent'));
      expect({ reason, message }).toEqual({ reason: 'BuildFailed', message: 'secrets "absent" not found' });
    });

    test('decryption not configured, values under `data`', async () => {
      const { reason, message } = await bench.outcome('encrypted', false, { decryption: undefined });
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toMatch(
        /is SOPS encrypted, configuring decryption is required for this secret to be reconciled$/,
      );
    });

    test('decryption not configured, values under `stringData`: the ciphertext is applied, Ready', async () => {
      await bench.outcome('encrypted-strings', true, { decryption: undefined });
      const data = await bench.data('Secret', 'encrypted-strings');
      expect(data?.['password']).toMatch(/^ENC\[AES256_GCM,/);
    });
  });

  describe('substitution', () => {
    test('no Secret with the values', async () => {
      const { reason, message } = await bench.outcome('one-value', false, from('absent'));
      expect(reason).toBe('BuildFailed');
      expect(message).toBe(
        `post build failed for 'ConfigMap.v1.[noGrp]/one-value': substitute from 'Secret/absent' error: secrets "absent" not found`,
      );
    });

    test('the Secret with the values comes from the Kustomization that uses it', async () => {
      const { reason, message } = await bench.outcome('own-values', false, from('own-values'));
      expect(reason).toBe('BuildFailed');
      expect(message).toContain(`substitute from 'Secret/own-values' error: secrets "own-values" not found`);
    });

    test('a value is missing from the Secret: the build fails and names it', async () => {
      const { reason, message } = await bench.outcome('missing-value', false, from('values'));
      expect(reason).toBe('BuildFailed');
      expect(message).toContain('variable not set (strict mode): "NOWHERE"');
      expect(await bench.data('ConfigMap', 'missing-value')).toBeUndefined();
    });

    test('an optional Secret is absent: the literal text is applied, Ready', async () => {
      await bench.outcome('optional', true, from('absent', { optional: true }));
      expect(await bench.data('ConfigMap', 'optional')).toEqual({ value: 'https://${HOST}/' });
    });

    test.each([
      ['NUMBER', '12345', 'Value:12345'],
      ['BOOLEAN', 'yes', 'Value:true'],
    ])('a value that YAML does not read as a string: %s, %s, even if it is quoted', async (name, _, seen) => {
      const { reason, message } = await bench.outcome(`quoted-${name.toLowerCase()}`, false, from('values'));
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toContain(`.data.value: expected string, got &value.valueUnstructured{${seen}}`);
    });

    test('a value that is not YAML in its place', async () => {
      const { reason, message } = await bench.outcome('quoted-map', false, from('values'));
      expect(reason).toBe('BuildFailed');
      expect(message).toContain('envsubst error: YAMLToJSON: yaml: line 3: mapping values are not allowed');
    });

    test('`${` that does not start a variable', async () => {
      const { reason, message } = await bench.outcome('no-variable', false, from('values'));
      expect(reason).toBe('BuildFailed');
      expect(message).toContain('envsubst error: variable substitution failed: missing closing brace');
    });
  });

  describe('objects', () => {
    test('an unknown field of a custom kind', async () => {
      const { reason, message } = await bench.outcome('unknown-field', false);
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toContain('.spec.hostnamez: field not declared in schema');
    });

    test('an unknown field of a built-in kind is dropped silently, Ready', async () => {
      await bench.outcome('unknown-own-field', true);
      expect(await bench.data('ConfigMap', 'unknown-own-field')).toEqual({ a: 'b' });
    });

    test('a hostname that was not substituted', async () => {
      const { reason, message } = await bench.outcome('literal-hostname', false);
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toContain(`spec.hostnames[0]: Invalid value: "\${HOST}"`);
    });

    test('no such namespace', async () => {
      const { reason, message } = await bench.outcome('no-namespace', false);
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toContain('ConfigMap/nowhere/c not found: namespaces "nowhere" not found');
    });

    test('no such kind', async () => {
      const { reason, message } = await bench.outcome('no-kind', false);
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toContain('dry-run failed: no matches for kind "Nothing" in version "example.com/v1"');
    });

    test('a node port that another Service has', async () => {
      const first = nodePort('first', bench.namespace);
      await bench.cluster.apply(first);
      const taken = await bench.follow('port-taken');
      const { reason, message } = await bench.flux.untilReady(taken, false);
      // In this order, so that the second is never created.
      await bench.cluster.remove(taken);
      await bench.cluster.remove(referenceTo(first));
      expect(reason).toBe('ReconciliationFailed');
      expect(message).toContain(
        'Service "second" is invalid: spec.ports[0].nodePort: Invalid value: 30099: provided port is already allocated',
      );
    });

    test('one object in two files', async () => {
      const { reason, message } = await bench.outcome('twice', false);
      expect(reason).toBe('BuildFailed');
      expect(message).toContain(
        'may not add resource with an already registered id: ConfigMap.v1.[noGrp]/twice',
      );
    });
  });

  describe('order and sources', () => {
    test('a dependency is not ready', async () => {
      await bench.outcome('encrypted', false, decryptWith('wrong-key'));
      const { reason, message } = await bench.outcome('optional', false, {
        dependsOn: [{ name: 'encrypted' }],
      });
      expect(reason).toBe('DependencyNotReady');
      expect(message).toBe(`dependency '${bench.namespace}/encrypted' is not ready`);
    });

    test('a dependency does not exist', async () => {
      const { reason, message } = await bench.outcome('optional', false, { dependsOn: [{ name: 'absent' }] });
      expect(reason).toBe('DependencyNotReady');
      expect(message).toContain(`dependency '${bench.namespace}/absent' not found`);
    });

    test('no such path', async () => {
      const { reason, message } = await bench.outcome('no-path', false);
      expect(reason).toBe('ArtifactFailed');
      expect(message).toMatch(/^kustomization path not found: stat .*\/no-path: no such file or directory$/);
    });

    test('no such source', async () => {
      const sourceRef = { kind: 'GitRepository', name: 'absent' };
      const { reason, message } = await bench.outcome('optional', false, { sourceRef });
      expect(reason).toBe('ArtifactFailed');
      expect(message).toBe('GitRepository.source.toolkit.fluxcd.io "absent" not found');
    });

    test.each([
      [
        'no such branch',
        (url: string) => ({ url, ref: { branch: 'absent' } }),
        `couldn't find remote ref "refs/heads/absent"`,
      ],
      [
        'no such repository',
        (url: string) => ({ url: url.replace('home', 'absent') }),
        'repository not found',
      ],
      ['nobody answers', () => ({ url: 'http://127.0.0.1:1/home.git' }), 'connect: connection refused'],
    ])('Git: %s', async (title, spec, words) => {
      const apiVersion = 'source.toolkit.fluxcd.io/v1';
      const kind = 'GitRepository';
      const metadata = { name: title.replaceAll(' ', '-').toLowerCase(), namespace: bench.namespace };
      const whole = { interval: '1h', timeout: '5s', ...spec(bench.repository.url) };
      await bench.cluster.apply({ apiVersion, kind, metadata, spec: whole });
      const { reason, message } = await bench.flux.untilReady({ apiVersion, kind, ...metadata }, false);
      expect(reason).toBe('GitOperationFailed');
      expect(message).toContain('failed to checkout and determine revision: unable to clone');
      expect(message).toContain(words);
    });
  });
});

/** A directory for each mistake. */
async function brokenFiles(bench: FluxBench): Promise<Record<string, string>> {
  const { namespace } = bench;
  const values = { HOST: 'photos.example.net', NUMBER: '12345', BOOLEAN: 'yes', MAP: 'a: b' };
  const quoted = (name: string, variable: string) =>
    bench.configMap(name, { value: 'VALUE' }).replace('VALUE', `"\${${variable}}"`);
  const route = (name: string, spec: object) =>
    stringify({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, namespace },
      spec: { rules: [{ backendRefs: [{ name: 'x', port: 80 }] }], ...spec },
    });
  const nothing = { apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'x', namespace } };
  const elsewhere = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'nowhere' } };
  return {
    'values/secret.yaml': await bench.secret('values', { stringData: values }),
    'encrypted/secret.yaml': await bench.secret('encrypted', { data: { password: 'cA==' } }),
    'encrypted-strings/secret.yaml': await bench.secret('encrypted-strings', {
      stringData: { password: 'p' },
    }),
    'one-value/c.yaml': bench.configMap('one-value', { value: 'https://${HOST}/' }),
    'own-values/c.yaml': bench.configMap('uses-own-values', { value: '${OWN}' }),
    'own-values/secret.yaml': await bench.secret('own-values', { stringData: { OWN: 'value' } }),
    'missing-value/c.yaml': bench.configMap('missing-value', { value: 'https://${NOWHERE}/' }),
    'optional/c.yaml': bench.configMap('optional', { value: 'https://${HOST}/' }),
    'quoted-number/c.yaml': quoted('quoted-number', 'NUMBER'),
    'quoted-boolean/c.yaml': quoted('quoted-boolean', 'BOOLEAN'),
    'quoted-map/c.yaml': quoted('quoted-map', 'MAP'),
    'no-variable/c.yaml': bench.configMap('no-variable', { value: '${not.a.variable}' }),
    'unknown-field/r.yaml': route('unknown-field', { hostnamez: ['a.example.net'] }),
    'unknown-own-field/c.yaml': `${bench.configMap('unknown-own-field', { a: 'b' })}dataa:\n  a: b\n`,
    'literal-hostname/r.yaml': route('literal-hostname', { hostnames: ['${HOST}'] }),
    'no-namespace/c.yaml': stringify(elsewhere),
    'no-kind/x.yaml': stringify(nothing),
    'port-taken/s.yaml': stringify(nodePort('second', namespace)),
    'twice/a.yaml': bench.configMap('twice', { a: 'b' }),
    'twice/b.yaml': bench.configMap('twice', { a: 'c' }),
  };
}

function nodePort(name: string, namespace: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_099 }] },
  };
}
