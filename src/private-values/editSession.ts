import { compile } from '../compile/compile.ts';
import { catalogue, clusterSchema } from '../components/catalogue.ts';
import { readDocument } from '../config/document.ts';
import { inKnownFormat } from '../config/format.ts';
import { loadCluster } from '../config/load.ts';
import { decodeText, type SourceFile } from '../config/text.ts';
import { valueAt } from '../kubernetes/path.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { replaceFiles } from '../repository/replaceFile.ts';
import type { AgeIdentity } from '../secrets/age/identity.ts';
import { loadIdentities } from '../secrets/age/keyFile.ts';
import { type AgeRecipient, parseRecipients } from '../secrets/age/recipient.ts';
import { encryptPreservingBytes } from '../secrets/sops/encryptPreservingBytes.ts';
import { wholeDocumentRule } from '../secrets/sops/rule.ts';
import type { Environment } from '../system/environment.ts';
import { clusterFile } from './clusterFile.ts';
import { configurationNotFound } from './configuration.ts';
import {
  encryptedPrivateFile,
  type PrivateValuesFile,
  plainPrivateFile,
  privateFileMissing,
  readPrivateValuesFile,
} from './privateValuesFile.ts';
import { readSource } from './readSource.ts';
import { returnedProblems } from './removedRecipients.ts';
import { destroyFile } from './temporaryFile.ts';

/** A private values file that is open for editing: its text in memory, and what is needed to encrypt it again. */
export interface EditSession {
  directory: string;
  cluster: SourceFile;
  privateFile: PrivateValuesFile;
  /** The text of the private values file; empty when there is none. */
  text: string;
  recipients: readonly AgeRecipient[];
  identities: readonly AgeIdentity[];
}

/** The result of a save. */
export interface Saved {
  /** Whether the encrypted file was written: an equal text changes no byte. */
  changed: boolean;
  /** Whether the plain file was encrypted, and destroyed afterwards. */
  tookOver: boolean;
}

/** Opens the private values file of a directory, even if the configuration is invalid. */
export async function openEditSession(
  directory: string,
  environment: Environment,
): Promise<Outcome<EditSession>> {
  const cluster = await readSource(directory, clusterFile);
  if (cluster === undefined || 'problem' in cluster) return err(cluster?.problem ?? configurationNotFound());
  const { identities, problems } = await loadIdentities(environment);
  const privateFile = await readPrivateValuesFile(directory, identities);
  const found = [...problems, ...privateFile.problems];
  if (found.length > 0) return err(...found);
  const recipients = recipientsIn(cluster);
  if (!recipients.ok) return recipients;
  const decoded = privateFile.source ? decodeText(privateFile.source) : { text: '' };
  if ('problem' in decoded) return err(decoded.problem);
  return ok({
    directory,
    cluster,
    privateFile,
    identities,
    text: decoded.text,
    recipients: recipients.value,
  });
}

function recipientsIn(cluster: SourceFile): Outcome<AgeRecipient[]> {
  const decoded = decodeText(cluster);
  if ('problem' in decoded) return err(decoded.problem);
  const { document, problems } = readDocument(cluster.file, decoded.text);
  if (document === undefined) return err(...problems);
  const known = inKnownFormat(document);
  if (!known.ok) return known;
  const listed = valueAt(known.value.document.value, ['secrets', 'recipients']);
  const recipients = parseRecipients(Array.isArray(listed) ? listed.map(String) : []);
  if (!recipients.ok || recipients.value.length > 0) return recipients;
  return err({
    code: 'no-recipients',
    file: clusterFile,
    message: 'secrets.recipients is empty: nobody could decrypt the private values file',
    expected: 'at least one age recipient',
    remedy: 'run "gatehouse secrets keygen", and "gatehouse secrets recipients add" with what it prints',
  });
}

/** The problems of the configuration with this text as its private values file. */
export function problemsWith({ cluster }: Pick<EditSession, 'cluster'>, text: string): Problem[] {
  const privateFile = { file: encryptedPrivateFile, bytes: new TextEncoder().encode(text) };
  const { loaded, problems } = loadCluster({ cluster, privateFile }, clusterSchema);
  if (loaded === undefined) return problems;
  // What else is missing may be the next to be set.
  return compile(loaded, catalogue).problems.filter(({ code }) => code === 'lost-in-substitution');
}

/** The problems that the text adds to those of the session. Lines and columns are not compared. */
export function newProblems(session: EditSession, text: string): Problem[] {
  const key = ({ code, message }: Problem): string => `${code} ${message}`;
  const known = new Set(problemsWith(session, session.text).map(key));
  return problemsWith(session, text).filter((problem) => !known.has(key(problem)));
}

/** Encrypts a text as the private values file. Values that did not change keep their bytes. */
export async function encryptPrivateValues(
  session: EditSession,
  text: string,
  now: Date,
): Promise<Outcome<string>> {
  const outcome = await encryptPreservingBytes({
    file: encryptedPrivateFile,
    plaintext: text,
    recipients: session.recipients,
    rule: wholeDocumentRule,
    now,
    existing: session.privateFile.encrypted,
    identities: session.identities,
  });
  return 'text' in outcome ? ok(outcome.text) : err(...outcome.problems);
}

/**
 * Encrypts a text as the private values file of the directory. Destroys a plain file after the encrypted one is on the
 * disk.
 */
export async function savePrivateValues(
  session: EditSession,
  text: string,
  now: Date,
): Promise<Outcome<Saved>> {
  const returned = await returnedProblems(session.directory);
  if (returned.length > 0) return err(...returned);
  const sealed = await encryptPrivateValues(session, text, now);
  if (!sealed.ok) return sealed;
  const before = session.privateFile.encrypted;
  const changed = before === undefined || Buffer.from(before).toString('utf8') !== sealed.value;
  if (changed) {
    const file = { path: encryptedPrivateFile, content: sealed.value, before };
    const written = await replaceFiles(session.directory, [file]);
    if (!written.ok) return written;
  }
  const tookOver = session.privateFile.source?.file === plainPrivateFile;
  if (tookOver) {
    const gone = destroyFile(session.directory, plainPrivateFile);
    if (!gone.ok) return gone;
  }
  return ok({ changed, tookOver });
}

/** Encrypts the plain private values file of a directory as it is. An encrypted one stays as it is. */
export async function encryptPlainFile(directory: string, environment: Environment): Promise<Outcome<Saved>> {
  const opened = await openEditSession(directory, environment);
  if (!opened.ok) return opened;
  const { source } = opened.value.privateFile;
  if (source === undefined) return err(privateFileMissing);
  if (source.file !== plainPrivateFile) return ok({ changed: false, tookOver: false });
  return savePrivateValues(opened.value, opened.value.text, environment.now());
}
