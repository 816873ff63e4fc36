import type { ProblemCode } from './codes.ts';

/** A place in a text, both counted from 1. */
export interface Position {
  line: number;
  column: number;
}

/**
 * Something that a user has to know or fix. Problems are collected and returned, never thrown, so that a run reports
 * all of them. Only `report/problems.ts` renders them.
 *
 * No field ever holds a private value or a secret: name the field, not its value.
 */
export interface Problem {
  code: ProblemCode;
  /** Path as the user knows it, relative to the directory that the command works on. */
  file?: string;
  at?: Position;
  /** The field of the configuration that is missing, as a path. */
  field?: string;
  /** What is wrong, in one sentence without a full stop. */
  message: string;
  /** What would have been right. */
  expected?: string;
  /** What to do now. */
  remedy?: string;
}
