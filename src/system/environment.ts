/** What a run depends on beside its directory. Callers pass all of it, so that tests can replace it. */
export interface Environment {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  platform: NodeJS.Platform;
  now: () => Date;
}
