import { isMap, isScalar, isSeq, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { type EncryptionRule, ruleKinds, wholeDocumentRule } from './rule.ts';
import { timestampOf } from './timestamp.ts';

/** The version of SOPS whose format is written. Versions since 3.9 read it. */
export const sopsVersion = '3.13.3';

/** The data key of a document, encrypted for one recipient. */
export interface WrappedKey {
  recipient: string;
  /** An armoured age file. */
  enc: string;
}

/** The `sops:` section of a document. */
export interface Metadata {
  keys: WrappedKey[];
  /** Key services other than age that can decrypt the document, by their names in SOPS. */
  foreign: string[];
  /** RFC 3339. The MAC is bound to this exact text. */
  lastModified: string;
  /** The MAC, encrypted. */
  mac: string;
  rule: EncryptionRule;
}

const otherServices = ['pgp', 'kms', 'gcp_kms', 'hckms', 'azure_kv', 'hc_vault'];

/** The node of the `sops:` section, if there is one. */
export function sectionOf(root: YAMLMap): unknown {
  return root.items.find(({ key }) => isScalar(key) && key.value === 'sops')?.value;
}

/** Reads the `sops:` section: one key group with age keys, at most one rule, the date and the MAC. */
export function readMetadata({ file, root, at }: ParsedDocument): Outcome<Metadata> {
  const section = sectionOf(root);
  if (section === undefined) return err(notEncrypted(file));
  if (!isMap(section)) return err(incomplete(file, 'sops', 'the section sops is not a map'));
  const place = { file, at: at(section.range?.[0] ?? 0) };
  const groups = listIn(section, 'key_groups');
  const flat = [...otherServices, 'age'].some((name) => listIn(section, name).length > 0);
  const group = flat ? section : groups[0];
  if (!flat && groups.length > 1) return err({ ...shamir(groups.length), ...place });
  if (group === undefined || !isMap(group))
    return err(incomplete(file, 'sops.age', 'the document has no keys'));
  const foreign = otherServices.filter((name) => listIn(group, name).length > 0);
  const entries = listIn(group, 'age');
  if (entries.length === 0 && foreign.length > 0) return err({ ...onlyForeign(foreign), ...place });
  const problems: Problem[] = [];
  const keys = entries.flatMap((entry, index) => {
    const [recipient, enc] = isMap(entry) ? [textIn(entry, 'recipient'), textIn(entry, 'enc')] : [];
    if (recipient && enc) return [{ recipient, enc }];
    problems.push(incomplete(file, `sops.age[${index}]`, 'a key has no recipient or no content'));
    return [];
  });
  const rule = ruleIn(section);
  if (!rule) problems.push({ ...twoRules, ...place });
  const lastModified = textIn(section, 'lastmodified') ?? '';
  if (timestampOf(lastModified) === undefined)
    problems.push(incomplete(file, 'sops.lastmodified', 'the document has no date'));
  const mac = textIn(section, 'mac') ?? '';
  if (mac === '') problems.push(incomplete(file, 'sops.mac', 'the document has no MAC'));
  if (textIn(section, 'version') === undefined)
    problems.push(incomplete(file, 'sops.version', 'the document has no version'));
  if (problems.length > 0 || !rule) return err(...problems);
  return ok({ keys, foreign, lastModified, mac, rule });
}

/**
 * Writes the section as SOPS does: keys sorted, without empty ones. It keeps what an existing section has for other key
 * services: the data key must be the same.
 */
export function writeMetadata(root: YAMLMap, metadata: Metadata, existing?: unknown): void {
  const kept = isMap(existing)
    ? existing.items.filter(({ key }) => isScalar(key) && otherServices.includes(String(key.value)))
    : [];
  const { rule, keys, lastModified, mac } = metadata;
  const fields = [
    ...kept,
    field('age', ageNode(keys)),
    field('lastmodified', scalar(lastModified, 'QUOTE_DOUBLE')),
    field('mac', scalar(mac, 'PLAIN')),
    ...(rule.macOnlyEncrypted ? [field('mac_only_encrypted', scalar('true', 'PLAIN'))] : []),
    field(rule.kind, scalar(rule.pattern, styleOf(rule.pattern))),
    field('version', scalar(sopsVersion, /^\d+\.\d+\.\d+$/.test(sopsVersion) ? 'PLAIN' : 'QUOTE_DOUBLE')),
  ];
  const section = new YAMLMap<unknown, unknown>();
  section.items = fields.sort((one, other) => (String(one.key) < String(other.key) ? -1 : 1));
  root.items = root.items.filter(({ key }) => !(isScalar(key) && key.value === 'sops'));
  root.items.push(field('sops', section));
}

function ageNode(keys: readonly WrappedKey[]): YAMLSeq {
  const list = new YAMLSeq();
  list.items = keys.map(({ recipient, enc }) => {
    const entry = new YAMLMap<unknown, unknown>();
    entry.items = [
      field('enc', scalar(enc, 'BLOCK_LITERAL')),
      field('recipient', scalar(recipient, 'PLAIN')),
    ];
    return entry;
  });
  return list;
}

function field(key: string, value: unknown): Pair<unknown, unknown> {
  return new Pair<unknown, unknown>(scalar(key, 'PLAIN'), value);
}

function scalar(text: string, type: Scalar.Type): Scalar<string> {
  const node = new Scalar(text);
  node.type = type;
  return node;
}

function styleOf(pattern: string): Scalar.Type {
  return /^[\^(_A-Za-z][\w()|$^.*+?-]*$/.test(pattern) ? 'PLAIN' : 'QUOTE_DOUBLE';
}

function ruleIn(section: YAMLMap): EncryptionRule | undefined {
  const macOnlyEncrypted = /^(?:true|1)$/i.test(textIn(section, 'mac_only_encrypted') ?? '');
  const named = ruleKinds.flatMap((kind) => {
    const pattern = textIn(section, kind);
    return pattern ? [{ kind, pattern, macOnlyEncrypted }] : [];
  });
  return named.length > 1 ? undefined : (named[0] ?? { ...wholeDocumentRule, macOnlyEncrypted });
}

function textIn(map: YAMLMap, key: string): string | undefined {
  const value = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
  return isScalar(value) ? String(value.value) : undefined;
}

function listIn(map: YAMLMap, key: string): unknown[] {
  const value = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
  return isSeq(value) ? value.items : [];
}

function notEncrypted(file: string): Problem {
  return {
    code: 'sops-not-encrypted',
    file,
    message: 'the document is not encrypted',
    expected: 'a SOPS document, with a section sops',
    remedy:
      'encrypt it with `sops encrypt -i`; if it was committed, its values are known: replace them where they are used',
  };
}

function incomplete(file: string, field: string, message: string): Problem {
  return {
    code: 'sops-metadata-invalid',
    file,
    message: `${field}: ${message}`,
    expected: 'the section sops as SOPS wrote it',
    remedy: 'the file was truncated or edited: restore the last good version from Git',
  };
}

const twoRules: Problem = {
  code: 'sops-rule-invalid',
  message: 'the document has two encryption rules',
  expected: `one of ${ruleKinds.join(', ')}`,
  remedy: 'restore the last good version from Git',
};

function onlyForeign(services: string[]): Problem {
  return {
    code: 'sops-foreign-keys',
    message: `only ${services.join(', ')} can decrypt the document`,
    expected: 'an age recipient among its keys',
    remedy: 'add one where the other key is available: `sops rotate -i --add-age age1…`',
  };
}

function shamir(groups: number): Problem {
  return {
    code: 'sops-foreign-keys',
    message: `the data key is split over ${groups} key groups (Shamir)`,
    expected: 'one key group',
    remedy:
      'encrypt it again with one group: `sops decrypt`, then `sops encrypt` with one group in .sops.yaml',
  };
}
