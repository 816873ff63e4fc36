import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  type YAMLMap,
  YAMLSeq,
} from 'yaml';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { type AgeRecipient, parseRecipients } from './age/recipient.ts';
import { type EncryptionRule, wholeDocumentRule } from './sops/rule.ts';

/** The encryption rule for the files that match a path. SOPS uses the first match. */
export interface CreationRule {
  /** A Go regular expression for the path relative to the directory of `.sops.yaml`. */
  pathRegex: string;
  rule: EncryptionRule;
}

/** The configuration file of SOPS. SOPS searches it from the directory of a document upwards. */
export const sopsConfigName = '.sops.yaml';

/**
 * The text of `.sops.yaml`. SOPS has no flag for `mac_only_encrypted`: only this file can set it. The recipients are in
 * one key group, which every SOPS since 3.0 reads.
 */
export function sopsConfig(rules: readonly CreationRule[], recipients: readonly AgeRecipient[]): string {
  const lines = rules.flatMap(({ pathRegex, rule }) => [
    `  - path_regex: ${singleQuoted(pathRegex)}`,
    ...ruleLines(rule),
    '    key_groups:',
    '      - age:',
    ...recipients.map(({ text }) => `          - ${text}`),
  ]);
  return [
    '# Read by sops: who can open the encrypted files, and what in them is encrypted.',
    '# Change the recipients with `gatehouse secrets recipients`, which writes the files anew as well.',
    'creation_rules:',
    ...lines,
    'stores:',
    '  yaml:',
    '    indent: 2',
    '',
  ].join('\n');
}

function ruleLines(rule: EncryptionRule): string[] {
  const byDefault = rule.kind === wholeDocumentRule.kind && rule.pattern === wholeDocumentRule.pattern;
  return [
    ...(byDefault ? [] : [`    ${rule.kind}: ${singleQuoted(rule.pattern)}`]),
    ...(rule.macOnlyEncrypted ? ['    mac_only_encrypted: true'] : []),
  ];
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * The age recipients in a `.sops.yaml`, in order, without duplicates. Reads key groups, and `age` as a list or as text
 * with commas.
 */
export function recipientsOf(file: string, text: string): Outcome<AgeRecipient[]> {
  const config = read(file, text);
  if (!config.ok) return config;
  return parseRecipients(config.value.lists.flatMap(({ entries }) => entries));
}

/**
 * Adds and removes recipients in every creation rule with age recipients. The rest of the file stays, comments too. To
 * change the documents, use {@link changeRecipients}; after a removal, {@link rotateDataKey}.
 */
export function updateRecipients(
  file: string,
  text: string,
  change: { add: readonly AgeRecipient[]; remove: readonly string[] },
): Outcome<string> {
  const config = read(file, text);
  if (!config.ok) return config;
  const { tree, lists } = config.value;
  const known = new Set(lists.flatMap(({ entries }) => entries));
  const problems: Problem[] = change.remove
    .filter((recipient) => !known.has(recipient))
    .map(() => ({
      code: 'recipient-unknown',
      file,
      message: 'the recipient to remove is not on the list',
      expected: 'one that `gatehouse secrets recipients list` shows',
    }));
  for (const { node, entries, write } of lists) {
    const kept = entries.filter((recipient) => !change.remove.includes(recipient));
    const added = change.add
      .map((recipient) => recipient.text)
      .filter((recipient) => !kept.includes(recipient));
    if (kept.length + added.length === 0) problems.push(lastRecipient(file));
    else if (added.length > 0 || kept.length < entries.length) write(node, kept, added);
  }
  if (problems.length > 0) return err(...problems);
  return ok(tree.toString({ lineWidth: 0 }));
}

interface RecipientList {
  node: Scalar | YAMLSeq;
  entries: string[];
  write(node: Scalar | YAMLSeq, kept: string[], added: string[]): void;
}

function read(file: string, text: string): Outcome<{ tree: Document; lists: RecipientList[] }> {
  const lines = new LineCounter();
  const tree = parseDocument(text, { prettyErrors: false, logLevel: 'silent', lineCounter: lines });
  const [error] = tree.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    return err({ ...invalid(file, 'the file is not YAML'), at: { line, column: col } });
  }
  const rules = tree.get('creation_rules');
  if (!isSeq(rules)) return err(invalid(file, 'the file has no creation rules'));
  const lists = rules.items.flatMap((rule) => (isMap(rule) ? listsIn(rule) : []));
  if (lists.length === 0) return err(invalid(file, 'no creation rule has an age recipient'));
  return ok({ tree, lists });
}

function listsIn(rule: YAMLMap): RecipientList[] {
  const groups = rule.get('key_groups');
  const holders = isSeq(groups) && groups.items.length > 0 ? groups.items : [rule];
  return holders.flatMap((holder) => {
    const node = isMap(holder) ? holder.get('age', true) : undefined;
    if (isSeq(node)) return [{ node, entries: node.items.map(textOf), write: writeList }];
    if (isScalar(node)) return [{ node, entries: separated(String(node.value)), write: writeLine }];
    return [];
  });
}

function writeList(node: Scalar | YAMLSeq, kept: string[], added: string[]): void {
  if (!(node instanceof YAMLSeq)) return;
  node.items = [
    ...node.items.filter((item) => kept.includes(textOf(item))),
    ...added.map((text) => new Scalar(text)),
  ];
}

function writeLine(node: Scalar | YAMLSeq, kept: string[], added: string[]): void {
  if (isScalar(node)) node.value = [...kept, ...added].join(',');
}

function textOf(node: unknown): string {
  return isScalar(node) ? String(node.value).trim() : '';
}

function separated(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function invalid(file: string, message: string): Problem {
  return {
    code: 'sops-config-invalid',
    file,
    message,
    expected: 'creation_rules, each with age recipients',
    remedy: 'remove the file and run `gatehouse configure`, which writes a new one',
  };
}

function lastRecipient(file: string): Problem {
  return {
    code: 'last-recipient',
    file,
    message: 'no recipient would remain',
    expected: 'at least one recipient in every rule',
    remedy: 'add the new recipient first',
  };
}
