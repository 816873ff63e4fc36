// Crosses the modules commands, operations/check, manifests/helm and reachability, with the real helm.
import { expect, test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import {
  chart,
  nodePort,
  ownRelease,
  packed,
  proofOf,
  repository,
  soleUnknown,
  testRepository,
  web,
} from './testRepository.ts';

realSuite('what a chart depends on', ['helm'], ({ helm }) => {
  const library = 'dependencies: [{name: lib, version: 1.2.3, repository: https://charts.example.org}]\n';
  const chartFile = 'apiVersion: v2\nname: web\nversion: 1.2.3\n';
  const useLibrary = { 'all.yaml': '{{ include "lib.service" . }}\n' };

  test('names the command that fetches a missing dependency, and uses it once it is available locally', async () => {
    const { check } = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', useLibrary, { 'Chart.yaml': chartFile + library }),
    });
    const unknown = soleUnknown(await check('--render'));
    expect(unknown.sentence).toContain(
      'its dependency lib 1.2.3 is neither in the chart nor available locally',
    );
    expect(unknown.remedy).toContain(
      'helm pull lib --repo https://charts.example.org --version 1.2.3 -d charts',
    );
    const service =
      '{{- define "lib.service" -}}\napiVersion: v1\nkind: Service\nmetadata: {name: lib}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n{{- end -}}\n';
    const lib = chart(
      'lib',
      { '_lib.tpl': service },
      { 'Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.2.3\ntype: library\n' },
    );
    const report = await check('--charts', packed(helm.path, lib));
    expect(report.unknowns).toEqual([]);
    expect(proofOf(report, 'load-balancers')?.verdict).toBe('refuted');
  });

  test('writes no dependency outside of its chart', async () => {
    const evil = 'dependencies: [{name: ../../../evil, version: 1.2.3, repository: "file://../evil"}]\n';
    const { check } = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', web, { 'Chart.yaml': chartFile + evil }),
      ...chart('charts/evil', {}, { 'Chart.yaml': 'apiVersion: v2\nname: ../../../evil\nversion: 1.2.3\n' }),
    });
    expect(soleUnknown(await check('--render')).sentence).toContain(
      'a name that is not a valid directory name',
    );
  });

  test('uses a file:// dependency as Flux does', async () => {
    const local = 'dependencies: [{name: lib, version: 1.2.3, repository: "file://../lib"}]\n';
    const { check } = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', web, { 'Chart.yaml': chartFile + local }),
      ...chart('charts/lib', {
        'ingress.yaml':
          'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: lib}\nspec: {rules: [{host: a.example.org}]}\n',
      }),
    });
    const report = await check('--render');
    expect(report.unknowns).toEqual([]);
    expect(proofOf(report, 'ingresses')?.verdict).toBe('refuted');
  });

  test('is unknown with the error of helm if the schema rejects the values', async () => {
    const schema = { properties: { service: { properties: { type: { enum: ['ClusterIP'] } } } } };
    const files = chart('charts/web', web, { 'values.schema.json': JSON.stringify(schema) });
    const { check } = testRepository(helm, { ...repository(ownRelease('web', nodePort)), ...files });
    const report = await check('--render');
    expect(soleUnknown(report).sentence).toContain("helm rejects it: values don't meet the specifications");
    expect(soleUnknown(report).sentence).toContain('/service/type');
    expect(report.code).toBe(4);
  });

  test('does not fetch an external schema, and reports the assumption that the values fit it', async () => {
    const schema = { $ref: 'http://127.0.0.1:1/values.schema.json' };
    const files = chart('charts/web', web, { 'values.schema.json': JSON.stringify(schema) });
    const { check } = testRepository(helm, { ...repository(ownRelease('web')), ...files });
    const { unknowns, assumptions } = await check('--render');
    expect(unknowns).toEqual([]);
    expect(assumptions.join('\n')).toContain('fit its schema, which refers to other files');
  });

  test('is unknown if it reads live objects, versions or APIs of the cluster', async () => {
    const looking = {
      ...web,
      'secret.yaml': '{{- if lookup "v1" "Secret" .Release.Namespace "x" }}\n{{- end }}\n',
    };
    const { check } = testRepository(helm, {
      ...repository(ownRelease('web', nodePort)),
      ...chart('charts/web', looking),
    });
    const report = await check('--render');
    expect(soleUnknown(report).sentence).toContain('the chart looks up objects in the cluster');
    const way = report.entries.find(({ who }) => who === 'lan');
    expect(way).toMatchObject({ likely: true, verdict: 'unknown' });
    expect(way?.sentence).toContain('Service media/web (NodePort');
    expect(report.code).toBe(4);

    const asking = {
      ...web,
      'monitor.yaml':
        '{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}\napiVersion: v1\nkind: Service\nmetadata: {name: m}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n{{- end }}\n',
    };
    const { check: ask } = testRepository(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', asking),
    });
    expect(soleUnknown(await ask('--render')).remedy).toContain('--kube-version');
    const told = await ask('--kube-version', '1.34');
    expect(told.unknowns).toEqual([]);
    expect(told.verdict).toBe('proved');
    expect(told.assumptions.join('\n')).toContain('The cluster runs Kubernetes 1.34');
    const more = await ask('--kube-version', '1.34', '--api-versions', 'monitoring.coreos.com/v1');
    expect(proofOf(more, 'load-balancers')?.verdict).toBe('refuted');
  });

  test('serves the APIs that objects of the repository use', async () => {
    const asking = {
      'm.yaml':
        '{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/PodMonitor" }}\napiVersion: v1\nkind: Service\nmetadata: {name: m}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n{{- end }}\n',
    };
    const monitor =
      'apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: m, namespace: media}\nspec: {selector: {}, podMetricsEndpoints: []}\n---\n';
    const { check } = testRepository(helm, {
      ...repository(monitor + ownRelease('web')),
      ...chart('charts/web', asking),
    });
    expect(proofOf(await check('--kube-version', '1.34'), 'load-balancers')?.verdict).toBe('refuted');
  });
});
