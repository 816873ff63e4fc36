/** Every rule, in the order in which they are asked; where two match one place, the first one speaks. */
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
] as const;

export type RuleId = (typeof ruleIds)[number];

/** What a rule found: a range of the text that it was given, exclusive at the end. */
export interface RuleMatch {
  start: number;
  end: number;
  /** The key under which the value stands, where there is one. Keys are readable in Git anyway. */
  field?: string;
}

/**
 * A secret with a shape of its own. It is asked at each place where one of its anchors stands, so that a text
 * without anchors costs nothing.
 */
export interface TokenRule {
  id: RuleId;
  /** Why this is a finding, for a person, as a sentence without a full stop. */
  reason: string;
  /** Strings of which one must stand there, in either case. */
  anchors: readonly string[];
  mayMatch?: Prefilter;
  /**
   * Pure.
   *
   * @param text - the surroundings of the anchor, one character a byte (latin1)
   * @param at - where the anchor begins
   */
  match(text: string, at: number): RuleMatch | undefined;
}

/**
 * A look at the bytes around an anchor that is met everywhere, so that most texts need not become strings. It says
 * yes wherever the rule would find something.
 *
 * @param at - where the anchor begins
 */
export type Prefilter = (bytes: Uint8Array, at: number) => boolean;

/** A rule that needs the whole document. It is asked once for a text in which an anchor stands. */
export interface DocumentRule {
  id: RuleId;
  reason: string;
  anchors: readonly string[];
  mayMatch?: Prefilter;
  /**
   * Pure.
   *
   * @param text - the whole text, one character a byte (latin1)
   */
  find(text: string, documents: () => readonly YamlDocument[]): RuleMatch[];
}

/** One scalar of a YAML or JSON document, with the range of its source. */
export interface Leaf {
  /** Keys and list indexes from the root. */
  path: readonly string[];
  /** The value as a reader of YAML sees it. */
  value: string;
  /** `null`, a number and so on are not strings. */
  isString: boolean;
  start: number;
  end: number;
}

export interface YamlDocument {
  leaves: readonly Leaf[];
}
