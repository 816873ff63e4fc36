import { valueAt } from '../kubernetes/path.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { holdsOwnHash, withOwnHash, withoutOwnHash } from '../repository/ownHash.ts';
import { type Replacement, replaceFiles } from '../repository/replaceFile.ts';
import { loadIdentities } from '../secrets/age/keyFile.ts';
import { type AgeRecipient, parseRecipients } from '../secrets/age/recipient.ts';
import { decryptDocument } from '../secrets/sops/decrypt.ts';
import { changeRecipients, rotateDataKey } from '../secrets/sops/rotate.ts';
import { sopsConfigName, updateRecipients } from '../secrets/sopsConfig.ts';
import { sopsFiles } from '../secrets/sopsFiles.ts';
import type { Environment } from '../system/environment.ts';
import { clusterFile } from './clusterFile.ts';
import { readClusterFile } from './readClusterFile.ts';
import { readSource } from './readSource.ts';
import { withRecipients } from './recipientLines.ts';
import { lockouts } from './recipientLockouts.ts';
import { removalsAfter, returnedRecipients } from './removedRecipients.ts';
import { sopsConfigFor } from './sopsRules.ts';

/** A recipient of the encrypted files. */
export interface ListedRecipient {
  recipient: string;
  /** Whether its private key is available locally. */
  mine: boolean;
}

/** The result of a change of recipients. */
export interface ChangedRecipients {
  recipients: string[];
  /** The encrypted files that were rewritten. */
  files: string[];
}

interface ClusterText {
  text: string;
  bytes: Uint8Array;
  recipients: AgeRecipient[];
  ofCluster: string | undefined;
}

/** The recipients in `cluster.yaml`. */
export async function listRecipients(
  directory: string,
  environment: Environment,
): Promise<Outcome<ListedRecipient[]>> {
  const cluster = await readCluster(directory);
  if (!cluster.ok) return cluster;
  const { identities } = await loadIdentities(environment);
  const mine = new Set(identities.map(({ recipient }) => recipient));
  return ok(cluster.value.recipients.map(({ text }) => ({ recipient: text, mine: mine.has(text) })));
}

/** Adds recipients. Every encrypted file keeps its values, and its data key is wrapped for them too. */
export async function addRecipients(
  directory: string,
  environment: Environment,
  texts: readonly string[],
): Promise<Outcome<ChangedRecipients>> {
  const added = parseRecipients(texts);
  return added.ok ? applyChange(directory, environment, { add: added.value, remove: [] }) : added;
}

/** Removes recipients. Every encrypted file that they could decrypt gets a new data key. */
export function removeRecipients(
  directory: string,
  environment: Environment,
  texts: readonly string[],
): Promise<Outcome<ChangedRecipients>> {
  return applyChange(directory, environment, { add: [], remove: texts.map((text) => text.trim()) });
}

/** Gives every encrypted file a new data key, for its current recipients. */
export async function rotateFiles(
  directory: string,
  environment: Environment,
): Promise<Outcome<{ files: string[] }>> {
  const cluster = await readClusterFile(directory);
  // Encrypted files alone can be rotated too.
  if (!cluster.ok && cluster.problems.some(({ code }) => code !== 'text-not-found')) return cluster;
  const files = await rewrapFiles(directory, environment, { add: [], remove: [] }, true);
  if (!files.ok) return files;
  const written = await replaceFiles(directory, files.value);
  return written.ok ? ok({ files: files.value.map(({ path }) => path) }) : written;
}

interface RecipientChange {
  add: readonly AgeRecipient[];
  remove: readonly string[];
}

async function applyChange(
  directory: string,
  environment: Environment,
  wanted: RecipientChange,
): Promise<Outcome<ChangedRecipients>> {
  const cluster = await readCluster(directory);
  if (!cluster.ok) return cluster;
  const before = cluster.value.recipients;
  const after = recipientsAfter(before, wanted);
  const refused = await rejections(directory, environment, cluster.value, wanted);
  if (refused.length > 0) return err(...refused);
  const files = await rewrapFiles(directory, environment, wanted, wanted.remove.length > 0);
  if (!files.ok) return files;
  const config = await sopsConfigAfter(directory, before, after, wanted);
  if (!config.ok) return config;
  const text = withRecipients(cluster.value.text, {
    add: wanted.add.map((recipient) => recipient.text),
    remove: wanted.remove,
  });
  const changed = { add: wanted.add.map((recipient) => recipient.text), remove: wanted.remove };
  const removals = await removalsAfter(directory, changed, environment.now());
  const written = await replaceFiles(directory, [
    { path: clusterFile, content: text, before: cluster.value.bytes },
    ...(removals ? [removals] : []),
    ...config.value,
    ...files.value,
  ]);
  if (!written.ok) return written;
  return ok({
    recipients: after.map((recipient) => recipient.text),
    files: files.value.map(({ path }) => path),
  });
}

function recipientsAfter(before: readonly AgeRecipient[], { add, remove }: RecipientChange): AgeRecipient[] {
  const known = new Map([...before, ...add].map((recipient) => [recipient.text, recipient]));
  for (const text of remove) known.delete(text);
  return [...known.values()];
}

async function rejections(
  directory: string,
  environment: Environment,
  { recipients: before, ofCluster }: ClusterText,
  wanted: RecipientChange,
): Promise<Problem[]> {
  // One that came back may be in encrypted files alone.
  const returned = await returnedRecipients(directory);
  const known = new Set([...before.map(({ text }) => text), ...returned.map(({ recipient }) => recipient)]);
  const unknown = wanted.remove
    .filter((text) => !known.has(text))
    .map(
      (): Problem => ({
        code: 'recipient-unknown',
        file: clusterFile,
        message: 'the recipient to remove is not on the list',
        expected: 'one that "gatehouse secrets recipients list" shows',
      }),
    );
  if (unknown.length > 0) return unknown;
  const after = recipientsAfter(before, wanted).map(({ text }) => text);
  if (after.length > 0) {
    const { identities } = await loadIdentities(environment);
    const mine = identities.map(({ recipient }) => recipient);
    return lockouts({ before: before.map(({ text }) => text), after, mine, ofCluster });
  }
  return [
    {
      code: 'last-recipient',
      file: clusterFile,
      message: 'no recipient would remain',
      expected: 'at least one',
      remedy: 'add the new recipient first',
    },
  ];
}

/** Every encrypted file with the change applied to its own recipients. */
async function rewrapFiles(
  directory: string,
  environment: Environment,
  wanted: RecipientChange,
  rotate: boolean,
): Promise<Outcome<Replacement[]>> {
  const { identities, problems } = await loadIdentities(environment);
  const replacements: Replacement[] = [];
  const found: Problem[] = [...problems];
  for (const { path, bytes } of await sopsFiles(directory)) {
    const content = withoutOwnHash(bytes);
    const opened = await decryptDocument({ file: path, content, identities });
    const current = opened.ok ? parseRecipients(opened.value.recipients) : opened;
    if (!current.ok) {
      found.push(...current.problems);
      continue;
    }
    const request = {
      file: path,
      content,
      identities,
      recipients: recipientsAfter(current.value, wanted),
      now: environment.now(),
    };
    const written = rotate ? await rotateDataKey(request) : await changeRecipients(request);
    if (!written.ok) found.push(...written.problems);
    else {
      const asWritten = holdsOwnHash(bytes.toString('utf8'));
      const after = asWritten ? withOwnHash(written.value) : written.value;
      replacements.push({ path, content: after, before: bytes });
    }
  }
  return found.length > 0 ? err(...found) : ok(replacements);
}

/** `.sops.yaml` as Gatehouse writes it; if the user changed it, the user's file with the recipients replaced. */
async function sopsConfigAfter(
  directory: string,
  before: readonly AgeRecipient[],
  after: readonly AgeRecipient[],
  { add, remove }: RecipientChange,
): Promise<Outcome<Replacement[]>> {
  const found = await readSource(directory, sopsConfigName);
  if (found === undefined) return ok([]);
  if ('problem' in found) return err(found.problem);
  const { bytes } = found;
  const text = Buffer.from(bytes).toString('utf8');
  if (text === sopsConfigFor(before))
    return ok([{ path: sopsConfigName, content: sopsConfigFor(after), before: bytes }]);
  // A line that was added to cluster.yaml by hand is not here yet.
  const present = remove.filter((recipient) => text.includes(recipient));
  if (present.length + add.length === 0) return ok([]);
  const updated = updateRecipients(sopsConfigName, text, { add, remove: present });
  return updated.ok ? ok([{ path: sopsConfigName, content: updated.value, before: bytes }]) : updated;
}

async function readCluster(directory: string): Promise<Outcome<ClusterText>> {
  const read = await readClusterFile(directory);
  if (!read.ok) return read;
  const { document, text, bytes } = read.value;
  const listed = valueAt(document.value, ['secrets', 'recipients']);
  const recipients = parseRecipients(Array.isArray(listed) ? listed.map(String) : []);
  if (!recipients.ok)
    return err(...recipients.problems.map((problem) => ({ file: clusterFile, ...problem })));
  const ofCluster = valueAt(document.value, ['secrets', 'clusterRecipient']);
  return ok({
    text,
    bytes,
    recipients: recipients.value,
    ofCluster: typeof ofCluster === 'string' ? ofCluster : undefined,
  });
}
