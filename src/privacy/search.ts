import { type Automaton, buildAutomaton } from './automaton.ts';
import { decodedView, escapeFilter, wrappedRun } from './decode.ts';
import { type Form, type FormKind, isHost, type SearchedValue, searchedForms } from './forms.ts';

/** A private value and its name in reports. */
export interface NamedValue extends SearchedValue {
  name: string;
}

/** A range of bytes that holds a private value in some form. */
export interface Hit {
  /** Index into the list of values. */
  value: number;
  form: FormKind;
  start: number;
  /** Exclusive. */
  end: number;
}

export interface Search {
  /**
   * One pass over the bytes, and one more over each level of decoded escapes where there are any.
   *
   * @param onAnchor - called for each anchor, in any case, with the offset of its first byte
   */
  run(bytes: Uint8Array, onAnchor?: (anchor: number, start: number) => void): Hit[];
}

/** `%25252e` is the deepest nesting that is decoded. */
const deepestEscape = 3;
/** The bytes that make a decoded view worth building. */
const escapeStarts = ['%', '\\', '&', '[', '\n'];

/** The longest escape, a pair of `\\uXXXX`, and the reported length of a name before a private domain. */
const longestEscape = 12;
const subdomainReach = 64;

interface Target {
  form: Form;
  value: number;
  isHost: boolean;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte >= 0x80);
const isLabelByte = (byte: number | undefined): boolean =>
  isDigit(byte) || isLetter(byte) || byte === 0x2d || byte === 0x5f;
const isHexOrColon = (byte: number | undefined): boolean =>
  isDigit(byte) || byte === 0x3a || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

function isWholeAddress(bytes: Uint8Array, start: number, end: number): boolean {
  const before = bytes[start - 1];
  const after = bytes[end];
  if (bytes.subarray(start, end).includes(0x3a)) return !isHexOrColon(before) && !isHexOrColon(after);
  if (isDigit(before) || isDigit(after)) return false;
  if (before === 0x2e && isDigit(bytes[start - 2])) return false;
  return !(after === 0x2e && isDigit(bytes[end + 1]));
}

function hasValidEdges(form: Form, bytes: Uint8Array, start: number, end: number): boolean {
  if (form.edge === 'any') return true;
  if (form.edge === 'address') return isWholeAddress(bytes, start, end);
  const before = bytes[start - 1];
  const after = bytes[end];
  if (form.edge === 'label') return form.exactCase || (!isLabelByte(before) && !isLabelByte(after));
  return !isDigit(before) && !isLetter(before) && !isDigit(after) && !isLetter(after);
}

function equals(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

/** The start of the host name that ends in the private domain: `photos.` and `*.` belong to it. */
function startOfHost(bytes: Uint8Array, start: number): number {
  let first = start;
  while (bytes[first - 1] === 0x2e && (isLabelByte(bytes[first - 2]) || bytes[first - 2] === 0x2a)) {
    first -= 2;
    while (isLabelByte(bytes[first - 1])) first--;
  }
  return first;
}

function hitOf(target: Target, bytes: Uint8Array, start: number, end: number): Hit {
  const { form, value } = target;
  if (form.kind !== 'literal' && form.kind !== 'other-case') return { value, form: form.kind, start, end };
  const first = target.isHost ? startOfHost(bytes, start) : start;
  if (first < start) return { value, form: 'subdomain', start: first, end };
  return { value, form: equals(bytes, start, form.bytes) ? form.kind : 'other-case', start, end };
}

function targetsOf(values: readonly NamedValue[]): Target[] {
  return values.flatMap((searched, value) => {
    const host = isHost(searched.value.trim().replace(/^\*\./, ''));
    return searchedForms(searched).map((form) => ({ form, value, isHost: host }));
  });
}

function confirmHit(
  targets: readonly Target[],
  pattern: number,
  bytes: Uint8Array,
  end: number,
): Hit | undefined {
  const target = targets[pattern];
  if (!target) return undefined;
  const { form } = target;
  const start = end - form.bytes.length;
  if (form.exactCase && !equals(bytes, start, form.bytes)) return undefined;
  return hasValidEdges(form, bytes, start, end) ? hitOf(target, bytes, start, end) : undefined;
}

const percentEscape = /%[0-9a-f]{2}/i;

/** The form of a hit in a decoded text. A hit that is itself an encoding keeps its form. */
function formBehindEscape(hit: Hit, written: Uint8Array): FormKind {
  const isText = hit.form === 'literal' || hit.form === 'other-case' || hit.form === 'subdomain';
  if (!isText) return hit.form;
  return percentEscape.test(Buffer.from(written).toString('latin1')) ? 'url-encoded' : 'escaped';
}

/** A range of a text around escapes, exclusive at the end. */
interface ByteRange {
  start: number;
  end: number;
}

/** Extends the last range by an escape, or starts a new one. The escapes come in order. */
function addEscape(ranges: ByteRange[], at: number, reach: number): void {
  const last = ranges.at(-1);
  const start = Math.max(0, at - reach);
  if (last && start <= last.end) last.end = at + reach;
  else ranges.push({ start, end: at + reach });
}

/** The hits that contain an escape, with offsets in the undecoded bytes. */
function hitsInDecoded(automaton: Automaton, targets: readonly Target[], source: Uint8Array): Hit[] {
  const hits: Hit[] = [];
  let bytes = source;
  let startOf = (at: number): number => at;
  let endOf = (at: number): number => at;
  for (let level = 0; level < deepestEscape; level++) {
    const view = decodedView(bytes);
    if (!view) break;
    const outer = { startOf, endOf };
    startOf = (at) => outer.startOf(view.startOf(at));
    endOf = (at) => outer.endOf(view.endOf(at));
    bytes = view.bytes;
    automaton.run(bytes, (pattern, patternEnd) => {
      const hit = confirmHit(targets, pattern, bytes, patternEnd);
      if (!hit) return;
      const start = startOf(hit.start);
      const end = endOf(hit.end);
      if (end - start === hit.end - hit.start) return;
      hits.push({ ...hit, form: formBehindEscape(hit, source.subarray(start, end)), start, end });
    });
    if (!view.isNested) break;
  }
  return hits;
}

/** Drops hits inside another hit of the same value; of two names for one range the first stays. */
function withoutRepeats(hits: readonly Hit[]): Hit[] {
  const last = new Map<number, Hit>();
  return hits
    .toSorted((a, b) => a.start - b.start || b.end - a.end || a.value - b.value)
    .filter((hit) => {
      const before = last.get(hit.value);
      if (before && hit.end <= before.end) return false;
      last.set(hit.value, hit);
      return true;
    });
}

/** Compiles values and anchors into one automaton. Values that cannot be searched for are left out. */
export function compileSearch(values: readonly NamedValue[], anchors: readonly string[] = []): Search {
  const targets = targetsOf(values);
  const starts = targets.length === 0 ? [] : escapeStarts;
  const texts = [...starts, ...anchors].map((text) => ({ bytes: new TextEncoder().encode(text) }));
  const anchorLengths = texts.slice(starts.length).map(({ bytes }) => bytes.length);
  const forms = targets.map((target) => target.form);
  const all = buildAutomaton([...forms, ...texts]);
  const firstAnchor = targets.length + starts.length;
  const newline = starts.length === 0 ? -1 : targets.length + starts.indexOf('\n');
  const isOfInterest = escapeFilter(forms.map(({ bytes }) => bytes));
  const reach = longestEscape + subdomainReach + Math.max(0, ...forms.map(({ bytes }) => bytes.length));
  return {
    run(bytes, onAnchor) {
      const hits: Hit[] = [];
      const ranges: ByteRange[] = [];
      let lineEnd = -1;
      all.run(bytes, (pattern, end) => {
        if (pattern === newline) {
          // Almost every line is too short to be wrapped base64.
          const isLong = end - 1 - lineEnd > wrappedRun;
          lineEnd = end - 1;
          if (isLong && isOfInterest(bytes, end - 1)) addEscape(ranges, end - 1, reach);
        } else if (pattern >= firstAnchor) {
          const anchor = pattern - firstAnchor;
          onAnchor?.(anchor, end - (anchorLengths[anchor] ?? 0));
        } else if (pattern >= targets.length) {
          if (isOfInterest(bytes, end - 1)) addEscape(ranges, end - 1, reach);
        } else {
          const hit = confirmHit(targets, pattern, bytes, end);
          if (hit) hits.push(hit);
        }
      });
      for (const { start, end } of ranges) {
        for (const hit of hitsInDecoded(all, targets, bytes.subarray(start, end))) {
          hits.push({ ...hit, start: hit.start + start, end: hit.end + start });
        }
      }
      return hits.length === 0 ? hits : withoutRepeats(hits);
    },
  };
}
