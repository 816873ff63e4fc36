import type { LiveCluster, LiveWriter } from './cluster.ts';

/** What came of a check. One that could not ask is never `kept`. */
export type CheckVerdict = 'kept' | 'broken' | 'not checked';

/** What a check found. */
export interface Answer {
  verdict: CheckVerdict;
  /** What was seen, as sentences without a full stop, each of which names the object or the place. */
  evidence: readonly string[];
  /** What to do now, where what was found tells it better than the check does. */
  remedy?: string;
}

/** A check as every view of it names it: `doctor`, `verify` and `status`. */
export interface CheckName {
  /** In kebab case. It stays the same from one run to the next, and no other check has it. */
  id: string;
  /** What holds, as a sentence without a full stop: "Every certificate is valid". */
  promise: string;
  /** The component that promises it; undefined for what belongs to all. */
  component?: string | undefined;
  /** The field of `cluster.yaml` because of which it is asked, as a path. */
  field?: string | undefined;
  /** What to do where it is broken: a command, or a sentence. */
  remedy: string;
  /** The step by hand that it replaces. */
  replaces?: string | undefined;
}

/** Something that can be asked. A later command may act on it: that action belongs beside `ask`. */
export interface Check extends CheckName {
  ask: (asking: Asking) => Promise<Answer>;
}

/** What checks ask with. What is undefined was not allowed, or is not there: the check is "not checked" then. */
export interface Asking {
  cluster: LiveCluster | undefined;
  /** Only where the user allowed probes. */
  writer?: LiveWriter | undefined;
  /** The places in which this computer is, as the user says: requests from there say something of them. */
  places?: { readonly [Name in 'internet' | 'home']?: Place | undefined };
  now: () => Date;
}

/** A place from which requests can be sent. */
export interface Place {
  /** A GET request by HTTPS without credentials that follows no redirect. */
  request: (asked: {
    host: string;
    path: string;
    patience: number;
  }) => Promise<{ status: number; location?: string | undefined } | { failure: string }>;
}

/** A check with its answer. */
export interface CheckResult extends CheckName, Omit<Answer, 'remedy'> {
  /** When it was asked, as RFC 3339. */
  at: string;
}
