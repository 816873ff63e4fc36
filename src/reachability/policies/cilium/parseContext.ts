/** What the parsing of one policy shares. It collects why Cilium may reject the policy. */
export interface ParseContext {
  namespace: string | undefined;
  doubts: string[];
}
