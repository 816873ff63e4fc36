import { compileGoPattern, type GoPattern } from '../../kubernetes/goPattern.ts';
import type { DocumentRule, Leaf, RuleId, RuleMatch, YamlDocument } from './rule.ts';

const value =
  /^ENC\[AES256_GCM,data:[A-Za-z0-9+/]*={0,2},iv:[A-Za-z0-9+/]+={0,2},tag:[A-Za-z0-9+/]+={0,2},type:(?:str|int|float|bool|bytes|time|comment)\]$/;
const conflict = /^(?:<{7}(?: |$)|={7}\r?$|>{7}(?: |$))/m;

/** Searches the plain text first: this is much faster than the pattern, and almost no file has it. */
const hasConflict = (text: string): boolean => text.includes('<<<<<<<') && conflict.test(text);

const isMetadata = ({ path }: Leaf): boolean => path[0] === 'sops';

const matchAnything = (matches: GoPattern) => (path: readonly string[]) => path.some(matches);

/**
 * The paths that the rule of a file encrypts (sops 3.13, `Tree.Encrypt`): a rule matches any key of the path. Without a
 * rule every value is encrypted, except below a key that ends in `_unencrypted`.
 */
function encryptionRule(document: YamlDocument): ((path: readonly string[]) => boolean) | undefined {
  const setting = (name: string): string | undefined =>
    document.leaves.find(({ path }) => path.length === 2 && path[0] === 'sops' && path[1] === name)?.value;
  const suffix = (end: string) => (path: readonly string[]) => path.some((name) => name.endsWith(end));
  const not = (test: (path: readonly string[]) => boolean) => (path: readonly string[]) => !test(path);
  const encrypted = setting('encrypted_regex');
  const unencrypted = setting('unencrypted_regex');
  const encryptedSuffix = setting('encrypted_suffix');
  if (encrypted !== undefined || unencrypted !== undefined) {
    const pattern = compileGoPattern(encrypted ?? unencrypted ?? '');
    if (!pattern) return undefined;
    return encrypted !== undefined ? matchAnything(pattern) : not(matchAnything(pattern));
  }
  if (encryptedSuffix) return suffix(encryptedSuffix);
  // Rules on comments need the comments, which are not leaves.
  if (setting('encrypted_comment_regex') || setting('unencrypted_comment_regex')) return undefined;
  return not(suffix(setting('unencrypted_suffix') || '_unencrypted'));
}

const isSopsDocument = (document: YamlDocument): boolean =>
  document.leaves.some(
    (leaf) => isMetadata(leaf) && /^(?:mac|lastmodified|version)$/.test(leaf.path[1] ?? ''),
  );

const hasEncryptedValue = (document: YamlDocument): boolean =>
  document.leaves.some((leaf) => !isMetadata(leaf) && leaf.value.startsWith('ENC[AES256_GCM'));

const fieldOf = (leaf: Leaf): string => leaf.path.join('.');

const foundAt = (leaf: Leaf): RuleMatch => ({ start: leaf.start, end: leaf.end, field: fieldOf(leaf) });

/** Rules ignore list indexes. */
const keysOf = (path: readonly string[]): string[] => path.filter((name) => !/^\d+$/.test(name));

/** Readable values that the rule of the file encrypts: somebody edited the file by hand. */
function plainValues(document: YamlDocument): Leaf[] {
  const isToBeEncrypted = encryptionRule(document);
  if (!isToBeEncrypted) return [];
  return document.leaves.filter(
    (leaf) =>
      !isMetadata(leaf) &&
      leaf.value !== '' &&
      leaf.value !== 'null' &&
      leaf.value !== '~' &&
      !leaf.value.startsWith('ENC[') &&
      isToBeEncrypted(keysOf(leaf.path)),
  );
}

function hasRecipient(document: YamlDocument): boolean {
  return document.leaves.some(
    ({ path, value: text }) =>
      path[0] === 'sops' &&
      /^(?:enc|encrypted_key|ciphertext|vault_address)$/.test(path.at(-1) ?? '') &&
      text !== '',
  );
}

function documentRule(
  id: RuleId,
  reason: string,
  find: (document: YamlDocument) => RuleMatch[],
): DocumentRule {
  return {
    id,
    reason,
    anchors: ['ENC[AES256_GCM', 'sops:', '"sops"'],
    find: (text, documents) => (hasConflict(text) ? [] : documents().flatMap(find)),
  };
}

/** The errors of a SOPS file that are visible without a key. */
export const sopsRules: readonly DocumentRule[] = [
  {
    id: 'sops-conflict',
    reason: 'a merge conflict inside an encrypted file, which nobody can decrypt',
    anchors: ['ENC[AES256_GCM'],
    find(text) {
      const match = hasConflict(text) ? conflict.exec(text) : null;
      return match && /^\s*"?sops"?:/m.test(text)
        ? [{ start: match.index, end: match.index + match[0].length }]
        : [];
    },
  },
  documentRule(
    'sops-no-mac',
    'an encrypted file without a MAC: nobody notices when it is changed',
    (document) => {
      if (!hasEncryptedValue(document)) return [];
      const mac = document.leaves.find(
        ({ path }) => path.length === 2 && path[0] === 'sops' && path[1] === 'mac',
      );
      if (mac && value.test(mac.value)) return [];
      const first = mac ?? document.leaves.find((leaf) => !isMetadata(leaf) && leaf.value.startsWith('ENC['));
      return first ? [{ start: first.start, end: first.end, field: 'sops.mac' }] : [];
    },
  ),
  documentRule(
    'sops-no-recipient',
    'an encrypted file without the key for any recipient: nobody can decrypt it',
    (document) => {
      const metadata = document.leaves.find(isMetadata);
      if (!metadata || !hasEncryptedValue(document) || !isSopsDocument(document) || hasRecipient(document))
        return [];
      return [{ start: metadata.start, end: metadata.end, field: 'sops' }];
    },
  ),
  documentRule('sops-plain-value', "a readable value that the file's own rule encrypts", (document) =>
    isSopsDocument(document) ? plainValues(document).map(foundAt) : [],
  ),
  documentRule('sops-damaged-value', 'an encrypted value that is cut off or changed', (document) =>
    document.leaves
      .filter((leaf) => leaf.value.startsWith('ENC[') && !value.test(leaf.value) && isSopsDocument(document))
      .map(foundAt),
  ),
];
