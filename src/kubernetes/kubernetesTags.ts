import type { ScalarTag, Tags } from 'yaml';

/**
 * Resolves scalars as Kubernetes does where it differs from YAML 1.1: the YAML reader of Go has no timestamps and no
 * base 60, reads 0o14 as a number and 09 as a decimal, and decodes !!binary to text. Verified with kubectl 1.32; the
 * rules are those of `resolve.go` in goyaml.v2 of sigs.k8s.io/yaml.
 */
export function kubernetesTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => typeof tag === 'string' || !replaced.has(tag.tag));
  return [...kept, integer, float, binary];
}

/**
 * Resolves scalars as kustomize 5.8 does: `y`, `yes`, `on` and the like are text, and a date has a time. The rest is as in
 * {@link kubernetesTags}. Asked of kustomize 5.8.1.
 */
export function kustomizeTags(tags: Tags): Tags {
  const kept = kubernetesTags(tags).filter(
    (tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:bool',
  );
  return [truth, date, ...kept];
}

const truthOrUntruth = /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/;
const dateOnly = /^\d{4}-\d{2}-\d{2}$/;
const withTime = (text: string): string => `${text}T00:00:00Z`;

const truth: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: truthOrUntruth,
  resolve: (text) => /^t/i.test(text),
};

const date: ScalarTag = {
  tag: 'tag:yaml.org,2002:timestamp',
  default: true,
  test: dateOnly,
  resolve: withTime,
};

/** Finds scalars that {@link kustomizeTags} may resolve otherwise, and some that it does not. */
export const kustomizeDiffers =
  /(?:^|[\s[{,:"'-])(?:y|n|yes|no|on|off|\d{4}-\d{2}-\d{2})[ \t]*(?:$|[,\]}:]|[ \t]#)/im;

const replaced = new Set(['int', 'float', 'binary', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`));

const nulls: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
const truths = /^(?:[Yy]|[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/;
const untruths = /^(?:[Nn]|[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/;

/** The value of a plain scalar. */
export type ReadPlain = (text: string) => null | boolean | number | string;

/** Resolves a plain scalar as Kubernetes does, like {@link kubernetesTags}. */
export const readPlain: ReadPlain = (text) => {
  if (nulls.has(text)) return null;
  if (truths.test(text)) return true;
  if (untruths.test(text)) return false;
  return mayBeNumber.test(text) ? (readNumber(text) ?? text) : text;
};

/** Resolves a plain scalar as kustomize does, like {@link kustomizeTags}. */
export const readPlainForKustomize: ReadPlain = (text) => {
  const value = readPlain(text);
  if (typeof value === 'boolean') return truthOrUntruth.test(text) ? value : text;
  return dateOnly.test(text) ? withTime(text) : value;
};

const mayBeNumber =
  /^(?:[-+][0-9._]|\.?[0-9.])[0-9A-Za-z_.+-]*$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;

/** Matches every scalar that may be a number. Text that is not a number stays text. */
const integer: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: mayBeNumber,
  resolve: (text) => readNumber(text) ?? text,
};

const float: ScalarTag = { ...integer, tag: 'tag:yaml.org,2002:float', default: false };

const binary: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

const prefixed = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/;
const octal = /^([-+]?)0([0-7]+)$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The number that Go reads from a plain scalar, or undefined for text. */
function readNumber(text: string): number | undefined {
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  // Go ignores underscores, except in scalars that start with a dot.
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  const based = prefixed.exec(digits);
  if (based !== null) return signed(based[1], Number(based[2]));
  const eights = octal.exec(digits);
  if (eights !== null) return signed(eights[1], Number.parseInt(eights[2] ?? '', 8));
  const number = decimal.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(number) ? number + 0 : undefined;
}

function signed(sign: string | undefined, size: number): number {
  return sign === '-' ? 0 - size : size;
}
