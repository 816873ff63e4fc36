/** Every rule, by priority: if two match one place, the first one reports it. */
export const ruleIds = [
  'private-value',
  'sops-conflict',
  'sops-no-mac',
  'sops-no-recipient',
  'sops-plain-value',
  'sops-damaged-value',
  'sops-wrong-mac',
  'age-secret-key',
  'tunnel-credentials',
  'tunnel-token',
  'kubeconfig',
  'talos-secret',
  'private-key',
  'wireguard-key',
  'cloudflare-token',
  'github-token',
  'gitlab-token',
  'aws-access-key',
  'slack-token',
  'discord-webhook',
  'telegram-token',
  'google-key',
  'stripe-key',
  'registry-token',
  'service-token',
  'jwt',
  'storage-password',
  'url-password',
  'plain-secret',
  'assigned-secret',
] as const;

export type RuleId = (typeof ruleIds)[number];

/** A match of a rule: a range of its text, exclusive at the end. */
export interface RuleMatch {
  start: number;
  end: number;
  /** The key of the value, if any. Keys are readable in Git anyway. */
  field?: string;
}

/**
 * A rule for a secret with a unique shape. It runs at each place of an anchor, so that a text without anchors costs
 * nothing.
 */
export interface TokenRule {
  id: RuleId;
  /** The reason for users, a sentence without a full stop. */
  reason: string;
  /** Strings of which one must be there, in any case. */
  anchors: readonly string[];
  mayMatch?: Prefilter;
  /**
   * Pure.
   *
   * @param text - the whole text, one character per byte (latin1)
   * @param at - the offset of the anchor
   */
  match(text: string, at: number): RuleMatch | undefined;
}

/**
 * A prefilter on the bytes around a frequent anchor, so that most texts need not become strings. It returns true
 * wherever the rule could match.
 *
 * @param at - the offset of the anchor
 */
export type Prefilter = (bytes: Uint8Array, at: number) => boolean;

/** A rule that needs the whole document. It runs once for a text with an anchor. */
export interface DocumentRule {
  id: RuleId;
  reason: string;
  anchors: readonly string[];
  mayMatch?: Prefilter;
  /**
   * Pure.
   *
   * @param text - the whole text, one character per byte (latin1)
   */
  find(text: string, documents: () => readonly YamlDocument[]): RuleMatch[];
}

/** One scalar of a YAML or JSON document, with the range of its source. */
export interface Leaf {
  /** Keys and list indexes from the root. */
  path: readonly string[];
  /** The value as a YAML reader sees it. */
  value: string;
  /** False for `null`, numbers and so on. */
  isString: boolean;
  start: number;
  end: number;
}

export interface YamlDocument {
  leaves: readonly Leaf[];
}
