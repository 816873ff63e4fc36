/**
 * What a component contributes to the operator documents. Bodies are Markdown; private values stand in them as
 * references (`${IMMICH_HOST}`), so that the committed documents name nobody, and `gatehouse docs --local` fills
 * them in. A line of shell puts a reference into single quotes: whatever is filled in then stays one word.
 */
export interface ComponentDocuments {
  decisions?: readonly Decision[];
  steps?: readonly Step[];
  /** Parts of the quickstart that are read, not done. */
  notes?: readonly Note[];
  hops?: readonly Hop[];
  symptoms?: readonly Symptom[];
  pages?: readonly Page[];
  restores?: readonly Restore[];
}

/** What was decided, and how to decide otherwise: `docs/decisions.md`. */
export interface Decision {
  title: string;
  decided: string;
  because: string;
  /** The field of `cluster.yaml` that decides, as a path. Without one it is not for choosing. */
  field?: string;
}

/** The phases of the quickstart, in order. */
export const phases = [
  'prepare',
  'storage',
  'cloudflare',
  'secrets',
  'bootstrap',
  'dns',
  'first-administrator',
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

/** Notes of several components with one title stand in one chapter. */
export interface Note {
  title: string;
  body: string;
}

/** The two ways to an app. */
export type PathKind = 'outside' | 'inside';

/** The places that a request passes on its way, from the person to the app. */
export const places = ['name', 'access', 'tunnel', 'gate', 'app'] as const;

/** One place on a way in `docs/troubleshooting.md`, and how to see that it does its part. */
export interface Hop {
  way: PathKind;
  place: (typeof places)[number];
  title: string;
  /** One or more lines of shell. */
  command: string;
  /** What they print when all is well. */
  expected: string;
  /** What else they may print, and where to go on from there. */
  otherwise: string;
}

/** Something that a person sees, in `docs/troubleshooting.md`, and what may be behind it. */
export interface Symptom {
  /** On which way it shows itself, or in which chapter it stands. */
  path: PathKind | 'storage' | 'first-administrator' | 'flux';
  symptom: string;
  /** What to do first, in a sentence or a few lines. */
  intro?: string;
  causes: readonly { cause: string; look: string; fix: string }[];
}

/**
 * A document of its own. Several components may write one together: its title is that of the first, and their
 * contents follow one another in the order of the catalogue.
 */
export interface Page {
  path: string;
  title: string;
  content: string;
}

/** How something is restored, as a list of commands: a chapter of `docs/restore.md`. */
export interface Restore {
  /** By which it is asked for. Several may share one: then they are shown one after the other. */
  name: string;
  /** The component whose data it is: asking by that shows all that it has. */
  of: string;
  title: string;
  intro: string;
  steps: readonly { what: string; command?: string }[];
}
