import { randomBytes } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { encryptedPrivateFile, plainPrivateFile } from '../../private-values/privateValuesFile.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { compareWithTree } from '../../repository/compare.ts';
import { writeChanges } from '../../repository/write.ts';
import { generateIdentity } from '../../secrets/age/identity.ts';
import { defaultKeyFile, loadIdentities, writeIdentity } from '../../secrets/age/keyFile.ts';
import { parseRecipients } from '../../secrets/age/recipient.ts';
import { encryptPreservingBytes } from '../../secrets/sops/encryptPreservingBytes.ts';
import { wholeDocumentRule } from '../../secrets/sops/rule.ts';
import type { Environment } from '../../system/environment.ts';
import { notAtGitRoot } from '../gitRoot.ts';
import { flagProblems, templates } from './answerProblems.ts';
import type { Answers, TemplateName } from './template.ts';

/** The result of `init`. `keyFile` has the private key, new or existing. `missing` lists the fields to fill in. */
export interface Initialized {
  files: string[];
  keyFile: string;
  missing: string[];
}

/**
 * Creates the configuration files, and a key outside of the directory if there is none. If one of the files exists
 * already, or an answer is not valid, nothing is created.
 */
export async function initialize(
  directory: string,
  template: TemplateName,
  answers: Partial<Answers>,
  environment: Environment,
): Promise<Outcome<Initialized>> {
  const refusals = await refusalsOf(directory, template, answers);
  if (refusals.length > 0) return err(...refusals);
  const key = await keyFor(directory, environment);
  if (!key.ok) return key;
  const { cluster, privateFile, missing } = templates[template](answers, {
    recipient: key.value.recipient,
    sentinel: randomBytes(8).toString('hex'),
    hashKey: randomBytes(32).toString('hex'),
  });
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return err({
      code: 'folder-unusable',
      file: directory,
      message: `the directory cannot be created (${code})`,
      expected: 'a directory that you may write to',
      remedy: 'check the permissions, or run "gatehouse init" in another directory',
    });
  }
  const sealed = await encryptedFor(key.value.recipient, privateFile, environment);
  if (!sealed.ok) return sealed;
  const written = await writeNew(directory, [
    { path: clusterFile, content: cluster, handOver: true },
    { path: encryptedPrivateFile, content: sealed.value, handOver: true },
  ]);
  if (!written.ok) return written;
  return ok({ files: [clusterFile, encryptedPrivateFile, '.gitignore'], keyFile: key.value.file, missing });
}

/** Why `init` creates nothing, as far as it is known before any question is asked. */
export async function refusalsOf(
  directory: string,
  template: TemplateName,
  answers: Partial<Answers>,
): Promise<Problem[]> {
  return [
    ...(await alreadyThere(directory)),
    ...(await notAtGitRoot(directory)),
    ...flagProblems(template, answers),
  ];
}

/** The private values file is encrypted from the start, so that Git keeps the values and a lost computer loses none. */
async function encryptedFor(
  recipient: string,
  plaintext: string,
  { now }: Environment,
): Promise<Outcome<string>> {
  const recipients = parseRecipients([recipient]);
  if (!recipients.ok) return recipients;
  const outcome = await encryptPreservingBytes({
    file: encryptedPrivateFile,
    plaintext,
    recipients: recipients.value,
    rule: wholeDocumentRule,
    now: now(),
    existing: undefined,
    identities: [],
  });
  return 'text' in outcome ? ok(outcome.text) : err(...outcome.problems);
}

/** One problem for each configuration file that exists already. */
async function alreadyThere(directory: string): Promise<Problem[]> {
  const found = await Promise.all(
    [clusterFile, plainPrivateFile, encryptedPrivateFile].map(async (file) =>
      (await lstat(join(directory, file)).catch(() => undefined)) ? [file] : [],
    ),
  );
  return found.flat().map((file) => ({
    code: 'already-there',
    file,
    message: 'the file exists already',
    expected: 'a directory without a configuration',
    remedy: 'edit the file, or run "gatehouse init" in another directory',
  }));
}

async function writeNew(
  directory: string,
  files: readonly { path: string; content: string; handOver: true }[],
): Promise<Outcome<unknown>> {
  const lines = { path: '.gitignore', lines: [plainPrivateFile, 'docs/local/', '/local/'] };
  const difference = await compareWithTree(directory, [...files, lines], { partial: true });
  if (!difference.ok) return difference;
  return writeChanges(directory, difference.value);
}

async function keyFor(
  directory: string,
  environment: Environment,
): Promise<Outcome<{ recipient: string; file: string }>> {
  const { identities, problems, searched } = await loadIdentities(environment);
  if (problems.length > 0) return err(...problems);
  const [first] = identities;
  if (first !== undefined) return ok({ recipient: first.recipient, file: searched.at(-1) ?? '' });
  const identity = await generateIdentity('x25519');
  const file = defaultKeyFile(environment);
  const written = await writeIdentity({
    file,
    identity,
    now: environment.now(),
    tree: directory,
    platform: environment.platform,
    env: environment.env,
  });
  return written.ok ? ok({ recipient: identity.recipient, file }) : written;
}
