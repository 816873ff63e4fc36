import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { catalogue } from '../src/components/catalogue.ts';
import type { CheckResult, CheckVerdict } from '../src/live/check.ts';
import { writeRecord } from '../src/operations/verify/record.ts';
import { openConfiguration } from '../src/private-values/configuration.ts';
import { commit, git } from './committedExample.ts';
import { gatehouse } from './program.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';

/** Lets nothing be left of the home but to deploy it: every Secret is in Git, and the first administrator is there. */
export function finished(directory: TestDirectory): void {
  directory.edit('cluster.yaml', (value: ConfigData) => {
    value.repository.url = 'https://git.example.org/somebody/home';
    value.immich.administrator.done = true;
    value.immich.database = { ...value.immich.database, delivery: 'sops' };
    value.cloudflared = { delivery: 'sops' };
  });
  directory.edit('cluster.private.yaml', (value: ConfigData) => {
    value.immich.database = { password: 'q7Rz3mVx9KpL2sTn8WdY4fHb6JcG1aE5' };
    value.cloudflared.credentials =
      '{"AccountTag":"0123456789abcdef","TunnelSecret":"bm90IGEgc2VjcmV0IGF0IGFsbA==","TunnelID":"6ff42ae2-765d-4adf-8112-31c55c1551ef"}';
  });
}

/** Encrypts the private values, writes the files, and makes a repository with an empty remote of the directory. */
export async function configured(directory: TestDirectory): Promise<void> {
  for (const args of [['secrets', 'encrypt'], ['configure']]) {
    const { code, stderr } = await gatehouse(directory, ...args);
    if (code !== 0 && code !== 4) throw new Error(stderr);
  }
  const remote = `${directory.path}.git`;
  onTestFinished(() => rmSync(remote, { recursive: true, force: true }));
  git(directory, 'init', '-q', '-b', 'main');
  git(directory, 'init', '-q', '--bare', remote);
  git(directory, 'remote', 'add', 'origin', remote);
}

/** Commits what is not committed yet, and pushes it. */
export function pushed(directory: TestDirectory): string {
  if (git(directory, 'status', '--porcelain') !== '') commit(directory);
  git(directory, 'push', '-q', 'origin', 'HEAD:main');
  return git(directory, 'rev-parse', 'HEAD').trim();
}

/** A result of a check of a component. */
export function resultOf(
  component: string,
  verdict: CheckVerdict = 'kept',
  change: Partial<CheckResult> = {},
): CheckResult {
  return {
    id: `${component}-ready`,
    promise: `Every pod of ${component} is ready`,
    component,
    remedy: `kubectl get pods -l app=${component}`,
    verdict,
    evidence: [`1 pod of ${component} is ready`],
    at: '2026-11-23T20:00:00Z',
    ...change,
  };
}

/** Leaves what a run of `verify` leaves that found this of a commit that Flux had applied. */
export async function verified(
  { path }: TestDirectory,
  commitOf: string,
  results: readonly CheckResult[],
): Promise<void> {
  const at = '2026-11-23T20:00:01Z';
  const record = { schemaVersion: 1 as const, at, commit: commitOf, appliedCommit: commitOf };
  const written = await writeRecord(path, { ...record, context: 'home', results });
  if (!written.ok) throw new Error(JSON.stringify(written.problems));
}

/** That components are ready, and that all that they declare themselves is kept. */
export async function keptBy(
  { path, environment }: TestDirectory,
  ...components: readonly string[]
): Promise<CheckResult[]> {
  const opened = await openConfiguration(path, environment);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const declared = compile(opened.value.loaded, catalogue).plan?.checks ?? [];
  return components.flatMap((name) => [
    resultOf(name),
    ...declared.filter(({ component }) => component === name).map(({ id }) => resultOf(name, 'kept', { id })),
  ]);
}
