import { createHash } from 'node:crypto';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { AgeIdentity } from '../age/identity.ts';
import { shortRecipient } from '../age/recipient.ts';
import { looksSealed, unseal } from './cipher.ts';
import { liftListComments } from './comments.ts';
import { type CommentLeaf, type Leaf, leavesOf, levelsOf, type ValueLeaf } from './leaves.ts';
import { type Metadata, readMetadata, type WrappedKey } from './metadata.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { type EncryptionRule, matcherOf } from './rule.ts';
import type { PlainValue } from './value.ts';

/** A leaf of an encrypted document with its plain value. `sealed` is set when it is encrypted. */
export type OpenedLeaf =
  | { leaf: ValueLeaf; plain: PlainValue; sealed?: string }
  | { leaf: CommentLeaf; plain: { type: 'comment'; text: string }; sealed?: string };

/** A decrypted document whose MAC is valid. The tree still has the encrypted values. */
export interface OpenedDocument {
  parsed: ParsedDocument;
  metadata: Metadata;
  dataKey: Uint8Array;
  leaves: OpenedLeaf[];
}

// SHA-256 of "sops": it separates a MAC over encrypted values from a MAC over all values (`sops.go`, 3.13).
const onlyEncryptedSeed = createHash('sha256').update('sops').digest();

/**
 * Decrypts every leaf of a document and verifies its MAC. Only the code `sops-no-identity` leaves open whether the
 * document is intact; every other code means that it is not.
 */
export async function openDocument(
  parsed: ParsedDocument,
  identities: readonly AgeIdentity[],
): Promise<Outcome<OpenedDocument>> {
  const metadata = readMetadata(parsed);
  if (!metadata.ok) return metadata;
  const { rule, keys, mac, lastModified } = metadata.value;
  const isEncrypted = matcherOf(rule);
  if (!isEncrypted) return err(unsupportedRule(parsed.file, rule));
  const dataKey = await dataKeyOf(parsed.file, keys, identities);
  if (!dataKey.ok) return dataKey;
  const key = dataKey.value;
  const problems: Problem[] = [];
  liftListComments(parsed.root);
  const found = leavesOf(parsed);
  const levels = new Set(levelsOf(parsed.root).map(aadOf));
  const leaves = found.flatMap((leaf): OpenedLeaf[] => {
    if (leaf.kind === 'comment') return [openComment(leaf, key, levels)];
    const opened = isEncrypted(leaf) ? openValue(parsed, leaf, key) : openClear(parsed, leaf);
    if (opened.ok) return [opened.value];
    problems.push(...opened.problems);
    return [];
  });
  if (problems.length > 0) return err(...problems);
  const stored = unseal(mac, key, lastModified);
  if (!('plain' in stored) || stored.plain.text !== macOf(leaves, rule)) return err(wrongMac(parsed.file));
  return ok({ parsed, metadata: metadata.value, dataKey: key, leaves });
}

/** SHA-512 over the plain values in document order, in upper-case hexadecimal, without comments. */
export function macOf(
  leaves: readonly { leaf: Leaf; plain: { text: string }; sealed?: string }[],
  { macOnlyEncrypted }: EncryptionRule,
): string {
  const hash = createHash('sha512');
  if (macOnlyEncrypted) hash.update(onlyEncryptedSeed);
  for (const { leaf, plain, sealed } of leaves)
    if (leaf.kind === 'value' && (!macOnlyEncrypted || sealed !== undefined)) hash.update(plain.text, 'utf8');
  return hash.digest('hex').toUpperCase();
}

/** The additional authenticated data of a value: the keys of its path, each followed by a colon. */
export function aadOf(keys: readonly string[]): string {
  return `${keys.join(':')}:`;
}

async function dataKeyOf(
  file: string,
  keys: readonly WrappedKey[],
  identities: readonly AgeIdentity[],
): Promise<Outcome<Uint8Array>> {
  const pairs = keys.flatMap((key) => identities.map((identity) => ({ key, identity })));
  const [fitting, others] = [
    pairs.filter(({ key, identity }) => key.recipient === identity.recipient),
    pairs.filter(({ key, identity }) => key.recipient !== identity.recipient),
  ];
  // X25519 first: a post-quantum key takes ten times as long.
  const rank = ({ identity }: { identity: AgeIdentity }) => (identity.kind === 'x25519' ? 0 : 1);
  for (const { key, identity } of [...fitting.sort((a, b) => rank(a) - rank(b)), ...others]) {
    const dataKey = await identity.unwrapDataKey(key.enc);
    if (dataKey?.length === 32) return ok(dataKey);
  }
  return err(fitting.length > 0 ? malformedKey(file) : noIdentity(file, keys));
}

function openClear({ file, at }: ParsedDocument, leaf: ValueLeaf): Outcome<OpenedLeaf> {
  if (typeof leaf.value === 'object') return ok({ leaf, plain: leaf.value });
  return err(tooLarge(file, leaf, at(leaf.node.range?.[0] ?? 0)));
}

function openValue({ file, at }: ParsedDocument, leaf: ValueLeaf, key: Uint8Array): Outcome<OpenedLeaf> {
  const place = { file, at: at(leaf.node.range?.[0] ?? 0) };
  const sealed = String(leaf.node.value);
  const isText = typeof leaf.value === 'object' && leaf.value.type === 'str';
  if (!isText || (sealed !== '' && !looksSealed(sealed)))
    return err({ ...valueInClear(leaf.label), ...place });
  const opened = unseal(sealed, key, aadOf(leaf.keys));
  if ('plain' in opened && opened.plain.type !== 'comment') return ok({ leaf, plain: opened.plain, sealed });
  return err({ ...malformedValue(leaf.label, 'reason' in opened ? opened.reason : 'not-text'), ...place });
}

/**
 * YAML readers disagree about the level of a comment, so this tries the level of the leaf first and then all others. A
 * comment that no level opens is not encrypted, as in SOPS.
 */
function openComment(leaf: CommentLeaf, key: Uint8Array, levels: ReadonlySet<string>): OpenedLeaf {
  if (looksSealed(leaf.text))
    for (const aad of [aadOf(leaf.keys), ...levels]) {
      const opened = unseal(leaf.text, key, aad);
      if ('plain' in opened)
        return { leaf, plain: { type: 'comment', text: opened.plain.text }, sealed: leaf.text };
    }
  return { leaf, plain: { type: 'comment', text: leaf.text } };
}

export function unsupportedRule(file: string, rule: EncryptionRule): Problem {
  return {
    code: 'sops-rule-invalid',
    file,
    message: `Gatehouse does not support the pattern of ${rule.kind}`,
    expected: 'a regular expression that means the same in Go and JavaScript',
    remedy: 'write the pattern without inline flags in the middle and without \\A, \\z or [[:classes:]]',
  };
}

function noIdentity(file: string, keys: readonly WrappedKey[]): Problem {
  return {
    code: 'sops-no-identity',
    file,
    message: 'no local private key decrypts the document',
    expected: `the private key of ${keys.map(({ recipient }) => shortRecipient(recipient)).join(' or ')}`,
    remedy:
      'provide it where SOPS finds it (SOPS_AGE_KEY_FILE, SOPS_AGE_KEY or the key file), or ask to be added as a recipient',
  };
}

function malformedKey(file: string): Problem {
  return {
    code: 'sops-data-key-damaged',
    file,
    message: 'sops.age: the data key for your private key is damaged',
    remedy:
      'restore the last good version from Git, or decrypt the document with the key of another recipient',
  };
}

function valueInClear(label: string): Problem {
  return {
    code: 'sops-value-in-clear',
    message: `${label} should be encrypted and is not`,
    expected: 'an encrypted value: ENC[AES256_GCM,…]',
    remedy: 'set the value again; if the file was committed, replace the value where it is used',
  };
}

function malformedValue(label: string, reason: 'malformed' | 'altered' | 'not-text'): Problem {
  const message = {
    malformed: `${label} was truncated or edited`,
    altered: `${label} was altered, or belongs to another field`,
    'not-text': `${label} holds bytes that are not text`,
  }[reason];
  return {
    code: 'sops-value-damaged',
    message,
    expected: 'the value as SOPS encrypted it, in the same field',
    remedy:
      reason === 'not-text'
        ? 'keep binary content in base64 under data:'
        : 'restore the last good version of the file from Git, or set the value again',
  };
}

export function tooLarge(file: string, leaf: ValueLeaf, at: { line: number; column: number }): Problem {
  return {
    code: 'sops-value-unsupported',
    file,
    at,
    message: `${leaf.label} is a number beyond 64 bits, which SOPS does not support`,
    expected: 'a number from -9223372036854775808 to 9223372036854775807, or text',
    remedy: 'put it in quotes',
  };
}

function wrongMac(file: string): Problem {
  return {
    code: 'sops-mac-mismatch',
    file,
    message: 'the MAC does not match the document: it was changed without the key',
    expected: 'the values, their order and sops.lastmodified as they were encrypted',
    remedy:
      'compare with the last good version in Git; if the change is yours, make it again with `sops edit` or `gatehouse secrets set`',
  };
}
