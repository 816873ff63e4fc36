import type { Private } from '../../config/private.ts';

/** Objects of one kind: a single one where a name is given, otherwise all of the namespace or of the cluster. */
export interface ObjectSelection {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name?: string;
}

/** What a live check asks. */
export type LiveQuestion =
  /** Every selected object has the condition with this status, and at least one object is there. */
  | { kind: 'condition'; of: ObjectSelection; type: string; status: 'True' | 'False' }
  /** CEL over `object` and `status` is true for every selected object, and at least one object is there. */
  | { kind: 'expression'; of: ObjectSelection; expr: string }
  /** A GET request without credentials is answered with one of the status codes. */
  | { kind: 'url'; host: Private; path: string; from: 'internet' | 'home'; status: readonly number[] };

/** A promise that a component wants asked of the running cluster. */
export interface LiveCheck {
  /** In kebab case. It stays the same from one run to the next, and no other check has it. */
  id: string;
  /** What holds, as a sentence without a full stop: "Every certificate is valid". */
  promise: string;
  question: LiveQuestion;
  /** What to do where it is broken: a command, or a sentence. */
  remedy: string;
  /** The step by hand that it replaces, as the document names it that asks for it. */
  replaces?: string;
  /** The field of `cluster.yaml` because of which it is asked, as a path. */
  field: string;
}
