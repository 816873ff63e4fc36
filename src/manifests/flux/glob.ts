type Term = 'star' | ((character: string) => boolean);

/**
 * Whether a pattern matches a whole text, as `path.Match` of fluxcd/pkg/envsubst 1.7: `*`, `?`, `[a-z]`, `[^a-z]` and a
 * backslash, where a star matches slashes too. The time is bounded by the product of both lengths.
 *
 * @returns undefined for a malformed pattern
 */
export function matchesGlob(pattern: string, text: string): boolean | undefined {
  const terms = readTerms(pattern);
  return terms === undefined ? undefined : matchesTerms(terms, text);
}

function matchesTerms(terms: readonly Term[], text: string): boolean {
  let term = 0;
  let at = 0;
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const next = terms[term];
    if (next === 'star') {
      star = term++;
      taken = at;
    } else if (next?.(text[at] ?? '') === true) {
      term++;
      at++;
    } else if (star < 0) return false;
    else {
      term = star + 1;
      at = ++taken;
    }
  }
  return terms.slice(term).every((each) => each === 'star');
}

function readTerms(pattern: string): readonly Term[] | undefined {
  const terms: Term[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at] ?? '';
    if (character === '*') terms.push('star');
    else if (character === '?') terms.push(() => true);
    else if (character === '[') {
      const found = readClass(pattern, at + 1);
      if (found === undefined) return undefined;
      terms.push(found.term);
      at = found.end - 1;
    } else {
      if (character === '\\') at++;
      const literal = pattern[at];
      if (literal === undefined) return undefined;
      terms.push((other) => other === literal);
    }
    at++;
  }
  return terms;
}

/** Reads a class from after its bracket: ranges, of which there must be one. */
function readClass(pattern: string, start: number): { term: Term; end: number } | undefined {
  const isNegated = pattern[start] === '^';
  const ranges: (readonly [string, string])[] = [];
  let at = isNegated ? start + 1 : start;
  while (pattern[at] !== ']' || ranges.length === 0) {
    const low = readCharacter(pattern, at);
    const high = low !== undefined && pattern[low.end] === '-' ? readCharacter(pattern, low.end + 1) : low;
    if (low === undefined || high === undefined) return undefined;
    ranges.push([low.character, high.character]);
    at = high.end;
  }
  const term = (other: string): boolean =>
    ranges.some(([low, high]) => low <= other && other <= high) !== isNegated;
  return { term, end: at + 1 };
}

function readCharacter(pattern: string, start: number): { character: string; end: number } | undefined {
  if (pattern[start] === '-' || pattern[start] === ']') return undefined;
  const at = pattern[start] === '\\' ? start + 1 : start;
  const character = pattern[at];
  return character === undefined || at + 1 >= pattern.length ? undefined : { character, end: at + 1 };
}
