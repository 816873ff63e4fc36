import { type Fields, fieldsAt, isFields, textAt } from '../../kubernetes/fields.ts';
import { compileGoPattern } from '../../kubernetes/goPattern.ts';

/** A value as SOPS writes it (getsops/sops v3, `aes/cipher.go`). */
const ciphertext = /^ENC\[AES256_GCM,data:[^,]*,iv:[^,]+,tag:[^,]+,type:\w+\]$/;

export function isCiphertext(value: unknown): boolean {
  return typeof value === 'string' && ciphertext.test(value);
}

/** Whether an object has the metadata of SOPS, by the field that kustomize-controller looks for: the MAC. */
export function isSopsMetadata(sops: unknown): sops is Fields {
  return isFields(sops) && textAt(sops, 'mac')?.startsWith('ENC[') === true;
}

/**
 * Whether SOPS encrypts the value at a path (getsops/sops v3, `sops.go`, `shouldBeEncrypted`). Without a rule that is
 * everything but keys that end with `_unencrypted`.
 *
 * @returns undefined where comments decide, which no parser keeps, or a pattern is none of Go
 */
export function isEncryptedAt(path: readonly string[], sops: Fields): boolean | undefined {
  const matching = (field: string): boolean | undefined => {
    const matches = compileGoPattern(textAt(sops, field) ?? '');
    return matches === undefined ? undefined : path.some(matches);
  };
  const ending = (suffix: string): boolean => path.some((key) => key.endsWith(suffix));
  if (textAt(sops, 'encrypted_comment_regex') || textAt(sops, 'unencrypted_comment_regex')) return undefined;
  if (textAt(sops, 'encrypted_regex')) return matching('encrypted_regex');
  if (textAt(sops, 'unencrypted_regex')) {
    const matches = matching('unencrypted_regex');
    return matches === undefined ? undefined : !matches;
  }
  const encrypted = textAt(sops, 'encrypted_suffix');
  if (encrypted) return ending(encrypted);
  return !ending(textAt(sops, 'unencrypted_suffix') || '_unencrypted');
}

/** Whether a text is a file that SOPS encrypted as a whole, of the formats that kustomize-controller decrypts in Secrets. */
export function isSopsFile(text: string): boolean {
  if (text.trimStart().startsWith('{')) return isSopsJson(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line));
  if (!lines.some((line) => /^(?:sops_mac=| *mac\s*[:=]\s*)"?ENC\[/.test(line))) return false;
  const end = lines.findIndex((line) => /^(?:\[sops\]|sops:)\s*$/.test(line));
  const values = (end < 0 ? lines : lines.slice(0, end)).filter((line) => !/^sops_|^\[[^\]]*\]$/.test(line));
  return values.every(
    (line) => isCiphertext(/[:=]\s*(ENC\[.*\])$/.exec(line)?.[1]) || /^[\s-]*[\w.-]+:$/.test(line),
  );
}

function isSopsJson(text: string): boolean {
  try {
    const { sops, ...rest }: Fields = fieldsAt({ file: JSON.parse(text) }, 'file');
    return isSopsMetadata(sops) && leavesOf(rest).every(isCiphertext);
  } catch {
    return false;
  }
}

function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isFields(value) ? Object.values(value).flatMap(leavesOf) : [value];
}
