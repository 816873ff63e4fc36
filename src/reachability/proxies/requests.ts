import { isTemplate } from '../../kubernetes/fields.ts';
import { compileGoPattern } from '../../kubernetes/goPattern.ts';

/** One hostname, or with `wildcard` every hostname that ends in the text. */
export interface HostPattern {
  text: string;
  wildcard: boolean;
}

/** Which requests a route takes, as its program compares them. */
export interface RequestSet {
  /** What the hostname of a request is compared with; undefined if every hostname matches. Empty if none ever does. */
  hosts: readonly HostPattern[] | undefined;
  /** Whether it depends on the version of the program if `hosts` match. */
  certain: boolean;
  /** The hostnames that the configuration means: in lower case, in ASCII. Undefined for every hostname. */
  intended: HostPattern | undefined;
  /** A regular expression of Go that the path must match anywhere; undefined if every path matches. */
  path: string | undefined;
}

/** Every request. */
export const everyRequest: RequestSet = {
  hosts: undefined,
  certain: true,
  intended: undefined,
  path: undefined,
};

/** How much of one set of hostnames or paths is in another. `maybe`: a variable or the version decides. */
export type Share = 'all' | 'some' | 'none' | 'maybe';

/** How many of the hostnames that a pattern means a set of requests takes. */
export function hostShare({ hosts, certain }: RequestSet, intended: HostPattern | undefined): Share {
  if (hosts === undefined) return 'all';
  const shares = hosts.map((pattern) => patternShare(pattern, intended));
  const share = (['all', 'maybe', 'some'] as const).find((each) => shares.includes(each)) ?? 'none';
  return certain || share !== 'all' ? share : 'maybe';
}

function patternShare(pattern: HostPattern, of: HostPattern | undefined): Share {
  if (of === undefined) return 'some';
  if (pattern.text === of.text && pattern.wildcard === of.wildcard) return 'all';
  if (pattern.wildcard && of.text.endsWith(pattern.text)) return 'all';
  if (of.wildcard && pattern.text.endsWith(of.text)) return 'some';
  return withoutCommonEnd(pattern.text, of.text).some(isTemplate) ? 'maybe' : 'none';
}

/** What differs decides: `a.${DOMAIN}` and `b.${DOMAIN}` are never the same, whatever the domain is. */
function withoutCommonEnd(one: string, other: string): readonly [string, string] {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one.at(-1 - length) === other.at(-1 - length))
    length++;
  return [one.slice(0, one.length - length), other.slice(0, other.length - length)];
}

const everyPath = new Set([
  '',
  '/',
  '^',
  '^/',
  '.*',
  '/.*',
  '^/.*',
  '^.*',
  '^/.*$',
  '.*$',
  '^.*$',
  '/?',
  '^/?',
]);

/** Whether a regular expression for paths matches every path. A path begins with a slash. */
export function matchesEveryPath(path: string | undefined): boolean {
  return path === undefined || everyPath.has(path);
}

/**
 * How many of the paths of one expression another one matches. Inclusion of languages is not decided in general: it is
 * decided for an expression that begins with literal text, of which the other one finds a match.
 */
export function pathShare(path: string | undefined, of: string | undefined): Share {
  if (matchesEveryPath(path) || path === of) return 'all';
  if (path === undefined || of === undefined || matchesEveryPath(of)) return 'some';
  if (isTemplate(path) || isTemplate(of)) return 'maybe';
  const other = literalOf(of);
  if (other === undefined) return 'maybe';
  // A match inside of the literal stays one, whatever follows, unless the end of the text or of a word is asked for.
  const holds = !/\$|\\[bBz]/.test(path) && (other.anchored || !path.includes('^'));
  if (holds && compileGoPattern(path)?.(other.text) === true) return 'all';
  const own = literalOf(path);
  const apart =
    own?.anchored === true &&
    other.anchored &&
    !own.text.startsWith(other.text) &&
    !other.text.startsWith(own.text);
  return apart ? 'none' : 'maybe';
}

/** The literal text that every match of an expression begins with. */
function literalOf(path: string): { text: string; anchored: boolean } | undefined {
  if (path.includes('|')) return undefined;
  const anchored = path.startsWith('^');
  const [text = ''] = /^(?:[\w/~%@,;:=&!'-]|\\[./-])*/.exec(anchored ? path.slice(1) : path) ?? [];
  const end = path.slice(text.length + (anchored ? 1 : 0));
  const kept = /^[*?{+]/.test(end) ? text.slice(0, -1) : text;
  return kept.endsWith('\\') ? undefined : { text: kept.replaceAll('\\', ''), anchored };
}
