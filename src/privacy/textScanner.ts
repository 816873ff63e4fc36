import type { FormKind } from './forms.ts';
import { documentRules, tokenRules } from './rules/catalogue.ts';
import { yamlDocuments } from './rules/leaves.ts';
import { readableValues } from './rules/plainSecret.ts';
import { type DocumentRule, type RuleId, ruleIds, type TokenRule, type YamlDocument } from './rules/rule.ts';
import { compileSearch, type NamedValue, type Search } from './search.ts';

/** A finding in one text, by byte offsets. */
export interface TextFinding {
  rule: RuleId;
  reason: string;
  start: number;
  end: number;
  field: string;
  form?: FormKind;
  /** The value to hash. It never leaves the process. */
  value: string;
}

export interface TextScanner {
  /**
   * @param bytes - the text; UTF-16 with a byte order mark is read as such
   * @param path - its name, which decides whether it is a document
   */
  scan(bytes: Uint8Array, path: string): TextFinding[];
}

/** The depth to which nested base64 is decoded in a Secret. */
const deepestSecret = 3;
/** A NUL among the first bytes makes a text binary, as in Git. */
const binaryProbe = 8000;

const privateReason = 'a private value of this repository';

function isBinary(bytes: Uint8Array): boolean {
  // Buffer searches a byte several times as fast as other arrays.
  const at = Buffer.prototype.indexOf.call(bytes, 0);
  return at >= 0 && at < binaryProbe;
}

/** Rules on YAML apply to documents. A kubeconfig often has no suffix. */
const isDocument = (path: string): boolean =>
  /(?:\.(?:ya?ml|json|kubeconfig|conf)|(?:^|\/)[^./]+)$/i.test(path);

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** Windows tools write UTF-16. Offsets then refer to the converted UTF-8 text. */
function withoutUtf16(bytes: Uint8Array): Uint8Array {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  if (!isLittle && !isBig) return bytes;
  const even = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
  return new TextEncoder().encode((isBig ? even.swap16() : even).toString('utf16le'));
}

/** The bytes that the offsets of findings refer to. */
export function searchedBytes(bytes: Uint8Array): Uint8Array {
  return withoutUtf16(bytes);
}

/** The rules of each anchor, by its number; several rules may share one. */
interface Anchored {
  texts: string[];
  token: TokenRule[][];
  document: DocumentRule[][];
}

/** The rules of each anchor. */
function byAnchor<Rule extends TokenRule | DocumentRule>(rules: readonly Rule[]): Map<string, Rule[]> {
  const found = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const anchor of rule.anchors) found.set(anchor, [...(found.get(anchor) ?? []), rule]);
  }
  return found;
}

function anchorsOfRules(): Anchored {
  const token = byAnchor(tokenRules);
  const document = byAnchor(documentRules);
  const texts = [...new Set([...token.keys(), ...document.keys()])];
  return {
    texts,
    token: texts.map((text) => token.get(text) ?? []),
    document: texts.map((text) => document.get(text) ?? []),
  };
}

const order = new Map(ruleIds.map((id, index) => [id, index]));
const orderOf = (rule: RuleId): number => order.get(rule) ?? ruleIds.length;

const isPrivate = ({ rule }: TextFinding): boolean => rule === 'private-value';
const isDocumentFinding = ({ rule }: TextFinding): boolean =>
  rule === 'plain-secret' || rule.startsWith('sops-');

const byPlace = (a: TextFinding, b: TextFinding): number =>
  a.start - b.start || b.end - a.end || orderOf(a.rule) - orderOf(b.rule);

/** Drops findings of a private value that are inside another finding of it. */
function withoutNested(findings: readonly TextFinding[]): TextFinding[] {
  const ends = new Map<string, number>();
  return findings.toSorted(byPlace).filter(({ field, end }) => {
    if (end <= (ends.get(field) ?? -1)) return false;
    ends.set(field, end);
    return true;
  });
}

/** Drops overlapping findings by marking bytes: linear for a hostile text with a million findings. */
function withoutOverlaps(findings: readonly TextFinding[], marks: Uint8Array): TextFinding[] {
  return findings.filter(({ start, end }) => {
    if (marks.subarray(start, Math.max(end, start + 1)).includes(1)) return false;
    marks.fill(1, start, end);
    return true;
  });
}

/**
 * Keeps one finding per place: that of the first rule. A private value wins over a token inside it. A private value and a
 * document that should be encrypted are different findings, and both stay.
 */
function onePerPlace(findings: readonly TextFinding[], length: number): TextFinding[] {
  const values = withoutNested(findings.filter(isPrivate));
  const covered = new Uint8Array(length);
  for (const { start, end } of values) covered.fill(1, start, end);
  const others = findings
    .filter((finding) => {
      if (isPrivate(finding)) return false;
      return isDocumentFinding(finding) || covered.subarray(finding.start, finding.end).includes(0);
    })
    .toSorted((a, b) => orderOf(a.rule) - orderOf(b.rule) || a.start - b.start);
  return [...values, ...withoutOverlaps(others, new Uint8Array(length))].toSorted(byPlace);
}

/** Compiles private values and the rules on secrets into one scanner. */
export function textScanner(values: readonly NamedValue[]): TextScanner {
  const anchored = anchorsOfRules();
  const search = compileSearch(values, anchored.texts);
  const open = (inner: Uint8Array): TextFinding[] => {
    const text = isBinary(inner) ? undefined : lazily(() => latin1(inner));
    return searchOnce(search, anchored, values, inner, text).findings;
  };
  return {
    scan(source, path) {
      const bytes = withoutUtf16(source);
      const text = isBinary(bytes) ? undefined : lazily(() => latin1(bytes));
      const { findings, documents: matching } = searchOnce(search, anchored, values, bytes, text);
      const more = text && matching.length > 0 && isDocument(path) ? inDocuments(text(), matching, open) : [];
      const all = [...findings, ...more];
      return all.length > 1 ? onePerPlace(all, bytes.length) : all;
    },
  };
}

/** The findings of document rules, and those inside readable Secrets. */
function inDocuments(
  text: string,
  matching: readonly DocumentRule[],
  open: (bytes: Uint8Array) => TextFinding[],
): TextFinding[] {
  // YAML has no tabs before a key, but a Secret that is written with them is readable all the same.
  const documents = lazily(() =>
    yamlDocuments(text.replace(/^[ \t]*\t[ \t]*/gm, (indent) => ' '.repeat(indent.length))),
  );
  const found = matching.flatMap((rule) => documentFindings(rule, text, documents));
  const hasSecret = /kind["']?\s*:\s*["']?Secret/i.test(text);
  return hasSecret ? [...found, ...insideSecrets(documents(), open)] : found;
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The findings of one pass, and the document rules with an anchor in the text. Binary texts have no tokens. */
function searchOnce(
  search: Search,
  anchored: Anchored,
  values: readonly NamedValue[],
  bytes: Uint8Array,
  text: (() => string) | undefined,
): { findings: TextFinding[]; documents: DocumentRule[] } {
  const findings: TextFinding[] = [];
  const documents: DocumentRule[] = [];
  const onAnchor = (anchor: number, start: number) => {
    for (const rule of anchored.document[anchor] ?? []) {
      if (!documents.includes(rule) && rule.mayMatch?.(bytes, start) !== false) documents.push(rule);
    }
    for (const rule of anchored.token[anchor] ?? []) {
      if (rule.mayMatch?.(bytes, start) === false) continue;
      const whole = text?.() ?? '';
      const found = rule.match(whole, start);
      if (!found) continue;
      const value = whole.slice(found.start, found.end);
      findings.push({ rule: rule.id, reason: rule.reason, field: '', ...found, value });
    }
  };
  const hits = search.run(bytes, text ? onAnchor : undefined);
  for (const { value: index, form, start, end } of hits) {
    const { name = '', value = '' } = values[index] ?? {};
    findings.push({ rule: 'private-value', reason: privateReason, start, end, field: name, form, value });
  }
  return { findings, documents };
}

function documentFindings(
  rule: DocumentRule,
  text: string,
  documents: () => readonly YamlDocument[],
): TextFinding[] {
  return rule.find(text, documents).map((found) => ({
    rule: rule.id,
    reason: rule.reason,
    field: '',
    ...found,
    value: text.slice(found.start, found.end),
  }));
}

/** Decodes the base64 of readable Secrets, also nested base64, and searches the result. */
function insideSecrets(
  documents: readonly YamlDocument[],
  open: (bytes: Uint8Array) => TextFinding[],
): TextFinding[] {
  return readableValues(documents).flatMap(({ leaf, field, plain }) => {
    if (plain === leaf.value) return [];
    const findings: TextFinding[] = [];
    let inner = plain;
    for (let depth = 0; depth < deepestSecret; depth++) {
      for (const found of open(Buffer.from(inner, 'latin1'))) {
        const { form: _, ...rest } = found;
        const name = isPrivate(found) ? found.field : field;
        const form: { form?: FormKind } = isPrivate(found) ? { form: 'base64' } : {};
        findings.push({ ...rest, ...form, field: name, start: leaf.start, end: leaf.end });
      }
      if (!/^[A-Za-z0-9+/\s]{8,}={0,2}\s*$/.test(inner)) break;
      inner = Buffer.from(inner, 'base64').toString('latin1');
    }
    return findings;
  });
}
