/**
 * What a component contributes to the operator documents. Bodies are Markdown; private values stand in them as
 * references (`${IMMICH_HOST}`), so that the committed documents name nobody, and `gatehouse docs --local` fills
 * them in.
 */
export interface ComponentDocuments {
  decisions?: readonly Decision[];
  steps?: readonly Step[];
  /** Parts of the quickstart that are read, not done. */
  notes?: readonly Note[];
  symptoms?: readonly Symptom[];
  pages?: readonly Page[];
}

/** What was decided, and how to decide otherwise: `docs/decisions.md`. */
export interface Decision {
  title: string;
  decided: string;
  because: string;
  /** The field of `cluster.yaml`, as a path. */
  field: string;
}

/** The phases of the quickstart, in order. */
export const phases = [
  'prepare',
  'storage',
  'cloudflare',
  'secrets',
  'bootstrap',
  'first-administrator',
  'dns',
  'finish',
] as const;

/** Something that a person does once: a step of `docs/quickstart.md`. */
export interface Step {
  phase: (typeof phases)[number];
  title: string;
  /** How long it takes a person who does it for the first time. */
  minutes: number;
  body: string;
  /** How the person sees that it worked: a command and what it prints, or what a page shows. */
  check: string;
}

export interface Note {
  title: string;
  body: string;
}

/** A row of `docs/troubleshooting.md`. */
export interface Symptom {
  /** On which way it shows itself. */
  path: 'outside' | 'inside' | 'storage' | 'flux';
  symptom: string;
  causes: readonly { cause: string; look: string; mend: string }[];
}

/** A document of its own. */
export interface Page {
  path: string;
  title: string;
  content: string;
}
