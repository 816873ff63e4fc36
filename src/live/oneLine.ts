const acting = /[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu;

/**
 * What another program said, as one line of at most 400 characters without controls, for a message. No word is cut: half a private
 * value would not be found later, when they are taken out.
 */
export function oneLine(text: string): string {
  const read = text.length > 2_000 ? text.slice(0, 2_000).replace(/\S*$/, '…') : text;
  const line = read.replace(acting, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 400).replace(/\S*$/, '')}…` : line;
}
