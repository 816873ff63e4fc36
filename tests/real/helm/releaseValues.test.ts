// Crosses the modules commands, operations/check, manifests/helm and reachability, with the real helm.
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import {
  chart,
  nodePort,
  ownRelease,
  proofOf,
  repository,
  soleUnknown,
  testRepository,
  web,
} from './testRepository.ts';

realSuite('the values of a release', ['helm'], ({ helm }) => {
  const configMap = (text: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: media}\ndata:\n  values.yaml: |\n    ${text}\n  port: NodePort\n---\n`;

  test('are merged from ConfigMaps, then the release, then a targetPath', async () => {
    const from = '  valuesFrom: [{kind: ConfigMap, name: more}]\n';
    const files = chart('charts/web', web);
    const { check } = testRepository(helm, {
      ...repository(configMap('service: {type: LoadBalancer}') + ownRelease('web', from)),
      ...files,
    });
    expect(proofOf(await check('--render'), 'load-balancers')?.verdict).toBe('refuted');
    const above = testRepository(helm, {
      ...repository(
        configMap('service: {type: LoadBalancer}') +
          ownRelease('web', `${from}  values: {service: {type: ClusterIP}}\n`),
      ),
      ...files,
    });
    expect((await above.check('--render')).verdict).toBe('proved');
    const path = '  valuesFrom: [{kind: ConfigMap, name: more, valuesKey: port, targetPath: service.type}]\n';
    const placed = testRepository(helm, {
      ...repository(configMap('a: 1') + ownRelease('web', path)),
      ...files,
    });
    const { entries } = await placed.check('--render');
    expect(entries.some(({ sentence }) => sentence.includes('NodePort'))).toBe(true);
  });

  test('are unknown if a Secret of valuesFrom is encrypted or missing', async () => {
    const sealed =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: sealed, namespace: media}\nstringData: {values.yaml: "ENC[AES256_GCM,data:aaaa,iv:aaaa,tag:aaaa,type:str]"}\nsops: {mac: "ENC[AES256_GCM,data:aaaa,iv:aaaa,tag:aaaa,type:str]"}\n---\n';
    const from = '  valuesFrom: [{kind: Secret, name: sealed}]\n';
    const files = chart('charts/web', web);
    const { check } = testRepository(helm, {
      ...repository(sealed + ownRelease('web', from + nodePort)),
      ...files,
    });
    const report = await check('--render');
    expect(soleUnknown(report).sentence).toContain('Secret media/sealed in its valuesFrom is encrypted');
    expect(report.entries.find(({ who }) => who === 'lan')).toMatchObject({
      likely: true,
      verdict: 'unknown',
    });
    expect(report.code).toBe(4);
    const absent = testRepository(helm, { ...repository(ownRelease('web', from)), ...files });
    expect(soleUnknown(await absent.check('--render')).sentence).toContain('is not among the objects');
  });

  test('are in no file and in no message if they come from a Secret', async () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: clear, namespace: media}\nstringData: {values.yaml: "password: hunter2"}\n---\n';
    const from = '  valuesFrom: [{kind: Secret, name: clear}]\n';
    const { check } = testRepository(helm, {
      ...repository(secret + ownRelease('web', from)),
      ...chart('charts/web', { 'fail.yaml': '{{ fail (printf "%s is too weak" .Values.password) }}\n' }),
    });
    const scratch = mkdtempSync(join(inject('realScratch'), 'tmp-'));
    vi.stubEnv('TMPDIR', scratch);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const report = await check('--render');
    const sentence = report.unknowns.find((unknown) => unknown.sentence.includes('HelmRelease'))?.sentence;
    expect(sentence).toContain('helm rejects it: its message at web/templates/fail.yaml:1:3 is left out');
    expect(report.stdout).not.toContain('hunter2');
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('make no clear-text Secret in Git unless the release sets the password', async () => {
    const templates = {
      'secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: {{ .Values.password | default (randAlphaNum 12) | quote }}}\n',
    };
    const files = chart('charts/web', templates);
    const random = testRepository(helm, { ...repository(ownRelease('web')), ...files });
    expect(proofOf(await random.check('--render'), 'secrets-encrypted')?.verdict).toBe('proved');
    const clear = testRepository(helm, {
      ...repository(ownRelease('web', '  values: {password: hunter2}\n')),
      ...files,
    });
    const report = await clear.check('--render');
    expect(proofOf(report, 'secrets-encrypted')?.verdict).toBe('refuted');
    expect(report.stdout).not.toContain('hunter2');
  });
});
