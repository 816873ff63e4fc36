import { clusterSchema } from '../components/catalogue.ts';
import { readDocument } from '../config/document.ts';
import { loadCluster } from '../config/load.ts';
import { valueAt } from '../config/path.ts';
import { decodeText, type SourceFile } from '../config/text.ts';
import { done, failed, type Outcome } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { replaceFiles } from '../repository/replaceFile.ts';
import type { AgeIdentity } from '../secrets/age/identity.ts';
import { loadIdentities } from '../secrets/age/keyFile.ts';
import { type AgeRecipient, parseRecipients } from '../secrets/age/recipient.ts';
import { encryptQuietly } from '../secrets/sops/quiet.ts';
import { wholeDocumentRule } from '../secrets/sops/rule.ts';
import type { Surroundings } from '../system/environment.ts';
import { clusterFile } from './clusterFile.ts';
import { notThere } from './configuration.ts';
import {
  encryptedOverlay,
  type Overlay,
  plainOverlay,
  readOverlay,
  readSource,
} from './privateValuesFile.ts';
import { destroyFile } from './temporaryFile.ts';

/** The overlay of a folder, open on the desk: its text in memory, and all that it takes to lock it up again. */
export interface OverlayDesk {
  directory: string;
  cluster: SourceFile;
  overlay: Overlay;
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

/** Opens the overlay of a folder, whether or not the configuration as a whole holds. */
export async function openOverlay(
  directory: string,
  surroundings: Surroundings,
): Promise<Outcome<OverlayDesk>> {
  const cluster = await readSource(directory, clusterFile);
  if (cluster === undefined || 'problem' in cluster) return failed(cluster?.problem ?? notThere());
  const { identities, problems } = await loadIdentities(surroundings);
  const overlay = await readOverlay(directory, identities);
  const found = [...problems, ...overlay.problems];
  if (found.length > 0) return failed(...found);
  const recipients = recipientsIn(cluster);
  if (!recipients.ok) return recipients;
  const decoded = overlay.source ? decodeText(overlay.source) : { text: '' };
  if ('problem' in decoded) return failed(decoded.problem);
  return done({
    ...{ directory, cluster, overlay, identities },
    text: decoded.text,
    recipients: recipients.value,
  });
}

function recipientsIn(cluster: SourceFile): Outcome<AgeRecipient[]> {
  const decoded = decodeText(cluster);
  if ('problem' in decoded) return failed(decoded.problem);
  const { document, problems } = readDocument(cluster.file, decoded.text);
  if (document === undefined) return failed(...problems);
  const listed = valueAt(document.value, ['secrets', 'recipients']);
  const recipients = parseRecipients(Array.isArray(listed) ? listed.map(String) : []);
  if (!recipients.ok || recipients.value.length > 0) return recipients;
  return failed({
    code: 'no-recipients',
    file: clusterFile,
    message: 'secrets.recipients is empty: there is nobody to encrypt the overlay for',
    expected: 'at least one recipient of age',
    remedy: 'run "gatehouse secrets keygen", and "gatehouse secrets recipients add" with what it prints',
  });
}

/** What would be wrong with the configuration if the overlay said this. */
export function problemsWith({ cluster }: Pick<OverlayDesk, 'cluster'>, text: string): Problem[] {
  const overlay = { file: encryptedOverlay, bytes: new TextEncoder().encode(text) };
  return loadCluster({ cluster, overlay }, clusterSchema).problems;
}

/** The problems that the overlay of the desk does not have yet. A line that moved is no news. */
export function newProblems(desk: OverlayDesk, text: string): Problem[] {
  const key = ({ code, message }: Problem): string => `${code} ${message}`;
  const known = new Set(problemsWith(desk, desk.text).map(key));
  return problemsWith(desk, text).filter((problem) => !known.has(key(problem)));
}

/** The encrypted overlay with another text; its bytes stay where the text says the same. */
export async function sealOverlay(desk: OverlayDesk, text: string, now: Date): Promise<Outcome<string>> {
  const outcome = await encryptQuietly({
    file: encryptedOverlay,
    plaintext: text,
    recipients: desk.recipients,
    rule: wholeDocumentRule,
    now,
    existing: desk.overlay.encrypted,
    identities: desk.identities,
  });
  return 'text' in outcome ? done(outcome.text) : failed(...outcome.problems);
}

/**
 * Encrypts a text as the overlay of the folder. A plain overlay is destroyed after the encrypted one stands safely
 * on the disk.
 */
export async function saveOverlay(desk: OverlayDesk, text: string, now: Date): Promise<Outcome<Saved>> {
  const sealed = await sealOverlay(desk, text, now);
  if (!sealed.ok) return sealed;
  const before = desk.overlay.encrypted;
  const changed = before === undefined || Buffer.from(before).toString('utf8') !== sealed.value;
  if (changed) {
    const file = { path: encryptedOverlay, content: sealed.value, before };
    const written = await replaceFiles(desk.directory, [file]);
    if (!written.ok) return written;
  }
  const tookOver = desk.overlay.source?.file === plainOverlay;
  if (tookOver) {
    const gone = destroyFile(desk.directory, plainOverlay);
    if (!gone.ok) return gone;
  }
  return done({ changed, tookOver });
}
