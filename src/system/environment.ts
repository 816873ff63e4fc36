/** What a run touches beside the directory that it works on. All of it is given, so that a test gives its own. */
export interface Environment {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  platform: NodeJS.Platform;
  now: () => Date;
}
