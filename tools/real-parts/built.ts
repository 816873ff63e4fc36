/** The result of a recipe. Every path is relative to its directory. */
export interface Built {
  readonly program: string;
  /** The absolute command that the probe runs; by default the program. */
  readonly probed?: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly version: string;
  /** Directories that only the build needed. */
  readonly leftovers: readonly string[];
}
