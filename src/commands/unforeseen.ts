/**
 * What is said of an error that no code of ours expected. Neither its stack nor its message is shown: a message can
 * quote whatever was being read.
 */
export function unforeseen(error: unknown): string {
  const kind = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return [
    `Gatehouse did not foresee this: ${kind}${code}`,
    '  to do     this is a mistake of Gatehouse: please report it, with the command and without private values',
  ].join('\n');
}
