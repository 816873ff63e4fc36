/** Where a rule is, and what makes it doubtful whether Cilium accepts it at all: filled while the rule is read. */
export interface ParseContext {
  namespace: string | undefined;
  doubts: string[];
}
