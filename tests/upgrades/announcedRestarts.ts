import { z } from 'zod';

/** What `configure` said of the pods of a workload or a release before it wrote. */
export interface Announcement {
  readonly why: string;
  /** They will be replaced, and not only perhaps. */
  readonly isSure: boolean;
}

const restarts = z.looseObject({
  restarts: z.array(
    z.looseObject({
      object: z.looseObject({ kind: z.string(), namespace: z.string().optional(), name: z.string() }),
      certain: z.boolean(),
      how: z.enum(['replaced', 'may', 'stopped', 'by-hand']),
      sentence: z.string(),
    }),
  ),
});

/**
 * The pods that `configure --json` says will be replaced, by the name of what makes them. What runs on until somebody
 * restarts it by hand is not among them.
 */
export function announcedIn(json: string): ReadonlyMap<string, Announcement> {
  const listed = restarts.parse(JSON.parse(json)).restarts.filter(({ how }) => how !== 'by-hand');
  return new Map(
    listed.map(({ object: { kind, namespace = '', name }, how, certain, sentence }) => [
      `${kind} ${namespace}/${name}`,
      { why: sentence, isSure: certain && how !== 'may' },
    ]),
  );
}
