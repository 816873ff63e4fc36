import type { LocatedFinding, Locator } from './locator.ts';
import type { CheckMac } from './options.ts';
import type { ReportBuilder } from './report.ts';

const macLine = /^[ \t]*"?mac"?:/m;
const isSopsName = /\.(?:ya?ml|json)$/i;

/** A prefilter for files with SOPS metadata. */
function isEncryptedFile(path: string, bytes: Uint8Array): boolean {
  if (!isSopsName.test(path)) return false;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes('ENC[AES256_GCM') && buffer.includes('sops') && buffer.includes('mac');
}

/**
 * Verifies the MAC of a SOPS file, unless the file has other findings already.
 *
 * @param path - masked
 */
export async function checkMacOf(
  check: CheckMac | undefined,
  file: { path: string; masked: string; bytes: Uint8Array; found: readonly LocatedFinding[] },
  locator: Locator,
  report: ReportBuilder,
): Promise<void> {
  const { path, masked, bytes, found } = file;
  if (!check || found.some(({ rule }) => rule.startsWith('sops-')) || !isEncryptedFile(path, bytes)) return;
  const text = new TextDecoder().decode(bytes);
  const answer = await check(text, path);
  if (answer === 'no-key') report.macUnchecked(masked);
  if (answer !== 'invalid') return;
  const before = text.slice(0, macLine.exec(text)?.index ?? 0);
  report.add({ kind: 'file', path: masked }, locator.macMismatch(path, before.split('\n').length));
}
