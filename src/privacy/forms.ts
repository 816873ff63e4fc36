import { domainToASCII, domainToUnicode } from 'node:url';
import { addressForms, addressOf } from './addresses.ts';
import { unsearchable } from './commonValues.ts';

/**
 * The forms of a private value in a text.
 *
 * {@link formsOf} does not list most of `url-encoded` and `escaped`, which can be partial (`photos%2eexample.org`): the
 * matcher decodes the text instead.
 */
const formKinds = [
  'literal',
  'other-case',
  'subdomain',
  'url-encoded',
  'escaped',
  'base64',
  'base64url',
  'hex',
  'punycode',
  'unicode',
  'other-encoding',
  'reversed',
  'dashed',
  'systemd-path',
  'other-notation',
  'line',
] as const;

export type FormKind = (typeof formKinds)[number];

/**
 * What may be next to a form. `any`: anything, since the form is long enough; `word`: no letter or digit; `label`: nothing
 * that belongs to a label of a host name; `address`: nothing that would make it another address.
 */
type Edge = 'any' | 'word' | 'label' | 'address';

/** One form of a private value, as bytes to search for. */
export interface Form {
  kind: FormKind;
  bytes: Uint8Array;
  /** Whether ASCII letters must have the same case (base64); otherwise both cases match. */
  exactCase: boolean;
  edge: Edge;
}

/** From this length on, a value is found inside longer words too. */
const distinctive = 8;
/** The shortest base64 and hex that do not occur by chance in hundreds of megabytes. */
const shortestBase64 = 6;
const shortestHex = 12;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Whether a value is a host name: labels with dots, with letters in the last one, in any script. */
export function isHost(value: string): boolean {
  return (
    value.length <= 253 &&
    /^(?:[\p{L}\p{N}\p{M}_-]+\.)+(?:\p{L}[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])$/u.test(value)
  );
}

function edgeOf(text: string): Edge {
  if (addressOf(text)) return 'address';
  return [...text].length >= distinctive ? 'any' : 'word';
}

function textForm(kind: FormKind, text: string, edge: Edge = edgeOf(text)): Form {
  return { kind, bytes: utf8(text), exactCase: false, edge };
}

/** The search ignores ASCII case; other letters need a form for each case. */
function casesOf(text: string): string[] {
  const spellings = [text, text.normalize('NFC'), text.normalize('NFD')];
  const isAscii = /^[\0-\x7f]*$/.test(text);
  return isAscii ? [text] : spellings.flatMap((each) => [each, each.toLowerCase(), each.toUpperCase()]);
}

function latin1Forms(text: string): Form[] {
  if (!/[\x80-\xff]/.test(text) || !/^[\0-\xff]*$/.test(text)) return [];
  return [
    { kind: 'other-encoding', bytes: Buffer.from(text, 'latin1'), exactCase: false, edge: edgeOf(text) },
  ];
}

/**
 * The base64 characters that depend only on the value, when it starts at byte 0, 1 or 2 of a group. The first and last
 * characters, which share bits with neighbours, are dropped.
 */
function base64Core(bytes: Uint8Array, shift: number): string {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
  const start = Math.ceil((shift * 8) / 6);
  const end = Math.floor((padded.length * 8) / 6);
  return padded.toString('base64').slice(start, end);
}

function encodedForms(text: string): Form[] {
  const forms: Form[] = [];
  for (const spelling of new Set([text, text.toLowerCase(), text.toUpperCase()])) {
    const bytes = utf8(spelling);
    for (const shift of [0, 1, 2]) {
      const core = base64Core(bytes, shift);
      if (core.length < shortestBase64) continue;
      forms.push({ kind: 'base64', bytes: utf8(core), exactCase: true, edge: 'any' });
      const url = core.replaceAll('+', '-').replaceAll('/', '_');
      if (url !== core) forms.push({ kind: 'base64url', bytes: utf8(url), exactCase: true, edge: 'any' });
    }
    const hex = Buffer.from(bytes).toString('hex');
    if (hex.length >= shortestHex) {
      forms.push({ kind: 'hex', bytes: utf8(hex), exactCase: false, edge: 'any' });
    }
  }
  return forms;
}

/** `photos.example.org`: its IDN spellings, `org.example.photos`, `photos-example-org`. */
function hostForms(host: string): Form[] {
  const forms: Form[] = [];
  const ascii = domainToASCII(host);
  const unicode = domainToUnicode(host);
  if (ascii !== '' && ascii !== host.toLowerCase()) {
    forms.push(textForm('punycode', ascii), ...encodedForms(ascii));
  }
  if (unicode !== '' && unicode.toLowerCase() !== host.toLowerCase()) {
    for (const spelling of casesOf(unicode)) forms.push(textForm('unicode', spelling));
    forms.push(...encodedForms(unicode));
  }
  for (const spelling of new Set([host, ascii].filter((each) => each !== ''))) {
    const labels = spelling.split('.');
    for (const cased of casesOf(labels.toReversed().join('.'))) forms.push(textForm('reversed', cased));
    if (spelling.length <= distinctive) continue;
    // The usual name of a certificate's Secret: the domain with its dots replaced.
    for (const joint of ['-', '_']) forms.push(textForm('dashed', labels.join(joint), 'word'));
  }
  return forms;
}

/** `/mnt/tank/photos` in the name of a systemd unit, and in a JSON pointer. */
function pathForms(path: string): Form[] {
  const segments = path.split('/').filter((each) => each !== '');
  const forms: Form[] = [];
  if (segments.length >= 2) {
    const unit = segments.map((each) => each.replaceAll('-', '\\x2d')).join('-');
    if (unit.length >= distinctive) forms.push(textForm('systemd-path', unit, 'word'));
    forms.push(textForm('escaped', path.replaceAll('~', '~0').replaceAll('/', '~1')));
  }
  return forms;
}

function shapedForms(value: string): Form[] {
  const address = addressOf(value);
  if (address) return addressForms(address, value).map((text) => textForm('other-notation', text, 'address'));
  if (value.startsWith('/')) return pathForms(value);
  if (isHost(value)) return hostForms(value);
  const at = value.lastIndexOf('@');
  const domain = value.slice(at + 1);
  if (at > 0 && isHost(domain)) {
    const mailbox = value.slice(0, at + 1);
    const others = [domainToASCII(domain), domainToUnicode(domain)];
    return others
      .filter((each) => each !== '' && each.toLowerCase() !== domain.toLowerCase())
      .map((each) =>
        textForm(each.startsWith('xn--') || each.includes('.xn--') ? 'punycode' : 'unicode', mailbox + each),
      );
  }
  return [];
}

/** YAML indents a value of several lines: its distinctive lines are searched one by one. */
function lineForms(value: string): Form[] {
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 16 && !line.startsWith('-----'))
    .flatMap((line) => [textForm('line', line), ...encodedForms(line)]);
}

function withoutRepeats(forms: readonly Form[]): Form[] {
  const seen = new Map<string, Form>();
  for (const form of forms) {
    const text = Buffer.from(form.bytes).toString('latin1');
    const key = form.exactCase ? `=${text}` : `~${text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}`;
    if (form.bytes.length > 0 && !seen.has(key)) seen.set(key, form);
  }
  return [...seen.values()];
}

/**
 * Every form of a private value that can be listed: the value itself, base64 at three alignments in both alphabets, hex,
 * and what its shape adds (IDN spellings and reversed labels of a host, other notations of an address, the systemd unit
 * name of a path). ASCII case makes no difference.
 *
 * @param privateValue - the value; surrounding white space and a leading `*.` are ignored
 * @returns the forms, the value itself first; empty when the value is too short or too common to search for
 */
export function formsOf(privateValue: string): Form[] {
  const value = privateValue.trim().replace(/^\*\./, '');
  if (unsearchable(value) !== undefined) return [];
  const spellings = [value, value.normalize('NFC'), value.normalize('NFD')];
  const literal = casesOf(value).map((each) =>
    textForm(spellings.includes(each) ? 'literal' : 'other-case', each),
  );
  const plus = value.includes(' ') ? [textForm('url-encoded', value.replaceAll(' ', '+'))] : [];
  const quoted = value.includes("'") ? [textForm('escaped', value.replaceAll("'", "''"))] : [];
  const lines = /\n/.test(value) ? lineForms(value) : [];
  return withoutRepeats([
    ...literal,
    ...latin1Forms(value),
    ...plus,
    ...quoted,
    ...encodedForms(value),
    ...shapedForms(value),
    ...lines,
  ]);
}

/** A private value, and how it is searched for. */
export interface SearchedValue {
  value: string;
  /** Text around the value that tells it: a word such as `cloud` is searched for as `cloud.cloudflareaccess.com`. */
  whole?: string;
  /** Why the value itself is not searched for, beside the reasons of its form: the user published the word. */
  published?: string;
}

/** Why a value itself is not searched for, if so. */
function reasonFor({ value, published }: SearchedValue): string | undefined {
  return published ?? unsearchable(value.trim().replace(/^\*\./, ''));
}

/** The forms of a value; where the value is too common, those of the text that tells it. */
export function searchedForms(searched: SearchedValue): Form[] {
  if (reasonFor(searched) === undefined) return formsOf(searched.value);
  return searched.whole === undefined
    ? []
    : formsOf(searched.whole).map((form) => ({ ...form, edge: form.edge === 'any' ? 'label' : form.edge }));
}

/** Why some or all forms of a value are not searched. */
export interface NotSearched {
  forms: 'all' | readonly FormKind[];
  reason: string;
  /** The text around the value is searched for, which tells it: its whole host name. */
  whole?: true;
}

/** @returns undefined when every form of the value is searched */
export function notSearchedOf(searched: SearchedValue): NotSearched | undefined {
  const reason = reasonFor(searched);
  if (reason !== undefined && searched.whole !== undefined)
    return { forms: ['literal'], reason: `${reason}: only the whole host name is searched for`, whole: true };
  if (reason !== undefined) return { forms: 'all', reason };
  const kinds = new Set(formsOf(searched.value).map((form) => form.kind));
  const missing = (['base64', 'hex'] as const).filter((kind) => !kinds.has(kind));
  if (missing.length === 0) return undefined;
  return { forms: missing, reason: 'so short that these forms occur by chance' };
}
