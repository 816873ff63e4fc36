import { isPlaceholder } from './placeholder.ts';
import { isPublicExample } from './publicExamples.ts';
import type { RuleId, RuleMatch, TokenRule } from './rule.ts';

const isWord = (character: string | undefined): boolean => character !== undefined && /\w/.test(character);

/** The shape of a token. The pattern is sticky; the secret is its first group or the whole match. */
export interface Shape {
  pattern: RegExp;
  /** The maximum distance from the start of the token to the anchor. */
  before?: number;
  /** A check of the secret that a pattern cannot express. */
  holds?: (secret: string) => boolean;
}

/** Whether a pattern has a group that captures. */
const hasGroup = /(?<!\\)\((?!\?)/;

/** Matches a shape at an anchor. A token without a key before it must not be the end of a longer word. */
function matchShape(
  { pattern, before = 0, holds }: Shape,
  isWhole: boolean,
  text: string,
  at: number,
): RuleMatch | undefined {
  for (let start = at; start >= Math.max(0, at - before); start--) {
    if (isWhole && isWord(text[start - 1])) continue;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (!match) continue;
    const secret = match[1] ?? match[0];
    if (isPlaceholder(secret) || isPublicExample(secret) || (holds && !holds(secret))) return undefined;
    const from = start + (match[1] === undefined ? 0 : match[0].lastIndexOf(secret));
    return { start: from, end: from + secret.length };
  }
  return undefined;
}

/** A rule with shapes that are tried in order. */
export function shapeRule(
  id: RuleId,
  reason: string,
  anchors: readonly string[],
  ...shapes: readonly Shape[]
): TokenRule {
  const prepared = shapes.map((shape) => ({ shape, isWhole: !hasGroup.test(shape.pattern.source) }));
  return {
    id,
    reason,
    anchors,
    match(text, at) {
      for (const { shape, isWhole } of prepared) {
        const found = matchShape(shape, isWhole, text, at);
        if (found) return found;
      }
      return undefined;
    },
  };
}
