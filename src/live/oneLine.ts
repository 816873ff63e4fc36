const acting = /[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu;

/** What another program said, as one line of at most 400 characters without controls, for a message. */
export function oneLine(text: string): string {
  const line = text.slice(0, 2_000).replace(acting, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 399)}…` : line;
}
