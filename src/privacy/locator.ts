import { defined } from '../kubernetes/defined.ts';
import { isPlainWord } from './commonValues.ts';
import { type Fingerprint, fingerprintWith } from './fingerprint.ts';
import type { FormKind } from './forms.ts';
import { positionsOf } from './positions.ts';
import type { RuleId } from './rules/rule.ts';
import type { NamedValue } from './search.ts';
import { searchedBytes, type TextFinding, textScanner } from './textScanner.ts';

/** A finding in one text by line and column, with a hash instead of the value. */
export interface LocatedFinding {
  rule: RuleId;
  reason: string;
  field: string;
  form?: FormKind;
  line: number;
  column: number;
  length: number;
  /** The keyed hash of rule and value. */
  content: string;
  /** Whether the value is a plain word, which a file may have without the value's doing. */
  isWord?: true;
}

/** The scanner for the sources of texts. Its results are safe to show. */
export interface Locator {
  /** @param path - decides whether the text is a document; the path itself is not searched */
  locate(bytes: Uint8Array, path: string): LocatedFinding[];
  /** Searches a name: a path, a branch. */
  locateName(name: string): LocatedFinding[];
  /** The finding for a file with an invalid MAC. It concerns the whole file and has the line of the MAC. */
  macMismatch(path: string, line: number): LocatedFinding;
  /** The text with each private value replaced by its name in brackets. */
  mask(text: string): string;
}

const collapsed = (findings: readonly TextFinding[]): TextFinding[] => {
  const last: TextFinding[] = [];
  for (const finding of findings) {
    const before = last.at(-1);
    if (!before || finding.start >= before.end) last.push(finding);
  }
  return last;
};

/**
 * @param values - private values by their names
 * @param key - the key of the repository for hashes, at least 16 bytes; without it hashes are valid for this run only
 */
export function locator(values: readonly NamedValue[], key?: Uint8Array): Locator {
  const scanner = textScanner(values);
  const fingerprint: Fingerprint = fingerprintWith(key);
  const privateIn = (bytes: Uint8Array) =>
    scanner.scan(bytes, '').filter(({ rule }) => rule === 'private-value');

  const mask = (text: string): string => {
    const bytes = Buffer.from(text);
    let at = 0;
    let masked = '';
    for (const { start, end, field } of collapsed(privateIn(bytes))) {
      masked += `${bytes.toString('utf8', at, start)}[${field}]`;
      at = end;
    }
    return masked + bytes.toString('utf8', at);
  };

  const located = (findings: readonly TextFinding[], source: Uint8Array): LocatedFinding[] => {
    if (findings.length === 0) return [];
    const bytes = searchedBytes(source);
    const positions = positionsOf(bytes);
    return findings.map(({ rule, reason, field, form, start, end, value }) =>
      defined({
        rule,
        reason,
        field: rule === 'private-value' ? field : mask(field),
        form,
        ...positions.at(start),
        length: positions.width(start, end),
        content: fingerprint.of(rule, value),
        isWord: rule === 'private-value' && isPlainWord(value) ? (true as const) : undefined,
      }),
    );
  };

  return {
    mask,
    macMismatch: (path, line) => ({
      rule: 'sops-wrong-mac',
      reason: 'an encrypted file whose MAC does not hold: it was changed without the key',
      field: 'sops.mac',
      line,
      column: 1,
      length: 1,
      content: fingerprint.of('sops-wrong-mac', path),
    }),
    locate: (bytes, path) => located(scanner.scan(bytes, path), bytes),
    locateName(name) {
      const bytes = Buffer.from(name);
      return located(privateIn(bytes), bytes);
    },
  };
}
