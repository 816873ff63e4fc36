/**
 * The message for an unexpected error. It contains neither the stack nor the message of the error, because these can
 * contain private values.
 */
export function unforeseen(error: unknown): string {
  const kind = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return [
    `Unexpected error: ${kind}${code}`,
    '  to do     this is a bug in Gatehouse: please report it with the command, without private values',
  ].join('\n');
}
