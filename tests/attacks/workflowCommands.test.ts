// Crosses the commands, the reports, the scanner, the hooks and the composite action.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatehouse } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';

const forged = ['::error::FORGED', '  ::stop-commands::FORGED', '##[error]FORGED', 'a ##[add-mask]FORGED'];

/**
 * Whether the runner of GitHub takes a line for a command: it starts with `::` behind white space, or has `##[` anywhere
 * (actions/runner, `src/Runner.Common/ActionCommand.cs`).
 */
const isCommand = (line: string) => /^\s*::/.test(line) || line.includes('##[');
const commandsIn = (output: string) => output.split('\n').filter(isCommand);

/** Names that a repository may choose, and where a report may start a line with them. */
const files: Readonly<Record<string, string>> = Object.fromEntries([
  ...forged.flatMap((text, index) => [
    [`${text}.yaml`, `apiVersion: v1\nkind: [\n`],
    [
      `service-${index}.yaml`,
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${JSON.stringify(text)}, namespace: ${JSON.stringify(text)}}\nspec: {type: NodePort, ports: [{port: 80}], selector: {a: b}}\n`,
    ],
    [
      `ingress-${index}.yaml`,
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i${index}, namespace: a}\nspec: {rules: [{host: ${JSON.stringify(text)}}]}\n`,
    ],
    [`${text}.txt`, `token: ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}\n`],
  ]),
  ['.gatehouse/accepted.yaml', `accepted: [{invariant: ${JSON.stringify(forged[0])}}]\n`],
]);

function repository(content: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-commands-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(content)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

describe('in a workflow of GitHub, no text of a repository becomes a command of the workflow', () => {
  it.each([
    ['check', '.'],
    ['check', '.', '--json'],
    ['scan'],
    ['scan', '--json'],
    ['configure'],
    ['configure', '--json'],
    ['reach', '--from', '##[error]FORGED', '--to', 'a'],
    ['##[error]FORGED'],
    ['check', '::error::FORGED'],
    ['check', '.', '--entry', '::error::FORGED'],
    ['check', '.', '--base', '##[error]FORGED'],
  ])('%s %s %s', async (...args) => {
    const path = repository({
      ...files,
      'cluster.yaml': `cluster: {"::error::FORGED": 1, "##[error]FORGED": 2}\n`,
    });
    const ran = await gatehouse(
      { path, environment: environmentOf(path, { GITHUB_ACTIONS: 'true' }) },
      ...args,
    );
    expect(`${ran.stdout}${ran.stderr}`).toContain('FORGED');
    expect(commandsIn(`${ran.stdout}\n${ran.stderr}`)).toEqual([]);
    if (args.includes('--json')) expect(JSON.stringify(JSON.parse(ran.stdout))).toContain('FORGED');
  });

  it('JSON tells the same as outside of one', async () => {
    const path = repository(files);
    const outputs = await Promise.all(
      [{ GITHUB_ACTIONS: 'true' }, {}].map(async (env) => {
        const ran = await gatehouse({ path, environment: environmentOf(path, env) }, 'check', '.', '--json');
        return JSON.parse(ran.stdout);
      }),
    );
    expect(outputs[0]).toEqual(outputs[1]);
    expect(JSON.stringify(outputs[0])).toContain('##[');
  });

  it('a terminal shows names as they are', async () => {
    const path = repository(files);
    const ran = await gatehouse({ path, environment: environmentOf(path) }, 'scan');
    expect(ran.stdout).toContain('##[error]FORGED');
  });
});

describe('a hook', () => {
  it('passes the names of a repository to the shell as they are', async () => {
    const top = mkdtempSync(join(tmpdir(), 'gatehouse-hook-'));
    onTestFinished(() => rmSync(top, { recursive: true, force: true }));
    const name = `$(touch run) \`touch run\` ' " \\ ; touch run`;
    const directory = join(top, name, name);
    mkdirSync(directory, { recursive: true });
    execFileSync('git', ['init', '-q', join(top, name)]);
    writeFileSync(join(directory, 'cluster.yaml'), 'cluster: {}\n');
    const given = { path: directory, environment: environmentOf(top) };
    await gatehouse(given, 'scan', '--install');
    const programs = join(top, 'bin');
    mkdirSync(programs);
    writeFileSync(join(programs, 'gatehouse'), '#!/bin/sh\nprintf "<%s>" "$@" >>"$LOG"\nexit 86\n', {
      mode: 0o755,
    });
    const log = join(top, 'log');
    const env = { PATH: `${programs}:${process.env['PATH']}`, LOG: log, HOME: top };
    const message = join(top, name, '.git', 'COMMIT_EDITMSG');
    writeFileSync(message, '$(touch run) `touch run`\n::error::x\n');
    const runs: [hook: string, args: string[], input: string][] = [
      ['pre-commit', [], ''],
      ['commit-msg', ['.git/COMMIT_EDITMSG'], ''],
      [
        'pre-push',
        ['$(touch run)', 'https://example.org/$(touch run)'],
        'refs/heads/$(touch${IFS}run) a refs/heads/`touch` b\n',
      ],
    ];
    for (const [hook, args, input] of runs) {
      const file = join(top, name, '.git', 'hooks', hook);
      if (!existsSync(file)) continue;
      const ran = spawnSync('sh', [file, ...args], { cwd: join(top, name), env, input, encoding: 'utf8' });
      expect([hook, ran.status, ran.stderr]).toEqual([hook, 0, '']);
    }
    expect(readFileSync(log, 'utf8')).toContain('<scan><--staged>');
    for (const place of [top, join(top, name), directory]) expect(existsSync(join(place, 'run'))).toBe(false);
  });
});
