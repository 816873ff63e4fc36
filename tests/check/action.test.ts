// Crosses the composite action, the command line and the reports.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { bundledProgram } from '../program.ts';
import { app, service } from './place.ts';

// The tests run the composite action as a runner does: they fill in inputs and env, run each script in
// `bash --noprofile --norc -eo pipefail`, and use files for the commands of the workflow. Not run: the step that builds
// Gatehouse from a clean checkout (it would install packages), third-party actions, and GitHub's import of SARIF.

const root = fileURLToPath(new URL('../..', import.meta.url));
const step = z.object({
  name: z.string(),
  id: z.string().optional(),
  shell: z.literal('bash'),
  env: z.record(z.string(), z.string()),
  run: z.string(),
});
const schema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
  runs: z.object({ using: z.literal('composite'), steps: z.array(step) }),
});
const action = schema.parse(parse(readFileSync(`${root}action.yml`, 'utf8')));

let program: string;
beforeAll(async () => {
  program = await bundledProgram();
}, 60_000);

interface Ran {
  code: number | null;
  outputs: Record<string, string>;
  summary: string;
  log: string;
  path: string;
}

/** A directory with files, in which the action runs. */
function configuration(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-action-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, 'work', name, '..'), { recursive: true });
    writeFileSync(join(path, 'work', name), content);
  }
  mkdirSync(join(path, 'action', 'dist'), { recursive: true });
  mkdirSync(join(path, 'temp'));
  writeFileSync(join(path, 'action', 'dist', 'package.json'), '{"type":"module"}');
  writeFileSync(join(path, 'action', 'dist', 'main.js'), `await import(${JSON.stringify(program)});\n`);
  return path;
}

/** @param pullRequest the base of the pull request, as the event has it */
function run(path: string, inputs: Readonly<Record<string, string>>, pullRequest = ''): Ran {
  for (const name of Object.keys(inputs)) expect(Object.keys(action.inputs)).toContain(name);
  const check = action.runs.steps.find(({ id }) => id === 'check');
  const values: Record<string, string> = {
    'github.action_path': join(path, 'action'),
    'github.event.pull_request.base.sha': pullRequest,
  };
  for (const [name, { default: value }] of Object.entries(action.inputs))
    values[`inputs.${name}`] = inputs[name] ?? value;
  const filled = Object.fromEntries(
    Object.entries(check?.env ?? {}).map(([name, text]) => [
      name,
      text.replace(/\$\{\{\s*([\w.]+)\s*\}\}/g, (_all, key) => values[key] ?? 'not filled in'),
    ]),
  );
  const [script, output, summary] = ['step.sh', 'output', 'summary'].map((name) => join(path, 'temp', name));
  writeFileSync(script ?? '', check?.run ?? '');
  for (const file of [output, summary]) writeFileSync(file ?? '', '');
  const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script ?? ''], {
    cwd: join(path, 'work'),
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: path,
      RUNNER_TEMP: join(path, 'temp'),
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      ...filled,
    },
  });
  const lines = readFileSync(output ?? '', 'utf8')
    .trim()
    .split('\n');
  return {
    code: ran.status,
    outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    summary: readFileSync(summary ?? '', 'utf8'),
    log: ran.stdout + ran.stderr,
    path: join(path, 'work'),
  };
}

const balancer = service('LoadBalancer');
const enforced = { enforcer: 'kube-router', pods: '10.42.0.0/16', lan: '192.0.2.0/24\n198.51.100.0/24' };

describe('the action', { timeout: 60_000 }, () => {
  it('passes every input in the environment of a step, and fills nothing into a script', () => {
    const scripts = action.runs.steps.map(({ run: script }) => script).join('\n');
    expect(scripts).not.toContain('${{');
    const env = action.runs.steps.flatMap((each) => Object.values(each.env)).join('\n');
    for (const name of Object.keys(action.inputs)) expect(env).toContain(`\${{ inputs.${name} }}`);
    for (const { run: script } of action.runs.steps)
      expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
  });

  it('exits with 0 and reports if everything is proved', () => {
    const { code, outputs, summary, path } = run(configuration({ 'k3s/app.yaml': app }), enforced);
    expect(outputs).toEqual({ verdict: 'proved', code: '0' });
    expect(code).toBe(0);
    expect(summary).toContain('## Gatehouse: ✅ proved');
    expect(JSON.parse(readFileSync(join(path, 'gatehouse.sarif'), 'utf8')).version).toBe('2.1.0');
  });

  it('exits with 1 if something is refuted, and reports the path from the root', () => {
    const files = { 'home/app.yaml': app, 'home/service.yaml': balancer };
    const { code, outputs, summary, path } = run(configuration(files), {
      ...enforced,
      directory: 'home',
      sarif: 'out.sarif',
      markdown: 'out.md',
    });
    expect(code).toBe(1);
    expect(outputs['verdict']).toBe('refuted');
    expect(summary).toContain('❌ refuted');
    expect(summary).toBe(readFileSync(join(path, 'out.md'), 'utf8'));
    const [{ results }] = JSON.parse(readFileSync(join(path, 'out.sarif'), 'utf8')).runs;
    const uris = results.map(
      (result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        result.locations[0]?.physicalLocation.artifactLocation.uri,
    );
    expect(uris).toContain('home/service.yaml');
    expect(existsSync(join(path, 'gatehouse.sarif'))).toBe(false);
  });

  it('exits with 4 if something is unknown, or with 0 if unknowns are allowed', () => {
    const path = configuration({ 'app.yaml': app });
    expect(run(path, {})).toMatchObject({ code: 4, outputs: { verdict: 'unknown', code: '4' } });
    expect(run(path, { unknown: 'pass' })).toMatchObject({
      code: 0,
      outputs: { verdict: 'unknown', code: '4' },
    });
    expect(run(path, { unknown: 'perhaps' }).code).toBe(2);
  });

  it('takes nodes with global IPv6 addresses for open to the internet', () => {
    const files = { 'app.yaml': app, 'service.yaml': balancer.replace('LoadBalancer', 'NodePort') };
    const path = configuration(files);
    expect(run(path, { ...enforced, ipv6: 'none' }).summary).toContain('No node has a global IPv6 address');
    expect(run(path, { ...enforced, ipv6: 'global' }).summary).toContain('Nodes have global IPv6 addresses');
    expect(run(path, { ...enforced, ipv6: 'perhaps' })).toMatchObject({ outputs: { verdict: '' } });
  });

  /** Commits the files, and returns a function that runs Git there. */
  function committed(path: string): (...args: string[]) => string {
    const git = (...args: string[]): string => {
      const ran = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
        cwd: join(path, 'work'),
        encoding: 'utf8',
      });
      expect(ran.status).toBe(0);
      return ran.stdout.trim();
    };
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    return git;
  }

  it('does not let a pull request accept what it brings, with and without the input base', () => {
    const path = configuration({ 'app.yaml': app });
    const git = committed(path);
    const base = git('rev-parse', 'HEAD');
    mkdirSync(join(path, 'work', '.gatehouse'));
    writeFileSync(
      join(path, 'work', '.gatehouse/accepted.yaml'),
      'accepted: [{invariant: load-balancers, object: Service media/app, reason: mine}]\n',
    );
    expect(run(path, enforced, base)).toMatchObject({ code: 0, outputs: { verdict: 'proved' } });
    writeFileSync(
      join(path, 'work', 'service.yaml'),
      service('LoadBalancer, allocateLoadBalancerNodePorts: false, externalTrafficPolicy: Local'),
    );
    git('add', '.');
    git('commit', '-q', '-m', 'two');
    for (const ran of [run(path, { ...enforced, base }), run(path, enforced, base)]) {
      expect(ran).toMatchObject({ code: 1, outputs: { verdict: 'refuted' } });
      expect(ran.summary).toContain('Accepted in this change: mine');
    }
    // A push to the branch is no pull request: what was merged counts.
    expect(run(path, enforced)).toMatchObject({ code: 0, outputs: { verdict: 'proved' } });
    const absent = run(path, enforced, '0123456789012345678901234567890123456789');
    expect(absent.log).toMatch(/^::warning::the base of the pull request was not fetched/);
  });

  it('reports the new paths of a pull request since its base commit', () => {
    const path = configuration({ 'app.yaml': app });
    const git = committed(path);
    writeFileSync(join(path, 'work', 'service.yaml'), balancer.replace('LoadBalancer', 'NodePort'));
    writeFileSync(
      join(path, 'work', 'open.yaml'),
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: open, namespace: media}\nspec: {podSelector: {}, ingress: [{}]}\n',
    );
    const { code, summary } = run(path, { ...enforced, base: git('rev-parse', 'HEAD') });
    expect(code).toBe(1);
    expect(summary).toContain('What this opens');
  });

  it('gives the runner no text of the repository for a command', () => {
    const text = '::error::FORGED';
    const path = configuration({
      'app.yaml': app,
      [`${text}.yaml`]: 'apiVersion: v1\nkind: [\n',
      'service.yaml': `apiVersion: v1\nkind: Service\nmetadata: {name: '##[error]FORGED', namespace: a}\nspec: {type: LoadBalancer, ports: [{port: 80}], selector: {a: b}}\n`,
    });
    const { log, summary } = run(path, enforced);
    expect(log).toContain('FORGED');
    const [, token = '', inside = '', after = ''] =
      /^::stop-commands::([0-9a-f]{32})\n(.*)\n::\1::\n(.*)$/s.exec(log) ?? [];
    expect(token).not.toBe('');
    expect(inside).toContain('FORGED');
    expect(after).toBe('');
    expect(log.replace(inside, '')).not.toContain('FORGED');
    expect(run(path, enforced).log).not.toContain(token);
    expect(summary).toContain('FORGED');
  });

  it('takes no file of the repository for a report, and writes through no link', () => {
    const path = configuration({
      'app.yaml': app,
      'out.md': 'FORGED: proved\n',
      'gatehouse.sarif': 'FORGED',
    });
    const failed = run(path, { ...enforced, directory: 'nowhere', markdown: 'out.md' });
    expect(failed.outputs['verdict']).toBe('');
    expect(failed.summary).toBe('');
    for (const name of ['out.md', 'gatehouse.sarif'])
      expect(existsSync(join(path, 'work', name))).toBe(false);
    writeFileSync(join(path, 'precious'), 'mine\n');
    for (const name of ['out.md', 'gatehouse.sarif']) symlinkSync('../precious', join(path, 'work', name));
    const ran = run(path, { ...enforced, markdown: 'out.md' });
    expect(ran.outputs['verdict']).toBe('proved');
    expect(readFileSync(join(path, 'precious'), 'utf8')).toBe('mine\n');
    expect(readFileSync(join(path, 'work', 'out.md'), 'utf8')).toBe(ran.summary);
  });

  it('treats no input as a flag, a pattern or a command', () => {
    const path = configuration({ 'app.yaml': app });
    for (const inputs of [
      { directory: '--help' },
      { enforcer: '$(touch here)', lan: '*' },
      { base: '--upload-pack=touch here' },
      { ipv6: 'none; touch here' },
      { lan: '192.0.2.0/24; touch here' },
    ]) {
      const { code, log } = run(path, { ...enforced, ...inputs });
      expect(code, log).not.toBe(0);
      expect(existsSync(join(path, 'work', 'here'))).toBe(false);
    }
    expect(run(path, { ...enforced, directory: 'nowhere' })).toMatchObject({ outputs: { verdict: '' } });
  });
});

describe('the documented workflow', () => {
  const document = readFileSync(`${root}docs/check.md`, 'utf8');
  const workflow = parse(/```yaml\n(name: Exposure[\s\S]*?)```/.exec(document)?.[1] ?? '');
  const steps: { uses: string; with?: Record<string, unknown> }[] = workflow.jobs.check.steps;

  it('pins third-party actions to full commits, and uses only existing inputs', () => {
    const others = steps.filter(({ uses }) => !uses.startsWith('OWNER/gatehouse@'));
    expect(others).toHaveLength(steps.length - 1);
    for (const { uses } of others) expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
    const own = steps.find((each) => !others.includes(each));
    for (const name of Object.keys(own?.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
  });
});
