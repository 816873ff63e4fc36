// Crosses the modules commands, operations/configure, compile, manifests/helm and reachability, with the real helm.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { chart as certManager } from '../../../src/components/cert-manager/versions.ts';
import { chart as envoyGateway } from '../../../src/components/envoy-gateway/versions.ts';
import { chart as rustfs } from '../../../src/components/rustfs/versions.ts';
import { chart as talosBackup } from '../../../src/components/talos-backup/versions.ts';
import { chart as tuppr } from '../../../src/components/tuppr/versions.ts';
import { chart as volsync } from '../../../src/components/volsync/versions.ts';
import { snapshot } from '../../../src/repository/testTree.ts';
import { gatehouse } from '../../program.ts';
import { exampleDirectory } from '../../testDirectory.ts';
import { realSuite } from '../fixtures/suite.ts';

const charts = [certManager, envoyGateway, rustfs, talosBackup, tuppr, volsync];

/** What the prover reads of the chart of Envoy Gateway: where its pods are, and those of the Gateways. */
const configurationOfGateways = `---
apiVersion: v1
kind: ConfigMap
metadata: {name: envoy-gateway-config}
data:
  envoy-gateway.yaml: |
    {{- toYaml .Values.config.envoyGateway | nindent 4 }}
`;

/** Charts with the names and versions of the platform's charts. Each makes one pod and the objects in `more`. */
function chartsWith(more: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(inject('realScratch'), 'charts-'));
  for (const { name, version } of charts) {
    mkdirSync(join(directory, name, 'templates'), { recursive: true });
    writeFileSync(
      join(directory, name, 'Chart.yaml'),
      `apiVersion: v2\nname: ${name}\nversion: ${version.replace(/^v/, '')}\n`,
    );
    writeFileSync(
      join(directory, name, 'templates', 'made.yaml'),
      `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
  labels: {app.kubernetes.io/name: {{ .Chart.Name }}, app.kubernetes.io/instance: {{ .Release.Name }}}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: main
      image: "registry.example.org/main:1.0.0"
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
${name === envoyGateway.name ? configurationOfGateways : ''}${more[name] ?? ''}`,
    );
  }
  return directory;
}

realSuite('configure renders the charts of the platform with helm', ['helm'], ({ helm }) => {
  const platform = () => {
    const directory = exampleDirectory('platform');
    const { environment } = directory;
    const env = { ...environment.env, PATH: dirname(helm.path) };
    return Object.assign(directory, { environment: { ...environment, env } });
  };

  test('names the command that fetches each chart, and proves everything once they are available locally', async () => {
    using directory = platform();
    const without = await gatehouse(directory, 'configure', '--json');
    expect(without.code).toBe(4);
    const { unknowns } = JSON.parse(without.stdout);
    expect(unknowns).toHaveLength(charts.length);
    for (const { remedy } of unknowns)
      expect(remedy).toMatch(/^Run helm pull .* -d charts, then this again with --render --charts charts$/);

    const { code, stdout } = await gatehouse(directory, 'configure', '--json', '--charts', chartsWith());
    const { proofs, unknowns: left, assumptions } = JSON.parse(stdout);
    expect(left).toEqual([]);
    // The route without a login, which cluster.yaml has until a day.
    expect(proofs.filter(({ verdict }: { verdict: string }) => verdict !== 'proved')).toMatchObject([
      { invariant: 'outside-gated', sentence: expect.stringContaining('HTTPRoute echo/open-internet ') },
    ]);
    expect(assumptions.filter((one: string) => one.startsWith('The local copy of chart'))).toHaveLength(
      charts.length,
    );
    expect(code).toBe(0);
  });

  test('writes nothing if a chart opens an entry point', async () => {
    using directory = platform();
    const before = snapshot(directory.path);
    const opening = chartsWith({
      tuppr: `---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {type: LoadBalancer, selector: {app.kubernetes.io/name: tuppr}, ports: [{port: 80}]}
`,
    });
    const { code, stdout } = await gatehouse(directory, 'configure', '--charts', opening);
    expect(code).toBe(1);
    expect(stdout).toContain('REFUTED  No load balancer and no external address leads in');
    expect(snapshot(directory.path)).toEqual(before);
  });
});
