import type { Listening, Outcome, Question, WebRequest } from '../fixtures/questions.ts';

/** Something that is asked ten times a second, or in each nth interval alone. */
export type Watched = { readonly id: string; readonly everyNth?: number } & (
  | { readonly kind: 'connection'; readonly question: Question }
  /** A request passes if it is answered with one of these statuses. */
  | { readonly kind: 'request'; readonly request: WebRequest; readonly passes: readonly number[] }
);

/** What a watcher is told, as a line of JSON on its standard input. */
export type Order =
  | { readonly do: 'ask'; readonly all: readonly Watched[] }
  | { readonly do: 'listen'; readonly on: readonly Listening[] }
  /** Tells what was seen since the last report. */
  | { readonly do: 'report' };

/** How an answer ended; `status N` is one that does not pass. */
export type Answer = Outcome | `status ${number}`;

/** Answers that were the same, one after another. */
export interface Stretch {
  readonly answer: Answer;
  /** When the first and the last of them were asked, in milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
  /** When the first answer came: not always that to the first question. */
  readonly answered: number;
  readonly count: number;
}

/** What was seen, by the id of what was asked. */
export type Sight = Readonly<Record<string, readonly Stretch[]>>;

/** The milliseconds between two questions of the same kind. */
export const interval = 100;
