/** Something that the configuration still misses and that only a user can supply. */
export interface StatusEntry {
  /** In kebab case. It stays the same from one run to the next, and no other entry has it. */
  id: string;
  /** What is missing, as a clause without a full stop: "the credentials of the tunnel". */
  missing: string;
  /** Where to get it, or which command makes it, as Markdown. */
  source: string;
  /** How long it takes a user who does it for the first time. */
  minutes: number;
  /** `high`: nothing works without it. `medium`: a promise does not hold. `low`: it may stay as it is. */
  priority: 'high' | 'medium' | 'low';
  /** The field of `cluster.yaml` or of the private values file, as a path. */
  field: string;
}
