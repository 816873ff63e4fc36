import type * as z from 'zod';
import type { Private } from './private.ts';

/** Who may read a value: everybody with access to the repository, holders of the key, or only the cluster. */
export type Visibility = 'public' | 'private' | 'secret';

/** The metadata of a field. It is part of the zod schema and of the JSON Schema. */
export interface FieldNotes {
  visibility: Visibility;
  /** The Flux variable for a private value in manifests. By default it is derived from the path. */
  substitution?: string;
  /** Where to get the value, or how to generate it. */
  source?: string;
}

declare module 'zod' {
  interface GlobalMeta extends Partial<FieldNotes> {}
}

interface Notes {
  example?: unknown;
}

/** A field of `cluster.yaml`, which everybody may read. */
export function publicField<T extends z.ZodType>(description: string, schema: T, notes: Notes = {}): T {
  return schema.meta({ description, visibility: 'public', ...examples(notes) }) as T;
}

/**
 * A field that would tell a third party who or where you are. It is in the private values file, and the loaded
 * configuration has a {@link Private} in its place.
 *
 * @param notes.substitution - the Flux variable, if it should not be derived from the path
 */
export function privateField(
  description: string,
  schema: z.ZodType<string, string>,
  notes: Notes & { substitution?: string; source?: string } = {},
): z.ZodType<Private, string> {
  const { substitution, source } = notes;
  const field = schema.meta({
    description,
    visibility: 'private',
    ...examples(notes),
    ...(substitution === undefined ? {} : { substitution }),
    ...(source === undefined ? {} : { source }),
  });
  // seal.ts replaces values by handles after validation; the type says so already.
  return field as unknown as z.ZodType<Private, string>;
}

/** A secret field, such as a password. It is in the encrypted private values file, or outside of Git. */
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
