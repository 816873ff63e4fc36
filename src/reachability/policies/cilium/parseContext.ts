/** The shared context of parsing one policy. It collects the reasons for which Cilium may reject the policy. */
export interface ParseContext {
  namespace: string | undefined;
  uncertainties: string[];
}
