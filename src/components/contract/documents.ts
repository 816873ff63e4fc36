/**
 * What a component contributes to the operator documents. Bodies are Markdown. They contain private values as
 * references (`${IMMICH_HOST}`), so that the committed documents name nobody; `gatehouse docs --local` fills them in.
 * A line of shell puts a reference into single quotes: whatever is filled in then stays one word.
 */
export interface ComponentDocuments {
  goal?: Goal;
  /** What the user needs before the first step, as noun phrases: "a NAS". */
  prerequisites?: readonly string[];
  /** Programs that the steps call on the user's computer. */
  tools?: readonly string[];
  decisions?: readonly Decision[];
  steps?: readonly Step[];
  /** Parts of the quickstart that are read, not done. */
  notes?: readonly Note[];
  hops?: readonly Hop[];
  symptoms?: readonly Symptom[];
  pages?: readonly Page[];
  restores?: readonly Restore[];
  recovery?: Recovery;
  /** Lines with a private address that may be committed, as extended regular expressions for the search by hand. */
  harmlessAddressLines?: readonly string[];
}

/** What the user has at the end of the quickstart. */
export interface Goal {
  /** Completes "From a running cluster to …" in the quickstart. */
  title: string;
  /** Completes the same sentence in the list of documents. */
  short: string;
}

/**
 * A chapter that several components fill: a phase of the quickstart, or a chapter of the troubleshooting page. Chapters
 * with the same id are one. A chapter without contents is left out.
 */
export interface Chapter {
  id: string;
  title: string;
  intro?: string;
  /** Chapters of one document are sorted by it. */
  order: number;
}

/** The phases of the quickstart that every repository has. Components add others between them. */
export const phases = {
  prepare: { id: 'prepare', title: 'The cluster', order: 100 },
  secrets: {
    id: 'secrets',
    title: 'Secrets',
    order: 400,
    intro: `None of these is in Git. Work in an empty directory outside the repository, so that no file with a secret can be
committed, and delete it afterwards:

\`\`\`sh
cd "$(mktemp -d)"
\`\`\`
`,
  },
  bootstrap: { id: 'bootstrap', title: 'Bootstrap', order: 500 },
  finish: { id: 'finish', title: 'The proof', order: 900 },
} as const satisfies Record<string, Chapter>;

/** The chapters that only `docs/total-loss.md` has, between those of the quickstart. */
export const recoveryPhases = {
  begin: { id: 'begin', title: 'Git and the key', order: 50 },
  backups: { id: 'backups', title: 'The backups', order: 60 },
  hold: { id: 'hold', title: 'Before anything starts', order: 450 },
  volumes: { id: 'volumes', title: 'The volumes', order: 520 },
  database: { id: 'database', title: 'The database', order: 540 },
  release: { id: 'release', title: 'Let everything go on', order: 560 },
} as const satisfies Record<string, Chapter>;

/** What was decided, and how to decide otherwise: `docs/decisions.md`. */
export interface Decision {
  title: string;
  decided: string;
  because: string;
  /** The field of `cluster.yaml` that decides, as a path. Without one there is no choice. */
  field?: string;
}

/** Something that the user does once: a step of `docs/quickstart.md`. */
export interface Step {
  phase: Chapter;
  title: string;
  /** How long it takes somebody who does it for the first time. */
  minutes: number;
  body: string;
  /** How the user sees that it worked: a command and what it prints, or what a page shows. */
  check: string;
  /** Set where it makes what is in no Git: on an empty cluster it is done again. */
  again?: true;
}

/** Notes of several components with one title are one chapter. */
export interface Note {
  title: string;
  body: string;
}

/** One hop on the path of a request, in a chapter of `docs/troubleshooting.md`, and how to see that it does its part. */
export interface Hop {
  chapter: Chapter;
  /** Hops of one chapter are sorted by it. */
  order: number;
  /** The places that the request passes here. The chapter begins with the places of all its hops. */
  places: readonly string[];
  title: string;
  /** One or more lines of shell. */
  command: string;
  /** What they print when all is well. */
  expected: string;
  /** What else they may print, and where to go on from there. */
  otherwise: string;
}

/** Something that the user sees, in a chapter of `docs/troubleshooting.md`, and what may cause it. */
export interface Symptom {
  chapter: Chapter;
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
  /** Whether it only links to other pages. Then `docs/README.md` does not list it, and it has no copy with values. */
  forwards?: boolean;
  content: string;
}

/** How something is restored, as a list of commands: a chapter of `docs/restore.md`. */
export interface Restore {
  /** The name to ask for it by. Several may share one: then they are shown one after the other. */
  name: string;
  /** The component that owns the data. Its name shows everything it has. */
  of: string;
  title: string;
  intro: string;
  steps: readonly { what: string; command?: string }[];
}

/** How what a component keeps comes back on an empty cluster: its part of `docs/total-loss.md`. */
export interface Recovery {
  /** What must have outlived the cluster beside Git and the age key, as noun phrases. */
  needs?: readonly string[];
  /** Programs that the steps call on the user's computer. */
  tools?: readonly string[];
  steps?: readonly Step[];
  /** What is lost all the same, as sentences. */
  lost?: readonly string[];
  /** What may not be as a step says, and what to do then. */
  troubles?: readonly Symptom['causes'][number][];
}
