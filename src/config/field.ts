import type * as z from 'zod';
import type { Private } from './private.ts';

/** Who may read a value: everybody who reads the repository, those with the key, or the cluster alone. */
export type Visibility = 'public' | 'private' | 'secret';

/** What is known of a field beside its shape. It travels with the zod schema and comes out in the JSON Schema. */
export interface FieldNotes {
  visibility: Visibility;
  /** The Flux variable that stands for a private value in manifests; by default made from the path. */
  substitution?: string;
  /** For a secret: where a person gets it, or how it can be made. */
  source?: string;
}

declare module 'zod' {
  interface GlobalMeta extends Partial<FieldNotes> {}
}

interface Notes {
  example?: unknown;
}

/** A field that stands in `cluster.yaml` for everybody to read. */
export function publicField<T extends z.ZodType>(description: string, schema: T, notes: Notes = {}): T {
  return schema.meta({ description, visibility: 'public', ...examples(notes) }) as T;
}

/**
 * A field that would tell a stranger who or where you are. It stands in the overlay, and whoever gets the
 * configuration gets a {@link Private} in its place.
 *
 * @param notes.substitution - the Flux variable, when the name made from the path is not the one that people know
 */
export function privateField(
  description: string,
  schema: z.ZodType<string, string>,
  notes: Notes & { substitution?: string } = {},
): z.ZodType<Private, string> {
  const { substitution } = notes;
  const field = schema.meta({
    description,
    visibility: 'private',
    ...examples(notes),
    ...(substitution === undefined ? {} : { substitution }),
  });
  // Values become handles after validation (seal.ts): here only the type says so.
  return field as unknown as z.ZodType<Private, string>;
}

/** A field that opens something. It stands in the encrypted overlay only, or outside of Git altogether. */
export function secretField(
  description: string,
  schema: z.ZodType<string, string>,
  notes: Notes & { source: string; substitution?: string },
): z.ZodType<Private, string> {
  const field = schema.meta({ description, visibility: 'secret', source: notes.source });
  return field as unknown as z.ZodType<Private, string>;
}

function examples(notes: Notes): { examples?: unknown[] } {
  return notes.example === undefined ? {} : { examples: [notes.example] };
}
