import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { type Sealed, seal } from './cipher.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { sectionOf } from './metadata.ts';
import { aadOf, macOf, tooLarge, unsupportedRule } from './open.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { type EncryptionRule, matcherOf, sameRule, wholeDocumentRule } from './rule.ts';
import type { PlainValue } from './value.ts';

/** A leaf with its plain value, and with its ciphertext when the rule encrypts it. */
export interface SealedLeaf {
  leaf: Leaf;
  plain: Sealed;
  sealed?: string;
}

/** A plain leaf, and whether the rule encrypts it. */
export interface PlainLeaf {
  leaf: Leaf;
  plain: Sealed;
  encrypted: boolean;
}

/** Encrypts one leaf with its additional authenticated data. */
export type Sealer = (plain: Sealed, aad: string) => string;

/** Encrypts with a data key and a new initialisation vector each time. */
export function newSealer(dataKey: Uint8Array): Sealer {
  return (plain, aad) => seal(plain, dataKey, aad);
}

/**
 * Encrypts with a data key that is in use, and returns the existing ciphertext of a value that did not change. So an
 * initialisation vector is never used for another plaintext, and each old ciphertext is used once.
 */
export function reusingSealer(dataKey: Uint8Array, existing: readonly SealedLeaf[]): Sealer {
  const known = new Map<string, string[]>();
  for (const { leaf, plain, sealed } of existing) {
    if (!sealed) continue;
    const name = plainKeyOf(plain, aadOf(leaf.keys));
    known.set(name, [...(known.get(name) ?? []), sealed]);
  }
  return (plain, aad) => known.get(plainKeyOf(plain, aad))?.shift() ?? seal(plain, dataKey, aad);
}

function plainKeyOf({ type, text }: Sealed, aad: string): string {
  return JSON.stringify([aad, type, text]);
}

/** The leaves of a plain document, with those marked that the rule encrypts. Encrypts nothing. */
export function plainLeaves(parsed: ParsedDocument, rule: EncryptionRule): Outcome<PlainLeaf[]> {
  if (sectionOf(parsed.root) !== undefined) return err(alreadyEncrypted(parsed.file));
  const isEncrypted = matcherOf(rule);
  if (!isEncrypted) return err(unsupportedRule(parsed.file, rule));
  const problems: Problem[] = [];
  const leaves = leavesOf(parsed).flatMap((leaf): PlainLeaf[] => {
    const encrypted = isEncrypted(leaf);
    if (leaf.kind === 'comment') return [{ leaf, plain: { type: 'comment', text: leaf.text }, encrypted }];
    const at = parsed.at(leaf.node.range?.[0] ?? 0);
    if (!encrypted && sameRule(rule, wholeDocumentRule))
      problems.push({ ...leftInClear(leaf.label), file: parsed.file, at });
    if (typeof leaf.value === 'object') {
      if (parsed.format === 'yaml' && isLostBySops(leaf.value))
        problems.push({ ...lostBySops(leaf.label), file: parsed.file, at });
      return [{ leaf, plain: leaf.value, encrypted }];
    }
    problems.push(tooLarge(parsed.file, leaf, at));
    return [];
  });
  return problems.length > 0 ? err(...problems) : ok(leaves);
}

/**
 * Encrypts a plain tree in place.
 *
 * @param now - becomes `lastmodified`, in whole seconds
 * @returns the leaves, the date, and the MAC that is bound to it
 */
export function sealTree(
  leaves: readonly PlainLeaf[],
  rule: EncryptionRule,
  sealer: Sealer,
  now: Date,
): { lastModified: string; mac: string } {
  const sealedLeaves = leaves.map(({ leaf, plain, encrypted }): SealedLeaf => {
    if (!encrypted) return { leaf, plain };
    const sealed = sealer(plain, aadOf(leaf.keys));
    if (leaf.kind === 'comment') leaf.replace(sealed);
    else {
      leaf.node.value = sealed;
      leaf.node.type = sealed === '' ? 'QUOTE_DOUBLE' : 'PLAIN';
    }
    return { leaf, plain, sealed };
  });
  return sealMac(sealedLeaves, rule, sealer, now);
}

/** The MAC over leaves, encrypted and bound to the date. */
export function sealMac(
  leaves: readonly SealedLeaf[],
  rule: EncryptionRule,
  sealer: Sealer,
  now: Date,
): { lastModified: string; mac: string } {
  const lastModified = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return { lastModified, mac: sealer({ type: 'str', text: macOf(leaves, rule) }, lastModified) };
}

/**
 * SOPS 3.13 (go-yaml 3.0.4) writes a text of several lines that starts with a tab as null, and `<<` as a merge key. Flux
 * would apply that.
 */
function isLostBySops({ type, text }: PlainValue): boolean {
  return type === 'str' && (text === '<<' || (text.startsWith('\t') && text.includes('\n')));
}

function lostBySops(label: string): Problem {
  return {
    code: 'sops-value-unsupported',
    message: `${label} would be lost: SOPS writes a multi-line text that starts with a tab as null`,
    expected: 'a text that does not start with a tab, and is not <<',
    remedy: 'put the value as base64 under data:',
  };
}

function alreadyEncrypted(file: string): Problem {
  return {
    code: 'sops-already-encrypted',
    file,
    message: 'the plain document has a top-level section sops',
    expected: 'a document without the key sops',
    remedy: 'decrypt it first, or give the field another name',
  };
}

function leftInClear(label: string): Problem {
  return {
    code: 'sops-left-in-clear',
    message: `${label} would stay readable: SOPS does not encrypt names that end with _unencrypted`,
    expected: 'a name with another suffix',
    remedy: 'rename the field',
  };
}
