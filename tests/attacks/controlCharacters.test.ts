// Crosses the loader, the prover, the commands and the reports.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/report/printable.ts';
import { gatehouse } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';

const forged = 'w\n::error::FORGED\u001b[8m\r\u009b2J\u202e';
const text = JSON.stringify(forged);

/** Every place of a repository in which somebody else may write such a text. */
const files: Readonly<Record<string, string>> = {
  'name.yaml': `apiVersion: v1
kind: Service
metadata: {name: ${text}, namespace: a}
spec: {type: NodePort, ports: [{port: 80}], selector: {a: b}}
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: ${text}, labels: {a: b}}
spec: {hostNetwork: true, containers: [{name: ${text}, image: ${text}, ports: [{containerPort: 80}]}]}
`,
  'tunnel.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: a}
data:
  config.yaml: |
    ingress: [{hostname: ${text}, service: "http://x:80"}, {service: "http_status:404"}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: t, namespace: a}
spec:
  selector: {matchLabels: {app: t}}
  template:
    metadata: {labels: {app: t}}
    spec:
      containers: [{name: t, image: cloudflared, args: [tunnel, --config, /t/config.yaml, run], volumeMounts: [{name: t, mountPath: /t}]}]
      volumes: [{name: t, configMap: {name: c}}]
`,
  'kind.yaml': `apiVersion: ${JSON.stringify(`example.org\u001b[8m/v1`)}\nkind: ${text}\nmetadata: {name: k, namespace: a}\nspec: {x: 1}\n`,
  'ingress.yaml': `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${text}, namespace: a}\nspec: {rules: [{host: ${text}}]}\n`,
  'chart.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ${text}, namespace: a}\nspec: {chart: {spec: {chart: ${text}, sourceRef: {kind: HelmRepository, name: ${text}}}}, values: {service: {type: LoadBalancer}}}\n`,
  'malformed\u001b[8m\n::error::x.yaml': 'apiVersion: v1\nkind: [\n',
  '.gatehouse/accepted.yaml': `accepted: [{invariant: load-balancers, object: ${text}, reason: ${text}}, {invariant: ${text}}]\n`,
};

const acting = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** What a terminal gets: every character but line breaks and the colours of Gatehouse. */
function bare(output: string): string {
  return output.replaceAll('\n', '');
}

async function inRepository(
  content: Readonly<Record<string, string>>,
  test: (given: { path: string; run: (...args: string[]) => ReturnType<typeof gatehouse> }) => Promise<void>,
): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-forged-'));
  try {
    for (const [name, body] of Object.entries(content)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), body);
    }
    await test({ path, run: (...args) => gatehouse({ path, environment: environmentOf(path) }, ...args) });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

describe('control characters of another one’s repository', () => {
  const commands: readonly (readonly string[])[] = [
    ['check', '--enforcer', 'cilium', '--lan', '192.0.2.0/24'],
    ['check', '--json', '--enforcer', 'cilium'],
    ['check', '--quiet'],
    ['reach', '--from', 'internet', '--to', 'a/p:80'],
    ['reach', '--from', 'internet', '--to', 'a/p:80', '--json'],
    ['reach', '--from', forged, '--to', `${forged}/x:80`],
    ['scan'],
    ['explain', forged],
  ];
  it.each(commands.map((command) => ({ command, title: printable(command.join(' ')) })))(
    'never reach a terminal raw: $title',
    async ({ command }) => {
      await inRepository(files, async ({ run }) => {
        const { stdout, stderr } = await run(...command);
        expect(stdout + stderr).not.toBe('');
        expect(bare(stdout + stderr)).not.toMatch(acting);
        expect(`\n${stdout}\n${stderr}`).not.toContain('\n::');
      });
    },
  );

  it('are shown as escapes', async () => {
    await inRepository(files, async ({ run }) => {
      const { stdout } = await run('check', '--enforcer', 'cilium');
      expect(stdout).toContain(String.raw`Ingress a/w\n::error::FORGED\u001b[8m\r\u009b2J\u202e`);
    });
  });

  it('never reach the reports of a run raw', async () => {
    await inRepository(files, async ({ path, run }) => {
      await run('check', '--markdown', 'summary.md', '--sarif', 'findings.sarif');
      for (const file of ['summary.md', 'findings.sarif']) {
        const report = readFileSync(join(path, file), 'utf8');
        expect(bare(report)).not.toMatch(acting);
        expect(`\n${report}`).not.toContain('\n::');
      }
    });
  });

  it('stay the same data in the JSON document', async () => {
    await inRepository(files, async ({ run }) => {
      const { stdout } = await run('check', '--json');
      expect(JSON.stringify(JSON.parse(stdout))).toContain(
        JSON.stringify(`Ingress a/${forged}`).slice(1, -1),
      );
    });
  });
});
