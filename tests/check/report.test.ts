// Crosses the command line, the manifest loader, the prover and the reports.
import { describe, expect, it } from 'vitest';
import { flux, place } from './place.ts';

const release = (name: string, values = '{}'): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${name}, namespace: media}
spec: {chart: {spec: {chart: app-template, version: 5.1.0, sourceRef: {kind: HelmRepository, name: bjw-s}}}, values: ${values}}
`;
const repository = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: bjw-s, namespace: media}
spec: {type: oci, url: oci://ghcr.io/bjw-s-labs/helm}
`;
const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: media}
spec: {gatewayClassName: envoy, listeners: [{name: web, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: a}]}}]}
`;
const routed = (host: string): string =>
  `{controllers: {main: {containers: {app: {image: {repository: a, tag: "1"}}}}}, service: {app: {ports: {http: {port: 80}}}}, route: {app: {hostnames: [${host}], parentRefs: [{name: edge}]}}}`;
const count = (text: string, part: string): number => text.split(part).length - 1;

describe('the report of a check', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];

  it('names a chart of many releases once, with the command that makes it known', async () => {
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, release(name)]));
    const { stdout } = await place({ 'repository.yaml': repository, ...files }).check();
    const [, notSeen = ''] = stdout.split('Not seen');
    expect(count(notSeen, 'Run helm pull oci://ghcr.io/bjw-s-labs/helm/app-template --version 5.1.0')).toBe(
      1,
    );
    expect(notSeen).toContain(
      'The same for: HelmRelease media/b, HelmRelease media/c, HelmRelease media/d, and 2 more',
    );
    const [, proofs = ''] = stdout.split('Proofs');
    const [nodePorts = ''] = proofs.split('proved');
    expect(nodePorts).toContain('. And 3 more');
    expect(nodePorts).toContain('and 3 more');
  });

  it('warns once about all paths without demands, and merges the likely pods of a Service into one row', async () => {
    const files = { 'gateway.yaml': gateway, 'repository.yaml': repository };
    const { stdout } = await place({
      ...files,
      'a.yaml': release('a', routed('a.example.org')),
      'b.yaml': release('b', routed('b.example.org')),
      'c.yaml': release('c').replace('app-template', 'other'),
      'd.yaml': release('d').replace('app-template', 'another'),
    }).check('--lan', '192.0.2.0/24');
    expect(count(stdout, 'No access check on the path')).toBe(2);
    const rows = stdout.split('\n').filter((line) => line.includes('→'));
    expect(rows.filter((row) => row.includes('a.example.org'))).toHaveLength(2);
    expect(rows[0]).toMatch(
      /^ {6}a\.example\.org → Gateway media\/edge .* → .*Deployment media\/a {2}TCP 80.* {2}likely$/,
    );
  });

  it('reports an error in a file of several Kustomizations once', async () => {
    const alert = `apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: {name: a}\nspec: {providerRef: {name: p}, eventSources: [{kind: Nothing, name: "*"}]}\n`;
    const kustomizations = ['one', 'two', 'three'].map((name) =>
      flux(name, `path: ./app, targetNamespace: ${name}`),
    );
    const { stdout } = await place({
      'flux.yaml': kustomizations.join('---\n'),
      'app/kustomization.yaml': 'kind: Kustomization\nresources: [alert.yaml]\n',
      'app/alert.yaml': alert,
    }).check();
    expect(count(stdout, 'has the structure of its kind')).toBe(6);
    expect(count(stdout, 'the field does not allow this value')).toBe(2);
    expect(stdout).toMatch(/The same for: Alert t\w+\/a .*, Alert t\w+\/a /);
  });
});
