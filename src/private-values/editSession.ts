import { clusterSchema } from '../components/catalogue.ts';
import { readDocument } from '../config/document.ts';
import { loadCluster } from '../config/load.ts';
import { valueAt } from '../config/path.ts';
import { decodeText, type SourceFile } from '../config/text.ts';
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
  readPrivateValuesFile,
  readSource,
} from './privateValuesFile.ts';
import { destroyFile } from './temporaryFile.ts';

/** The overlay of a directory, open on the desk: its text in memory, and all that it takes to lock it up again. */
export interface EditSession {
  directory: string;
  cluster: SourceFile;
  privateFile: PrivateValuesFile;
  /** What the overlay says now; empty where there is none. */
  text: string;
  recipients: readonly AgeRecipient[];
  identities: readonly AgeIdentity[];
}

/** What saving did. */
export interface Saved {
  /** Whether the encrypted file was written: a text that says the same changes no byte. */
  changed: boolean;
  /** Whether the plain overlay was taken over, and destroyed afterwards. */
  tookOver: boolean;
}

/** Opens the overlay of a directory, whether or not the configuration as a whole holds. */
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
  const listed = valueAt(document.value, ['secrets', 'recipients']);
  const recipients = parseRecipients(Array.isArray(listed) ? listed.map(String) : []);
  if (!recipients.ok || recipients.value.length > 0) return recipients;
  return err({
    code: 'no-recipients',
    file: clusterFile,
    message: 'secrets.recipients is empty: there is nobody to encrypt the overlay for',
    expected: 'at least one recipient of age',
    remedy: 'run "gatehouse secrets keygen", and "gatehouse secrets recipients add" with what it prints',
  });
}

/** What would be wrong with the configuration if the overlay said this. */
export function problemsWith({ cluster }: Pick<EditSession, 'cluster'>, text: string): Problem[] {
  const privateFile = { file: encryptedPrivateFile, bytes: new TextEncoder().encode(text) };
  return loadCluster({ cluster, privateFile }, clusterSchema).problems;
}

/** The problems that the overlay of the desk does not have yet. A line that moved is no news. */
export function newProblems(session: EditSession, text: string): Problem[] {
  const key = ({ code, message }: Problem): string => `${code} ${message}`;
  const known = new Set(problemsWith(session, session.text).map(key));
  return problemsWith(session, text).filter((problem) => !known.has(key(problem)));
}

/** The encrypted overlay with another text; its bytes stay where the text says the same. */
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
 * Encrypts a text as the overlay of the directory. A plain overlay is destroyed after the encrypted one stands safely
 * on the disk.
 */
export async function savePrivateValues(
  session: EditSession,
  text: string,
  now: Date,
): Promise<Outcome<Saved>> {
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
