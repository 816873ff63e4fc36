/** A document of a YAML file. */
export interface ManifestDocument {
  /** Plain JSON, whatever it is: an object, a kustomization, the values of a chart, a list. */
  value: unknown;
  /** The line of its first key, counted from 1. */
  line: number;
}
