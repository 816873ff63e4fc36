/** The ways in which SOPS names what it encrypts. A document follows one of them, never two. */
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
  /** A suffix, or a regular expression in the syntax of Go. */
  pattern: string;
  /** Whether the MAC covers encrypted values only, so that labels may be changed without the key. */
  macOnlyEncrypted: boolean;
}

/** For Secrets of Kubernetes: their values, and nothing that Flux or a person has to read. */
export const kubernetesSecretRule: EncryptionRule = {
  kind: 'encrypted_regex',
  pattern: '^(data|stringData)$',
  macOnlyEncrypted: true,
};

/** For the private overlay: every value and every comment. It is what SOPS does when no rule is named. */
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

/** Where a leaf stands, as far as a rule looks at it. */
export interface Place {
  /** The keys of the path; the indexes of lists are not among them. */
  keys: readonly string[];
  /** For each level of the path, the comment lines that stand directly before the leaf or what holds it. */
  comments: readonly (readonly string[])[];
  /** Whether the leaf is itself a comment, the last of its level. */
  isComment: boolean;
}

/**
 * Compiles a rule to a question: is this leaf encrypted? (`shouldBeEncrypted` in `sops.go`, 3.13.)
 *
 * @returns undefined when the regular expression is none that both Go and this program can run
 */
export function matcherOf(rule: EncryptionRule): ((place: Place) => boolean) | undefined {
  const test = rule.kind.endsWith('suffix')
    ? (text: string) => text.endsWith(rule.pattern)
    : tester(rule.pattern);
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
      // The line that turns encryption on stays readable, or nobody could tell what turned it on.
      return ({ comments, isComment }) =>
        comments.some((lines, level) =>
          (isComment && level === comments.length - 1 ? lines.slice(0, -1) : lines).some(test),
        );
  }
}

// Go knows flags at the start, (?i), and named groups with a P; JavaScript of Node 20 knows neither.
function tester(pattern: string): ((text: string) => boolean) | undefined {
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  try {
    const expression = new RegExp(rest.replaceAll('(?P<', '(?<'), `${flags}u`);
    return (text) => expression.test(text);
  } catch {
    return undefined;
  }
}
