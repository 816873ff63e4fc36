import type { KubernetesObject } from '../../kubernetes/object.ts';

/** What a version of a program breaks, for those who come from an older one. */
export interface ReleaseNote {
  /** The program, as its project writes its name. */
  program: string;
  /**
   * Where its version is read: the repository of its image without the registry, `chart/NAME`, `talos` or
   * `kubernetes`.
   */
  artifact: string;
  /** The version that brought it. It applies to whoever comes from an older one. */
  version: string;
  /** Whether a change from one version to another brings it, where the version alone does not tell. */
  isBroughtBy?(before: string, after: string): boolean;
  /** What breaks, as a sentence without a full stop. */
  breaks: string;
  /** What to do, as a sentence without a full stop. */
  action: string;
  /** Where it is from, with the version or the day of the source. */
  source: string;
  /** Whether it concerns what runs, by all objects before the change; without it, it concerns everyone. */
  concerns?(objects: readonly KubernetesObject[]): boolean;
}
