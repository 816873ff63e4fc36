import type { Outcome } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { AgeIdentity } from '../age/identity.ts';
import type { AgeRecipient } from '../age/recipient.ts';
import type { Sealed } from './cipher.ts';
import { parseDocument } from './document.ts';
import { emit } from './emit.ts';
import { type EncryptRequest, encryptDocument, noRecipients, parsePlain, wrapDataKeyFor } from './encrypt.ts';
import { type Leaf, shapeOf } from './leaves.ts';
import { type Metadata, sectionOf, writeMetadata } from './metadata.ts';
import { type OpenedDocument, openDocument } from './open.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { type EncryptionRule, sameRule } from './rule.ts';
import { type PlainLeaf, plainLeaves, reusingSealer, type Sealer, sealMac, sealTree } from './seal.ts';
import { clearSource, dateAndMacReplacements, type Replacement, sealedSource, splice } from './splice.ts';

export interface PreservingRequest extends EncryptRequest {
  /** The current content of the file; undefined when there is no file. */
  existing: string | Uint8Array | undefined;
  identities: readonly AgeIdentity[];
}

/** The result for a document that may exist. Write only `created` and `changed`. */
export type PreservingOutcome =
  | { kind: 'created'; text: string }
  /** The file already has these values and recipients: its bytes stay, its date too. */
  | { kind: 'unchanged'; text: string }
  /** `fields` are the paths of the values that differ; empty when only keys, comments or recipients do. */
  | { kind: 'changed'; text: string; fields: string[]; recipientsChanged: boolean }
  /** No local key opens the file: it may be correct or not, and must not be overwritten. */
  | { kind: 'cannot-compare'; problems: Problem[] }
  /** The plain document or the file is invalid; the file must not be overwritten. */
  | { kind: 'refused'; problems: Problem[] };

/**
 * Encrypts a document so that Git shows only what changed in meaning.
 *
 * - Same values, comments, rule and recipients: the bytes stay, whatever the layout of the file.
 * - Other values in the same structure: these values, the MAC and the date change; all other bytes stay.
 * - Another structure: the document is written anew with the same data key. A value that existed keeps its ciphertext.
 *   No initialisation vector is ever used for two plaintexts.
 * - Other recipients: the same data key is wrapped for them. A removed recipient knows the data key and every value
 *   until now: rotate the key with {@link rotateDataKey}, and replace the values where they are used.
 */
export async function encryptPreservingBytes(request: PreservingRequest): Promise<PreservingOutcome> {
  const { file, existing, identities, recipients, rule } = request;
  if (existing === undefined) {
    const created = await encryptDocument(request);
    return created.ok ? { kind: 'created', text: created.value } : rejected(created.problems);
  }
  if (recipients.length === 0) return rejected([noRecipients(file)]);
  const wanted = parsePlain(file, request.plaintext);
  if (!wanted.ok) return rejected(wanted.problems);
  const leaves = plainLeaves(wanted.value, rule);
  if (!leaves.ok) return rejected(leaves.problems);
  const opened = await parseAndOpen(file, existing, identities);
  if (!opened.ok) {
    const closed = opened.problems.every(({ code }) => code === 'sops-no-identity');
    return { kind: closed ? 'cannot-compare' : 'refused', problems: opened.problems };
  }
  return update(request, opened.value, wanted.value, leaves.value);
}

async function update(
  { recipients, rule, now, existing }: PreservingRequest,
  old: OpenedDocument,
  wanted: ParsedDocument,
  leaves: readonly PlainLeaf[],
): Promise<PreservingOutcome> {
  const change = compare(old, wanted, leaves, rule);
  const recipientsChanged = !sameRecipients(old.metadata, recipients);
  const same = change.fields.length === 0 && change.sameStructure;
  if (same && !recipientsChanged) return { kind: 'unchanged', text: textOf(existing ?? '') };
  const keys = await wrapDataKeyFor(old.dataKey, recipients, old.metadata.keys);
  if (same) {
    const text = withWrappedKeys(old, keys);
    return { kind: 'changed', text, fields: [], recipientsChanged };
  }
  const sealer = reusingSealer(old.dataKey, old.leaves);
  const inPlace =
    change.sameStructure && !recipientsChanged ? replaceValues(old, leaves, sealer, now) : undefined;
  if (inPlace !== undefined)
    return { kind: 'changed', text: inPlace, fields: change.fields, recipientsChanged };
  const fresh = reusingSealer(old.dataKey, old.leaves);
  const sealed = sealTree(leaves, rule, fresh, now);
  writeMetadata(wanted.root, { ...old.metadata, ...sealed, rule, keys }, sectionOf(old.parsed.root));
  return {
    kind: 'changed',
    text: emit(wanted.tree, wanted.format),
    fields: change.fields,
    recipientsChanged,
  };
}

/** The encrypted document with other wrapped keys. The MAC and the date do not depend on them. */
export function withWrappedKeys({ parsed, metadata }: OpenedDocument, keys: Metadata['keys']): string {
  writeMetadata(parsed.root, { ...metadata, keys }, sectionOf(parsed.root));
  return emit(parsed.tree, parsed.format);
}

export async function parseAndOpen(
  file: string,
  content: string | Uint8Array,
  identities: readonly AgeIdentity[],
): Promise<Outcome<OpenedDocument>> {
  const parsed = parseDocument(file, content);
  return parsed.ok ? openDocument(parsed.value, identities) : parsed;
}

function compare(
  old: OpenedDocument,
  wanted: ParsedDocument,
  leaves: readonly PlainLeaf[],
  rule: EncryptionRule,
): { sameStructure: boolean; fields: string[] } {
  const before = new Map(
    old.leaves.flatMap(({ leaf, plain }) => (leaf.kind === 'value' ? [[leaf.label, plain] as const] : [])),
  );
  const after = leaves.flatMap(({ leaf, plain }) => (leaf.kind === 'value' ? [{ leaf, plain }] : []));
  const names = new Set(after.map(({ leaf }) => leaf.label));
  const changed = after.filter(({ leaf, plain }) => !samePlain(before.get(leaf.label), plain));
  const removed = [...before.keys()].filter((label) => !names.has(label));
  const sameStructure =
    sameRule(rule, old.metadata.rule) &&
    shapeOf(old.parsed.root, old.parsed.format) === shapeOf(wanted.root, wanted.format) &&
    commentsOf(old.leaves) === commentsOf(leaves);
  return { sameStructure, fields: [...changed.map(({ leaf }) => leaf.label), ...removed] };
}

/** The comments of each level, sorted: SOPS moves a comment after a value to the line before it. */
function commentsOf(leaves: readonly { leaf: Leaf; plain: Sealed }[]): string {
  const lines = leaves.flatMap(({ leaf, plain }) =>
    leaf.kind === 'comment' ? [JSON.stringify([leaf.keys, plain.text.trim()])] : [],
  );
  return lines.sort().join('\n');
}

function samePlain(one: Sealed | undefined, other: Sealed): boolean {
  return one !== undefined && one.type === other.type && one.text === other.text;
}

function replaceValues(
  old: OpenedDocument,
  wanted: readonly PlainLeaf[],
  sealer: Sealer,
  now: Date,
): string | undefined {
  const { parsed, metadata } = old;
  const values = wanted.filter(({ leaf }) => leaf.kind === 'value');
  const replacements: Replacement[] = [];
  let next = 0;
  const leaves = old.leaves.map((before) => {
    if (before.leaf.kind !== 'value') return before;
    const after = values[next++];
    if (!after || after.plain.type === 'comment' || samePlain(before.plain, after.plain)) return before;
    const { leaf } = before;
    if (!after.encrypted) {
      replacements.push({ node: leaf.node, source: clearSource(after.plain, parsed.format) });
      return { leaf, plain: after.plain };
    }
    const sealed = sealer(after.plain, `${leaf.keys.join(':')}:`);
    replacements.push({ node: leaf.node, source: sealedSource(leaf, sealed) });
    return { leaf, plain: after.plain, sealed };
  });
  const section = dateAndMacReplacements(parsed, sealMac(leaves, metadata.rule, sealer, now));
  return section && splice(parsed.text, [...replacements, ...section]);
}

function sameRecipients({ keys }: Metadata, recipients: readonly AgeRecipient[]): boolean {
  const before = new Set(keys.map(({ recipient }) => recipient));
  const after = new Set(recipients.map(({ text }) => text));
  return before.size === after.size && [...after].every((recipient) => before.has(recipient));
}

function textOf(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}

function rejected(problems: Problem[]): PreservingOutcome {
  return { kind: 'refused', problems };
}
