import { compileGoPattern } from '../../kubernetes/goPattern.ts';

/** The kinds of encryption rules in SOPS. A document has at most one. */
export const ruleKinds = [
  'encrypted_regex',
  'encrypted_suffix',
  'encrypted_comment_regex',
  'unencrypted_regex',
  'unencrypted_suffix',
  'unencrypted_comment_regex',
] as const;

export interface EncryptionRule {
  kind: (typeof ruleKinds)[number];
  /** A suffix, or a Go regular expression. */
  pattern: string;
  /** Whether the MAC covers only encrypted values, so that labels can change without the key. */
  macOnlyEncrypted: boolean;
}

/** For Kubernetes Secrets: encrypts their values, and nothing that Flux or an operator has to read. */
export const kubernetesSecretRule: EncryptionRule = {
  kind: 'encrypted_regex',
  pattern: '^(data|stringData)$',
  macOnlyEncrypted: true,
};

/** For the private values file: encrypts every value and comment. This is the default rule of SOPS. */
export const wholeDocumentRule: EncryptionRule = {
  kind: 'unencrypted_suffix',
  pattern: '_unencrypted',
  macOnlyEncrypted: false,
};

export function sameRule(one: EncryptionRule, other: EncryptionRule): boolean {
  return (
    one.kind === other.kind &&
    one.pattern === other.pattern &&
    one.macOnlyEncrypted === other.macOnlyEncrypted
  );
}

/** The position of a leaf, as far as rules depend on it. */
export interface Place {
  /** The keys of the path, without list indexes. */
  keys: readonly string[];
  /** For each level of the path, the comment lines directly before the leaf or the collection that holds it. */
  comments: readonly (readonly string[])[];
  /** Whether the leaf is a comment, the last of its level. */
  isComment: boolean;
}

/**
 * Compiles a rule to a predicate: is this leaf encrypted? (`shouldBeEncrypted` in `sops.go`, 3.13.)
 *
 * @returns undefined when JavaScript cannot run the regular expression
 */
export function matcherOf(rule: EncryptionRule): ((place: Place) => boolean) | undefined {
  const test = rule.kind.endsWith('suffix')
    ? (text: string) => text.endsWith(rule.pattern)
    : compileGoPattern(rule.pattern);
  if (!test) return undefined;
  switch (rule.kind) {
    case 'encrypted_regex':
    case 'encrypted_suffix':
      return ({ keys }) => keys.some(test);
    case 'unencrypted_regex':
    case 'unencrypted_suffix':
      return ({ keys }) => !keys.some(test);
    case 'unencrypted_comment_regex':
      return ({ comments }) => !comments.some((lines) => lines.some(test));
    case 'encrypted_comment_regex':
      // The line that turns encryption on stays readable, or nobody could see what turned it on.
      return ({ comments, isComment }) =>
        comments.some((lines, level) =>
          (isComment && level === comments.length - 1 ? lines.slice(0, -1) : lines).some(test),
        );
  }
}
