import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { type Sealed, seal } from './cipher.ts';
import type { ParsedDocument } from './document.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { sectionOf } from './metadata.ts';
import { aadOf, macOf, tooLarge, unsupportedRule } from './open.ts';
import { type EncryptionRule, matcherOf, sameRule, wholeDocumentRule } from './rule.ts';
import type { PlainValue } from './value.ts';

/** A leaf with what it says, and with its encrypted form when the rule encrypts it. */
export interface SealedLeaf {
  leaf: Leaf;
  plain: Sealed;
  sealed?: string;
}

/** A leaf that is not encrypted yet, and whether the rule wants it to be. */
export interface PlainLeaf {
  leaf: Leaf;
  plain: Sealed;
  encrypted: boolean;
}

/** Encrypts one leaf; the place is what it is bound to. */
export type Sealer = (plain: Sealed, aad: string) => string;

/** Encrypts under a data key, every time with a new initialisation vector. */
export function newSealer(dataKey: Uint8Array): Sealer {
  return (plain, aad) => seal(plain, dataKey, aad);
}

/**
 * Encrypts under a data key that is in use, and gives back the very ciphertext that a value already has. An
 * initialisation vector thereby never meets another plaintext, and each old ciphertext is used once.
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

/** What a plain document says, with the leaves that the rule encrypts marked. Nothing is encrypted yet. */
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
 * The YAML writer of SOPS 3.13 (go-yaml 3.0.4) makes null of a text of several lines that starts with a tab,
 * and a merge key of `<<`; Flux would apply that.
 */
function isLostBySops({ type, text }: PlainValue): boolean {
  return type === 'str' && (text === '<<' || (text.startsWith('\t') && text.includes('\n')));
}

function lostBySops(label: string): Problem {
  return {
    code: 'sops-value-unsupported',
    message: `${label} would be lost: SOPS writes a text of several lines that starts with a tab as null`,
    expected: 'a text that does not start with a tab, and is not <<',
    remedy: 'put the value into data: as base64',
  };
}

function alreadyEncrypted(file: string): Problem {
  return {
    code: 'sops-already-encrypted',
    file,
    message: 'the plain document has a section sops at its top',
    expected: 'a document without the key sops',
    remedy: 'decrypt it first, or give the field another name',
  };
}

function leftInClear(label: string): Problem {
  return {
    code: 'sops-left-in-clear',
    message: `${label} would stay readable, since a name that ends with _unencrypted says so to SOPS`,
    expected: 'a name with another end',
    remedy: 'rename the field',
  };
}
