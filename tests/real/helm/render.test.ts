// Crosses the modules commands, operations/check, manifests/helm and reachability, with the real helm.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import {
  chart,
  nodePort,
  ownRelease,
  packed,
  proofOf,
  remoteRelease,
  repository,
  soleUnknown,
  testRepository,
  web,
} from './testRepository.ts';

realSuite('helm renders the charts of HelmReleases', ['helm'], ({ helm }) => {
  test('refutes a second node port with --render; without it the node port is unknown', async () => {
    const only = `apiVersion: v1
kind: Service
metadata: {name: only, namespace: media}
spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: none}, ports: [{port: 8443}]}
---
`;
    const { check } = testRepository(helm, {
      ...repository(only + ownRelease('web', nodePort)),
      ...chart('charts/web', web),
    });
    const without = await check();
    expect(proofOf(without, 'node-ports')?.verdict).toBe('unknown');
    expect(soleUnknown(without)).toMatchObject({
      sentence: 'What HelmRelease media/web makes of chart web of directory charts/web is not rendered',
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

  test('proves a chart whose policies and Services allow nobody', async () => {
    const { check } = testRepository(helm, { ...repository(ownRelease('web')), ...chart('charts/web', web) });
    const { verdict, proofs, unknowns } = await check('--render');
    expect(unknowns).toEqual([]);
    expect(proofs.filter((proof) => proof.verdict !== 'proved')).toEqual([]);
    expect(verdict).toBe('proved');
  });

  test('answers reach for the objects of a chart', async () => {
    const client =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: client, namespace: media}\nspec: {containers: [{name: a, image: a}]}\n---\n';
    const { reach } = testRepository(helm, {
      ...repository(client + ownRelease('web')),
      ...chart('charts/web', web),
    });
    const answer = await reach('media/client', 'media/web:8080', '--render');
    expect(answer).toMatchObject({ verdict: 'blocked', why: [] });
    expect(await reach('media/client', 'media/web:8080')).toMatchObject({ verdict: 'unknown' });
  });

  test('counts the policies of a chart, with the namespace and the name of the release', async () => {
    const open = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: {{ .Release.Name }}}
spec: {podSelector: {matchLabels: {app: {{ .Release.Name }}}}, policyTypes: [Ingress], ingress: [{}]}
`;
    const { check } = testRepository(helm, {
      ...repository(ownRelease('web', '  releaseName: shop\n  targetNamespace: media\n')),
      ...chart('charts/web', { ...web, 'policy.yaml': open }),
    });
    const rendered = await check('--render');
    const internal = rendered.findings.find(({ invariant }) => invariant === 'internal-clients');
    expect(internal?.sentence).toContain('Deployment media/shop');
    expect(internal?.verdict).toBe('refuted');
  });

  test('attaches a route of a chart to a Gateway outside of the chart', async () => {
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
    const { check } = testRepository(helm, {
      ...repository(gateway + ownRelease('web', '  values: {host: photos.example.org}\n')),
      ...chart('charts/web', { ...web, 'route.yaml': route }),
    });
    const { entries } = await check('--render');
    const ways = entries.filter(({ from }) => from.includes('photos.example.org'));
    expect(ways.map(({ who }) => who)).toContain('internet');
    expect(ways[0]).not.toHaveProperty('likely');
    expect(ways[0]?.sentence).toContain('HTTPRoute media/web');
  });

  test('names the command that fetches a chart, and reads it from a directory of charts', async () => {
    const { check, path } = testRepository(helm, repository(remoteRelease('web', '1.2.3', nodePort)));
    mkdirSync(join(path, '..', 'empty'), { recursive: true });
    const before = await check('--render');
    expect(soleUnknown(before)).toMatchObject({
      sentence:
        'What HelmRelease media/web makes of chart web 1.2.3 of https://charts.example.org is unknown: the chart is not available locally',
      remedy:
        'Run helm pull web --repo https://charts.example.org --version 1.2.3 -d charts, then this again with --render --charts charts',
    });

    const charts = packed(helm.path, chart('web', web));
    const after = await check('--render', '--charts', charts);
    expect(after.unknowns).toEqual([]);
    expect(after.assumptions).toContain(
      'The local copy of chart web 1.2.3 of https://charts.example.org is that chart',
    );
    expect(after.entries.some(({ sentence }) => sentence.includes('NodePort'))).toBe(true);
    // The release asks for another version.
    const { check: other } = testRepository(helm, repository(remoteRelease('web', '1.2.4', nodePort)));
    expect(soleUnknown(await other('--render', '--charts', charts)).sentence).toContain(
      'not available locally',
    );
    // The newest local version in a range is used, as an assumption.
    const { check: ranged } = testRepository(
      helm,
      repository(remoteRelease('web', '>=1.0.0 <2.0.0', nodePort)),
    );
    const { unknowns, assumptions } = await ranged('--charts', charts);
    expect(unknowns).toEqual([]);
    expect(assumptions.join('\n')).toContain('uses 1.2.3 of chart web >=1.0.0 <2.0.0');
  });

  test('names the OCI registry of a chart, with its tag as the version', async () => {
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
    const { check } = testRepository(helm, repository(release));
    const before = await check('--render');
    expect(soleUnknown(before).remedy).toContain(
      'helm pull oci://registry.example.org/charts/web --version 1.2.3 -d charts',
    );
    expect(before.stdout).not.toContain('hunter2');
    const charts = packed(helm.path, chart('web', web));
    const { proofs } = await check('--charts', charts);
    // The password in the URL is in clear text.
    const open = proofs.filter(({ verdict }) => verdict !== 'proved');
    expect(open.map(({ invariant }) => invariant)).toEqual(['secrets-encrypted']);
  });

  test('reads charts from the cache of helm', async () => {
    const files = repository(remoteRelease('web', '1.2.3'));
    const { check, path } = testRepository(helm, files);
    const cache = join(`${path}.home`, '.cache', 'helm', 'repository');
    mkdirSync(cache, { recursive: true });
    execFileSync('cp', ['-r', `${packed(helm.path, chart('web', web))}/.`, cache]);
    expect((await check('--render')).unknowns).toEqual([]);
  });

  test('leaves every chart unknown without helm, and refuses a missing directory of charts', async () => {
    const { check } = testRepository(undefined, {
      ...repository(ownRelease('web')),
      ...chart('charts/web', web),
    });
    const unknown = soleUnknown(await check('--render'));
    expect(unknown.sentence).toContain('there is no helm on the PATH');
    expect(unknown.remedy).toContain('Install helm');
    const refused = await check('--render', '--charts', 'nowhere');
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('text-not-found');
  });
});
