// Crosses the command line, the manifest loader, the prover and the reports.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { apply, prepare } from '../../src/operations/configure/configure.ts';
import { noProgress } from '../../src/operations/progress.ts';
import { journalFile } from '../../src/repository/path.ts';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';
import { examples } from '../testDirectory.ts';
import { app, enforced, flux, place, service } from './place.ts';

describe('the example home', () => {
  const example = () => {
    const folder = home();
    cpSync(join(examples, 'home', 'repository'), join(folder.path, 'repository'), { recursive: true });
    return folder;
  };

  it('is proved completely with its configuration, and no report shows a private value', async () => {
    const folder = example();
    const { code, stdout, stderr } = await gatehouse(
      folder,
      ...[
        'check',
        'repository',
        '--configuration',
        '.',
        '--json',
        '--sarif',
        'a.sarif',
        '--markdown',
        'a.md',
      ],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schemaVersion: 1, verdict: 'proved', findings: [], unknowns: [] });
    expect(document.proofs.length).toBeGreaterThan(15);
    expect(document.entries.some(({ who }: { who: string }) => who === 'internet')).toBe(true);
    const overlay = parse(folder.read('cluster.private.yaml'));
    for (const text of [stdout, folder.read('a.sarif'), folder.read('a.md')])
      for (const value of [overlay.immich.host, overlay.cluster.network.lan[0], overlay.cloudflared.tunnel])
        expect(text).not.toContain(value);
  });

  it('is not proved without it, and reports what is unknown', async () => {
    const folder = example();
    const { code, stdout } = await gatehouse(folder, 'check', 'repository', '--json');
    expect(code).not.toBe(0);
    const { verdict, unknowns, proofs } = JSON.parse(stdout);
    expect(verdict).not.toBe('proved');
    const sentences = unknowns.map(({ sentence }: { sentence: string }) => sentence).join('\n');
    expect(sentences).toContain('${IMMICH_HOST}');
    expect(sentences).toContain('enforces network policies');
    const deny = proofs.filter(({ invariant }: { invariant: string }) => invariant === 'default-deny');
    expect(deny.every((proof: { verdict: string }) => proof.verdict === 'unknown')).toBe(true);
  });

  it('is proved in the directory that configure writes, and rejected while a write is interrupted', async () => {
    const folder = home();
    const prepared = await prepare(folder.path, folder.environment, noProgress);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
    await apply(prepared.value, undefined, noProgress);
    const { code, stdout } = await gatehouse(folder, 'check');
    expect(stdout).toContain('0 refuted, 0 unknown');
    expect(code).toBe(0);
    folder.write(journalFile, '{}');
    expect((await gatehouse(folder, 'check')).code).toBe(3);
  });
});

describe('a third-party repository', () => {
  it('is checked as plain manifests without kustomizations', async () => {
    const { check } = place({ 'k3s/app.yaml': app, '.github/workflows/ci.yaml': 'on: push\n' });
    const { code, stdout } = await check(...enforced);
    expect(stdout).toContain('proved   No load balancer');
    expect(code).toBe(0);
    expect((await check()).code).toBe(4);
  });

  it('is checked as a dump of the API, also in JSON', async () => {
    const item = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', namespace: 'b' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    };
    const { check } = place({
      'dump.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item] }),
    });
    const { code, stdout } = await check('--json', ...enforced);
    expect(code).toBe(1);
    const [finding] = JSON.parse(stdout).findings.filter(
      (each: { invariant: string }) => each.invariant === 'load-balancers',
    );
    expect(finding).toMatchObject({
      verdict: 'refuted',
      object: { kind: 'Service', name: 'a', file: 'dump.json' },
    });
    expect(finding.fix).not.toBe('');
  });

  it('is built from the Flux Kustomizations, with namespace and variables', async () => {
    const { check } = place({
      'flux/apps.yaml': flux(
        'apps',
        'path: ./apps, targetNamespace: media, postBuild: {substitute: {TYPE: LoadBalancer}}',
      ),
      'apps/kustomization.yaml': 'resources: [app.yaml]\n',
      'apps/app.yaml': `${app}---\n${service('"${TYPE}"').replace(', namespace: media', '')}`,
      'elsewhere/idle.yaml': service('NodePort'),
    });
    const { stdout } = await check('--json', ...enforced);
    const { findings, notes, source } = JSON.parse(stdout);
    expect(source.kind).toBe('flux');
    expect(
      findings.map(({ invariant, object }: { invariant: string; object: { namespace: string } }) => [
        invariant,
        object.namespace,
      ]),
    ).toContainEqual(['load-balancers', 'media']);
    expect(notes.map(({ file }: { file: string }) => file)).toEqual([
      'elsewhere/idle.yaml',
      'flux/apps.yaml',
    ]);
  });

  it('is built from the kustomizations that no other includes, if there is no Flux', async () => {
    const { check } = place({
      'base/kustomization.yaml': 'resources: [app.yaml]\n',
      'base/app.yaml': app,
      'production/kustomization.yaml': 'resources: [../base, service.yaml]\n',
      'production/service.yaml': service('LoadBalancer'),
    });
    const { source, findings } = JSON.parse((await check('--json', ...enforced)).stdout);
    expect(source).toMatchObject({ kind: 'kustomize', objects: 4 });
    expect(findings.map(({ object }: { object?: { file: string } }) => object?.file)).toContain(
      'production/service.yaml',
    );
  });

  it.each([
    ['a broken file', { 'broken.yaml': 'apiVersion: v1\nkind: [\n' }],
    ['text that is not UTF-8', { 'broken.yaml': 'apiVersion: v1\nkind: \u0000\n' }],
  ])('proves nothing beside %s, and names it', async (_name, files) => {
    const { check } = place({ 'app.yaml': app, ...files });
    const { code, stdout } = await check('--json', ...enforced);
    expect(code).toBe(4);
    const { proofs, unknowns, findings } = JSON.parse(stdout);
    expect(findings).toHaveLength(proofs.length);
    expect(proofs.some(({ verdict }: { verdict: string }) => verdict === 'proved')).toBe(false);
    expect(unknowns[0].object.file).toBe('broken.yaml');
    for (const { fix } of findings) expect(fix).toContain('Fix the file');
  });

  it('is unknown with a chart that is not rendered, and names it', async () => {
    const release =
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: plex, namespace: media}\nspec: {chart: {spec: {chart: plex}}}\n';
    const { check } = place({ 'app.yaml': app, 'plex.yaml': release });
    const { code, stdout } = await check(...enforced);
    expect(code).toBe(4);
    expect(stdout).toContain('plex');
  });

  it('names the source of such a chart, with the command that fetches it', async () => {
    const release =
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: plex, namespace: media}\nspec: {chartRef: {kind: OCIRepository, name: plex}}\n';
    const source =
      'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: plex, namespace: media}\nspec: {interval: 1h, url: oci://charts.example.org/plex, ref: {tag: 1.2.3}}\n';
    const { check } = place({ 'app.yaml': app, 'plex.yaml': release, 'source.yaml': source });
    const { unknowns } = JSON.parse((await check('--json', ...enforced)).stdout);
    expect(unknowns[0].sentence).toContain('chart plex 1.2.3 of oci://charts.example.org/plex');
    expect(unknowns[0].remedy).toContain('helm pull oci://charts.example.org/plex --version 1.2.3 -d charts');
  });

  it('shows the likely entries of such a chart, and counts them neither as proved nor as refuted', async () => {
    const release =
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: plex, namespace: media}\nspec: {chart: {spec: {chart: plex}}, values: {service: {type: LoadBalancer, port: 32400}}}\n';
    const { check, path } = place({ 'app.yaml': app, 'plex.yaml': release });
    const { code, stdout } = await check(...enforced, '--json', '--markdown', `${path}/summary.md`);
    expect(code).toBe(4);
    const { entries, proofs, unknowns } = JSON.parse(stdout);
    const likely = entries.filter((entry: { likely?: boolean }) => entry.likely);
    expect(likely.length).toBeGreaterThan(0);
    for (const { verdict, sentence } of likely) {
      expect(verdict).toBe('unknown');
      expect(sentence).toContain('Service media/plex');
    }
    const proof = proofs.find(({ invariant }: { invariant: string }) => invariant === 'load-balancers');
    expect(proof.verdict).toBe('unknown');
    expect(unknowns[0].remedy).toBe(
      'Put the chart plex into a directory charts, then run this again with --render --charts charts',
    );
    expect(readFileSync(join(path, 'summary.md'), 'utf8')).toContain('(likely) LAN');
    expect((await check(...enforced)).stdout).toMatch(/LAN 192\.0\.2\.0\/24 → Service media\/plex .*likely/);
  });

  it('is not read outside of its directory, and ends a cycle', async () => {
    const outside = place({ 'secret.yaml': service('LoadBalancer') });
    const { check, path } = place({
      'kustomization.yaml': 'resources: [app.yaml, linked.yaml, a]\n',
      'app.yaml': app,
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
    });
    symlinkSync(join(outside.path, 'secret.yaml'), join(path, 'linked.yaml'));
    const { code, stdout } = await check(...enforced);
    expect(code).toBe(4);
    expect(stdout).toContain('leads out of the directory, or nowhere: linked.yaml');
    expect(stdout).toContain('lists linked.yaml, which does not exist');
    expect(stdout).toContain('includes itself');
  });

  it('is rejected if there is no object, or if a range is invalid', async () => {
    const { check } = place({ 'readme.md': '# nothing' });
    expect((await check()).code).toBe(2);
    expect((await check('--lan', 'home')).code).toBe(2);
  });
});

describe('a SecurityPolicy', () => {
  it('is shown as a control of the routes that it guards', async () => {
    const { check } = place({
      'gateway.yaml': `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: envoy}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: eg, namespace: media}
spec: {gatewayClassName: envoy, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: app, namespace: media}
spec: {parentRefs: [{name: eg}], rules: [{backendRefs: [{name: app, port: 80}]}]}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: app, namespace: media}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: app}]
  jwt: {providers: [{name: a, issuer: https://id.example.org, remoteJWKS: {uri: https://id.example.org/keys}}]}
`,
      'app.yaml': `${app}---\n${service('ClusterIP')}`,
    });
    const { routes } = JSON.parse((await check('--json', ...enforced)).stdout);
    expect(routes).toHaveLength(1);
    expect(routes[0].route).toMatchObject({ kind: 'HTTPRoute', name: 'app', file: 'gateway.yaml', line: 11 });
    expect(routes[0].controls).toMatchObject([
      { type: 'jwt', object: { kind: 'SecurityPolicy', name: 'app' } },
    ]);
  });
});

describe('the changes of a branch', () => {
  it('are reported with the verdict', async () => {
    const { check, path, write } = place({ 'app.yaml': app });
    const git = (...args: string[]): void => {
      const ran = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
        cwd: path,
      });
      expect(ran.status).toBe(0);
    };
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    write('service.yaml', service('NodePort'));
    write(
      'policy.yaml',
      app
        .split('---\n')
        .at(-1)
        ?.replace('name: none', 'name: web')
        .replace(', policyTypes: [Ingress, Egress]', ', ingress: [{}]') ?? '',
    );
    const { stdout } = await check('--base', 'HEAD', '--json', '--markdown', 'out.md', ...enforced);
    const { changes } = JSON.parse(stdout);
    expect(changes.opens.map(({ who }: { who: string }) => who)).toContain('lan');
    expect(changes.closes).toEqual([]);
    expect(readFileSync(join(path, 'out.md'), 'utf8')).toContain('What this opens');
    await check('--sarif', 'out.sarif', ...enforced);
    const [{ results }] = JSON.parse(readFileSync(join(path, 'out.sarif'), 'utf8')).runs;
    expect(results.length).toBeGreaterThan(0);
    for (const { locations } of results)
      expect(['app.yaml', 'policy.yaml']).toContain(locations[0].physicalLocation.artifactLocation.uri);
    write('k3s/service.yaml', service('LoadBalancer'));
    await check('k3s', '--sarif', 'below.sarif', ...enforced);
    expect(readFileSync(join(path, 'below.sarif'), 'utf8')).toContain('"uri": "k3s/service.yaml"');
    const none = await check('--base', 'nothing', ...enforced);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('nothing');
  });
});

describe('a finding', () => {
  it('names each claim that it contradicts, with its own fix', async () => {
    const { check, write } = place({ 'app.yaml': app, 'service.yaml': service('NodePort') });
    const release =
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: chart, namespace: media}\nspec: {chart: {spec: {chart: thing}}}\n';
    write('release.yaml', release);
    const { stdout } = await check('--markdown', 'summary.md', ...enforced);
    // One cause makes four claims unknown.
    const findings = stdout.slice(stdout.indexOf('Findings'), stdout.indexOf('Not seen'));
    expect(findings.match(/^ {4}claimed/gm)).toHaveLength(findings.split('claimed').length - 1);
    expect(findings).toMatch(
      /claimed {3}No Ingress leads in\n {4}claimed {3}No pod opens a port of its node\n/,
    );
    expect(findings).toMatch(
      /HelmRelease media\/chart has the structure of its kind\n {4}to do {5}Compare the field with the definition/,
    );
  });

  it('names the object that causes it, also if something is missing, and can be accepted for it', async () => {
    const open = app.slice(0, app.lastIndexOf('---\n'));
    const { check, write } = place({ 'app.yaml': `${open}---\n${service('NodePort')}` });
    const findingsOf = async () => JSON.parse((await check('--json', ...enforced)).stdout).findings;
    const findings = await findingsOf();
    expect(findings.every((each: { object?: { file: string } }) => each.object?.file === 'app.yaml')).toBe(
      true,
    );
    write(
      '.gatehouse/accepted.yaml',
      'accepted:\n  - {invariant: default-deny, object: Namespace media, reason: it is a test}\n',
    );
    const accepted = (await findingsOf()).filter(
      (each: { accepted?: string }) => each.accepted !== undefined,
    );
    expect(accepted.map(({ invariant }: { invariant: string }) => invariant)).toEqual(['default-deny']);
  });

  it('has its own fix if the client’s address is replaced', async () => {
    const { check } = place({ 'app.yaml': `${app}---\n${service('NodePort')}` });
    const { findings } = JSON.parse((await check('--json', ...enforced)).stdout);
    expect(findings.map(({ fix }: { fix: string }) => fix)).toContain(
      'Set externalTrafficPolicy to Local, so that the policies see the client’s address',
    );
  });
});

describe('an acceptance', () => {
  const accepted = (object: string): string =>
    `accepted:\n  - invariant: load-balancers\n    object: Service ${object}\n    reason: the guests' printer\n`;

  it('removes a finding from the verdict, only for its object', async () => {
    const { check, write } = place({ 'app.yaml': app, 'service.yaml': service('LoadBalancer') });
    expect((await check('--json', ...enforced)).code).toBe(1);
    write('.gatehouse/accepted.yaml', accepted('media/app'));
    const { findings } = JSON.parse((await check('--json', ...enforced)).stdout);
    const found = (invariant: string) =>
      findings.find((each: { invariant: string }) => each.invariant === invariant);
    expect(found('load-balancers').accepted).toBe("the guests' printer");
    write('other.yaml', service('LoadBalancer').replace('name: app', 'name: other'));
    const again = JSON.parse((await check('--json', ...enforced)).stdout);
    expect(
      again.findings.find((each: { invariant: string }) => each.invariant === 'load-balancers').accepted,
    ).toBeUndefined();
  });

  it('is reported if it is stale or cannot be read', async () => {
    const { check, write } = place({ 'app.yaml': app, '.gatehouse/accepted.yaml': accepted('media/gone') });
    const { code, stdout } = await check(...enforced);
    expect(code).toBe(0);
    expect(stdout).toContain('Accepted, and not there any more');
    write('.gatehouse/accepted.yaml', 'accepted:\n  - invariant: load-balancers\n');
    const damaged = await check(...enforced);
    expect(damaged.code).toBe(2);
    expect(damaged.stdout).toContain('.gatehouse/accepted.yaml:2');
  });
});
