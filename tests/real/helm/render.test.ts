import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import { chart, farRelease, ownRelease, place, type Report, repository, web } from './place.ts';

const proofOf = ({ proofs }: Report, invariant: string): { verdict: string; sentence: string } | undefined =>
  proofs.find((proof) => proof.invariant === invariant);
const soleUnknown = ({ unknowns }: Report): { sentence: string; remedy: string } => {
  expect(unknowns).toHaveLength(1);
  const [unknown] = unknowns;
  if (unknown === undefined) throw new Error('nothing is unknown');
  return unknown;
};

const nodePort = '  values: {service: {type: NodePort}}\n';

realSuite('helm renders the charts of HelmReleases', ['helm'], ({ helm }) => {
  test('a node port that a release opens beside the only one is refuted with --render, and unknown without', async () => {
    const only = `apiVersion: v1
kind: Service
metadata: {name: only, namespace: media}
spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: none}, ports: [{port: 8443}]}
---
`;
    const { check } = place(helm, {
      ...repository(only + ownRelease('web', nodePort)),
      ...chart('charts/web', web),
    });
    const without = await check();
    expect(proofOf(without, 'node-ports')?.verdict).toBe('unknown');
    expect(soleUnknown(without)).toMatchObject({
      sentence: 'What HelmRelease media/web makes of chart web of folder charts/web is not rendered',
      remedy: 'Run this again with --render',
    });
    expect(without.code).toBe(4);

    const rendered = await check('--render');
    expect(rendered.unknowns).toEqual([]);
    expect(rendered.code).toBe(1);
    const finding = rendered.findings.find(({ invariant }) => invariant === 'node-ports');
    expect(finding?.verdict).toBe('refuted');
    const where = { file: 'apps/apps.yaml', line: 15, template: 'web/templates/service.yaml' };
    expect(finding?.evidence).toContainEqual({
      rule: 'NodePort',
      object: { kind: 'Service', name: 'web', namespace: 'media', ...where },
    });
    const entry = rendered.entries.find(({ sentence }) => sentence.includes('Service media/web (NodePort'));
    expect(entry).toMatchObject({ who: 'lan' });
    expect(entry).not.toHaveProperty('likely');
  });

  test('a chart whose policies and Services keep everybody out is proved', async () => {
    const { check } = place(helm, { ...repository(ownRelease('web')), ...chart('charts/web', web) });
    const { verdict, proofs, unknowns } = await check('--render');
    expect(unknowns).toEqual([]);
    expect(proofs.filter((proof) => proof.verdict !== 'proved')).toEqual([]);
    expect(verdict).toBe('proved');
  });

  test('a question is answered for what a chart makes', async () => {
    const client =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: client, namespace: media}\nspec: {containers: [{name: a, image: a}]}\n---\n';
    const { reach } = place(helm, {
      ...repository(client + ownRelease('web')),
      ...chart('charts/web', web),
    });
    const answer = await reach('media/client', 'media/web:8080', '--render');
    expect(answer).toMatchObject({ verdict: 'blocked', why: [] });
    expect(await reach('media/client', 'media/web:8080')).toMatchObject({ verdict: 'unknown' });
  });

  test('policies of a chart count, in the namespace of the release and by the name of the release', async () => {
    const open = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: {{ .Release.Name }}}
spec: {podSelector: {matchLabels: {app: {{ .Release.Name }}}}, policyTypes: [Ingress], ingress: [{}]}
`;
    const { check } = place(helm, {
      ...repository(ownRelease('web', '  releaseName: shop\n  targetNamespace: media\n')),
      ...chart('charts/web', { ...web, 'policy.yaml': open }),
    });
    const rendered = await check('--render');
    const internal = rendered.findings.find(({ invariant }) => invariant === 'internal-clients');
    expect(internal?.sentence).toContain('Deployment media/shop');
    expect(internal?.verdict).toBe('refuted');
  });

  test('a route of a chart attaches to a Gateway outside of it', async () => {
    const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: media}
spec: {gatewayClassName: envoy, listeners: [{name: web, port: 80, protocol: HTTP}]}
---
`;
    const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: {{ .Release.Name }}}
spec:
  parentRefs: [{name: edge}]
  hostnames: [{{ .Values.host }}]
  rules: [{backendRefs: [{name: {{ .Release.Name }}, port: 8080}]}]
`;
    const { check } = place(helm, {
      ...repository(gateway + ownRelease('web', '  values: {host: photos.example.org}\n')),
      ...chart('charts/web', { ...web, 'route.yaml': route }),
    });
    const { entries } = await check('--render');
    const ways = entries.filter(({ from }) => from.includes('photos.example.org'));
    expect(ways.map(({ who }) => who)).toContain('internet');
    expect(ways[0]).not.toHaveProperty('likely');
    expect(ways[0]?.sentence).toContain('HTTPRoute media/web');
  });

  test('a chart elsewhere names the command that makes it known, and is taken from a folder then', async () => {
    const { check, path } = place(helm, repository(farRelease('web', '1.2.3', nodePort)));
    mkdirSync(join(path, '..', 'empty'), { recursive: true });
    const before = await check('--render');
    expect(soleUnknown(before)).toMatchObject({
      sentence:
        'What HelmRelease media/web makes of chart web 1.2.3 of https://charts.example.org is not known: the chart is not at hand',
      remedy:
        'Run helm pull web --repo https://charts.example.org --version 1.2.3 -d charts, then this again with --render --charts charts',
    });

    const charts = packed(helm.path, chart('web', web));
    const after = await check('--render', '--charts', charts);
    expect(after.unknowns).toEqual([]);
    expect(after.assumptions).toContain(
      'What is at hand as chart web 1.2.3 of https://charts.example.org is that chart',
    );
    expect(after.entries.some(({ sentence }) => sentence.includes('NodePort'))).toBe(true);
    // The version that is asked for is another one.
    const { check: other } = place(helm, repository(farRelease('web', '1.2.4', nodePort)));
    expect(soleUnknown(await other('--render', '--charts', charts)).sentence).toContain('not at hand');
    // A range is taken from what is at hand, and it is said.
    const { check: ranged } = place(helm, repository(farRelease('web', '>=1.0.0 <2.0.0', nodePort)));
    const { unknowns, assumptions } = await ranged('--charts', charts);
    expect(unknowns).toEqual([]);
    expect(assumptions.join('\n')).toContain('takes 1.2.3 of chart web >=1.0.0 <2.0.0');
  });

  test('a registry is named, whose tag is the version', async () => {
    const release = `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: web, namespace: media}
spec: {interval: 1h, url: "oci://user:hunter2@registry.example.org/charts/web", ref: {tag: 1.2.3}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: media}
spec:
  interval: 1h
  chartRef: {kind: OCIRepository, name: web}
`;
    const { check } = place(helm, repository(release));
    const before = await check('--render');
    expect(soleUnknown(before).remedy).toContain(
      'helm pull oci://registry.example.org/charts/web --version 1.2.3 -d charts',
    );
    expect(before.stdout).not.toContain('hunter2');
    const charts = packed(helm.path, chart('web', web));
    expect((await check('--charts', charts)).verdict).toBe('proved');
  });

  test('the cache of helm counts as at hand', async () => {
    const files = repository(farRelease('web', '1.2.3'));
    const { check, path } = place(helm, files);
    const cache = join(`${path}.home`, '.cache', 'helm', 'repository');
    mkdirSync(cache, { recursive: true });
    execFileSync('cp', ['-r', `${packed(helm.path, chart('web', web))}/.`, cache]);
    expect((await check('--render')).unknowns).toEqual([]);
  });

  test('without helm every chart is unknown, and so it is when the folder of charts is not there', async () => {
    const { check } = place(undefined, { ...repository(ownRelease('web')), ...chart('charts/web', web) });
    const unknown = soleUnknown(await check('--render'));
    expect(unknown.sentence).toContain('there is no helm on the PATH');
    expect(unknown.remedy).toContain('Install helm');
    const refused = await check('--render', '--charts', 'nowhere');
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('text-not-found');
  });
});

realSuite('what a chart asks for', ['helm'], ({ helm }) => {
  const library = 'dependencies: [{name: lib, version: 1.2.3, repository: https://charts.example.org}]\n';
  const chartFile = 'apiVersion: v2\nname: web\nversion: 1.2.3\n';
  const useLibrary = { 'all.yaml': '{{ include "lib.service" . }}\n' };

  test('a dependency that is not there is named with the command that fetches it, and taken once it is at hand', async () => {
    const { check } = place(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', useLibrary, { 'Chart.yaml': chartFile + library }),
    });
    const unknown = soleUnknown(await check('--render'));
    expect(unknown.sentence).toContain('its dependency lib 1.2.3 is neither in the chart nor at hand');
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

  test('a dependency cannot be written outside of its chart', async () => {
    const evil = 'dependencies: [{name: ../../../evil, version: 1.2.3, repository: "file://../evil"}]\n';
    const { check } = place(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', web, { 'Chart.yaml': chartFile + evil }),
      ...chart('charts/evil', {}, { 'Chart.yaml': 'apiVersion: v2\nname: ../../../evil\nversion: 1.2.3\n' }),
    });
    expect(soleUnknown(await check('--render')).sentence).toContain('a name that no folder can have');
  });

  test('a dependency beside the chart is taken as Flux takes it', async () => {
    const local = 'dependencies: [{name: lib, version: 1.2.3, repository: "file://../lib"}]\n';
    const { check } = place(helm, {
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

  test('values that the schema refuses are unknown with helm’s reason', async () => {
    const schema = { properties: { service: { properties: { type: { enum: ['ClusterIP'] } } } } };
    const files = chart('charts/web', web, { 'values.schema.json': JSON.stringify(schema) });
    const { check } = place(helm, { ...repository(ownRelease('web', nodePort)), ...files });
    const report = await check('--render');
    expect(soleUnknown(report).sentence).toContain("helm refuses: values don't meet the specifications");
    expect(soleUnknown(report).sentence).toContain('/service/type');
    expect(report.code).toBe(4);
  });

  test('a schema elsewhere is not fetched, and it is said that it is believed', async () => {
    const schema = { $ref: 'http://127.0.0.1:1/values.schema.json' };
    const files = chart('charts/web', web, { 'values.schema.json': JSON.stringify(schema) });
    const { check } = place(helm, { ...repository(ownRelease('web')), ...files });
    const { unknowns, assumptions } = await check('--render');
    expect(unknowns).toEqual([]);
    expect(assumptions.join('\n')).toContain('fit its schema, which refers to elsewhere');
  });

  test('what the cluster alone knows is unknown: objects that are there, versions and APIs', async () => {
    const looking = {
      ...web,
      'secret.yaml': '{{- if lookup "v1" "Secret" .Release.Namespace "x" }}\n{{- end }}\n',
    };
    const { check } = place(helm, {
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
    const { check: ask } = place(helm, { ...repository(ownRelease('web')), ...chart('charts/web', asking) });
    expect(soleUnknown(await ask('--render')).remedy).toContain('--kube-version');
    const told = await ask('--kube-version', '1.34');
    expect(told.unknowns).toEqual([]);
    expect(told.verdict).toBe('proved');
    expect(told.assumptions.join('\n')).toContain('The cluster runs Kubernetes 1.34');
    const more = await ask('--kube-version', '1.34', '--api-versions', 'monitoring.coreos.com/v1');
    expect(proofOf(more, 'load-balancers')?.verdict).toBe('refuted');
  });

  test('an API that an object of the repository uses is one that the cluster serves', async () => {
    const asking = {
      'm.yaml':
        '{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/PodMonitor" }}\napiVersion: v1\nkind: Service\nmetadata: {name: m}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n{{- end }}\n',
    };
    const monitor =
      'apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: m, namespace: media}\nspec: {}\n---\n';
    const { check } = place(helm, {
      ...repository(monitor + ownRelease('web')),
      ...chart('charts/web', asking),
    });
    expect(proofOf(await check('--kube-version', '1.34'), 'load-balancers')?.verdict).toBe('refuted');
  });
});

realSuite('the values of a release', ['helm'], ({ helm }) => {
  const configMap = (text: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: media}\ndata:\n  values.yaml: |\n    ${text}\n  port: NodePort\n---\n`;

  test('come from ConfigMaps first, then from the release, then from a path', async () => {
    const from = '  valuesFrom: [{kind: ConfigMap, name: more}]\n';
    const files = chart('charts/web', web);
    const { check } = place(helm, {
      ...repository(configMap('service: {type: LoadBalancer}') + ownRelease('web', from)),
      ...files,
    });
    expect(proofOf(await check('--render'), 'load-balancers')?.verdict).toBe('refuted');
    const above = place(helm, {
      ...repository(
        configMap('service: {type: LoadBalancer}') +
          ownRelease('web', `${from}  values: {service: {type: ClusterIP}}\n`),
      ),
      ...files,
    });
    expect((await above.check('--render')).verdict).toBe('proved');
    const path = '  valuesFrom: [{kind: ConfigMap, name: more, valuesKey: port, targetPath: service.type}]\n';
    const placed = place(helm, { ...repository(configMap('a: 1') + ownRelease('web', path)), ...files });
    const { entries } = await placed.check('--render');
    expect(entries.some(({ sentence }) => sentence.includes('NodePort'))).toBe(true);
  });

  test('are unknown where they are encrypted, are elsewhere, or hold a variable that is not filled in', async () => {
    const sealed =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: sealed, namespace: media}\nstringData: {values.yaml: "ENC[AES256_GCM,data:x]"}\nsops: {mac: "ENC[x]"}\n---\n';
    const from = '  valuesFrom: [{kind: Secret, name: sealed}]\n';
    const files = chart('charts/web', web);
    const { check } = place(helm, { ...repository(sealed + ownRelease('web', from + nodePort)), ...files });
    const report = await check('--render');
    expect(soleUnknown(report).sentence).toContain(
      'Secret media/sealed, from which it takes values, is encrypted',
    );
    expect(report.entries.find(({ who }) => who === 'lan')).toMatchObject({
      likely: true,
      verdict: 'unknown',
    });
    expect(report.code).toBe(4);
    const absent = place(helm, { ...repository(ownRelease('web', from)), ...files });
    expect(soleUnknown(await absent.check('--render')).sentence).toContain('is not among the objects');
  });

  test('stand in no argument, no file, and no message that quotes a Secret', async () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: clear, namespace: media}\nstringData: {values.yaml: "password: hunter2"}\n---\n';
    const from = '  valuesFrom: [{kind: Secret, name: clear}]\n';
    const { check } = place(helm, {
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
    expect(sentence).toContain('helm refuses: its words at web/templates/fail.yaml:1:3 are left out');
    expect(report.stdout).not.toContain('hunter2');
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('a Secret of a chart is no clear text in Git, unless the release says its password', async () => {
    const templates = {
      'secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: {{ .Values.password | default (randAlphaNum 12) | quote }}}\n',
    };
    const files = chart('charts/web', templates);
    const random = place(helm, { ...repository(ownRelease('web')), ...files });
    expect(proofOf(await random.check('--render'), 'secrets-encrypted')?.verdict).toBe('proved');
    const clear = place(helm, {
      ...repository(ownRelease('web', '  values: {password: hunter2}\n')),
      ...files,
    });
    const report = await clear.check('--render');
    expect(proofOf(report, 'secrets-encrypted')?.verdict).toBe('refuted');
    expect(report.stdout).not.toContain('hunter2');
  });
});

realSuite('what Flux does to a rendered chart', ['helm'], ({ helm }) => {
  test('post renderers are applied, and one that is not understood is unknown', async () => {
    const patch = (text: string): string =>
      `  postRenderers: [{kustomize: {patches: [{target: {kind: Service}, patch: '${text}'}]}}]\n`;
    const files = chart('charts/web', web);
    const merge = patch('{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {type: LoadBalancer}}');
    const { check } = place(helm, { ...repository(ownRelease('web', merge)), ...files });
    const report = await check('--render');
    expect(report.unknowns).toEqual([]);
    expect(proofOf(report, 'load-balancers')?.verdict).toBe('refuted');
    const broken = place(helm, {
      ...repository(ownRelease('web', patch('{spec: {$patch: nonsense}}'))),
      ...files,
    });
    expect(soleUnknown(await broken.check('--render')).sentence).toContain(
      'its postRenderers[0] is not applied',
    );
  });

  test('hooks are marked, tests are left out, and a policy that is a hook keeps nobody out', async () => {
    const job = (event: string): string =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${event}, annotations: {helm.sh/hook: ${event}}}\nspec: {template: {metadata: {labels: {app: ${event}}}, spec: {hostNetwork: true, containers: [{name: a, image: a}]}}}\n`;
    const { check } = place(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', { 'a.yaml': job('post-install'), 'b.yaml': job('test') }),
    });
    const report = await check('--render');
    expect(proofOf(report, 'host-ports')?.sentence).toContain('Job media/post-install');
    expect(proofOf(report, 'host-ports')?.sentence).not.toContain('Job media/test');
    const finding = report.findings.find(({ invariant }) => invariant === 'host-ports');
    expect(finding?.object?.template).toBe('web/templates/a.yaml (hook post-install)');
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, annotations: {helm.sh/hook: pre-install}}\nspec: {podSelector: {}}\n';
    const hooked = place(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', { ...web, 'p.yaml': policy }),
    });
    expect(soleUnknown(await hooked.check('--render')).sentence).toContain('is a hook (pre-install)');
  });

  test.each([
    ['suspend: true', 'it is suspended'],
    ['kubeConfig: {secretRef: {name: other}}', 'it is installed into the cluster of its kubeConfig'],
    ['upgrade: {preserveValues: true}', 'upgrades keep the values of earlier ones'],
  ])('%s leaves open what the cluster has', async (field, why) => {
    const { check } = place(helm, {
      ...repository(ownRelease('web', `  ${field}\n`)),
      ...chart('charts/web', web),
    });
    expect(soleUnknown(await check('--render')).sentence).toContain(why);
  });

  test('a chart that leads out of its folder by a link is not read', async () => {
    const { check, path } = place(helm, { ...repository(ownRelease('web')), ...chart('charts/web', web) });
    const secret = join(inject('realScratch'), 'outside.txt');
    writeFileSync(secret, 'hunter2');
    symlinkSync(secret, join(path, 'charts/web/templates/linked.txt'));
    expect(existsSync(join(path, 'charts/web/templates/linked.txt'))).toBe(true);
    const report = await check('--render');
    expect(soleUnknown(report).sentence).toContain('the link templates/linked.txt leads out of it');
    expect(report.stdout).not.toContain('hunter2');
  });

  test('what a branch changes in a chart is told', async () => {
    const { check, path, write } = place(helm, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', web),
    });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: path });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'before');
    expect((await check('--render', '--base', 'HEAD')).changes?.opens).toEqual([]);
    write({ 'charts/web/values.yaml': 'service: {type: NodePort}\n' });
    const { changes } = await check('--render', '--base', 'HEAD');
    expect(changes?.opens.map(({ sentence }) => sentence).join('\n')).toContain(
      'Service media/web (NodePort',
    );
  });
});

/** A folder with the chart, as `helm package` writes it. */
function packed(helm: string, files: Readonly<Record<string, string>>): string {
  const { path } = place(undefined, files);
  const [first = ''] = Object.keys(files);
  const out = join(path, 'packed');
  mkdirSync(out);
  execFileSync(helm, ['package', join(path, first.split('/')[0] ?? ''), '-d', out], {
    env: { HOME: path },
    stdio: 'pipe',
  });
  return out;
}
