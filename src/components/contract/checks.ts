import type { Private } from '../../config/private.ts';
import type { BucketReader } from './bindings.ts';

/** Objects of one kind: a single one where a name is given, otherwise all of the namespace or of the cluster. */
export interface ObjectSelection {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name?: string;
  /** Without a name: those that have all of these labels. */
  labels?: Readonly<Record<string, string>>;
}

/** Something that must be true of an object, and what is wrong where it is not: it completes the name of the object. */
export interface Demand {
  /** CEL over `object` and `status`. */
  expr: string;
  otherwise: string;
}

/** Pods of one workload: those in the namespace with all of the labels. */
export interface PodSelection {
  namespace: string;
  labels: Readonly<Record<string, string>>;
}

/** What a live check asks. */
export type LiveQuestion =
  /** Every selected object has the condition with this status, and at least one object is there. */
  | { kind: 'condition'; of: ObjectSelection; type: string; status: 'True' | 'False' }
  /**
   * CEL over `object` and `status` is true for every selected object, and at least one object is there. With `none`, that
   * there is no object is kept too; with `isFalse`, that it is false: it passes by itself, and is part of the evidence.
   */
  | { kind: 'expression'; of: ObjectSelection; expr: string; none?: 'kept'; isFalse?: 'kept' }
  /** The text at a path of the object is one of these. */
  | {
      kind: 'value';
      of: ObjectSelection & { name: string };
      path: readonly string[];
      oneOf: readonly string[];
    }
  /** The API server serves each of these kinds. */
  | { kind: 'served'; kinds: readonly { apiVersion: string; kind: string }[] }
  /** The time at a path of the object is at most so many seconds ago, and every demand is met. */
  | {
      kind: 'recent';
      of: ObjectSelection & { name: string };
      path: readonly string[];
      /** In seconds. */
      within: number;
      demands: readonly Demand[];
    }
  /** The newest object below a prefix of a bucket is at most so many seconds old. */
  | { kind: 'newest-object'; store: BucketReader; bucket: string; prefix: string; within: number }
  /** Each node lets pods call the Talos API: as at least one of the roles each, from each of the namespaces. */
  | { kind: 'talos-api'; document: boolean; roles: readonly string[]; namespaces: readonly string[] }
  /** Talos runs this Kubernetes on every node. `runs`: the first and the last minor version, by minor version of Talos 1. */
  | { kind: 'talos-pair'; runs: Readonly<Record<number, readonly [first: number, last: number]>> }
  | UrlQuestion
  | GateQuestion
  | UploadQuestion
  /** The certificate that a host shows by TLS is valid for its name, today, and by an authority that this computer trusts. */
  | { kind: 'certificate'; host: Private; from: 'internet' | 'home' }
  | AddressesQuestion
  | JsonQuestion
  | StoredQuestion
  | GuardQuestion
  | ConnectionsQuestion;

/** A GET request without good credentials is answered with one of the status codes. */
export interface UrlQuestion {
  kind: 'url';
  host: Private;
  path: string;
  from: 'internet' | 'home';
  status: readonly number[];
  /**
   * It brings a bearer token along that is signed with a key of our own, and is otherwise as the issuer would make it. The issuer
   * is text with private values as references (`${NAME}`).
   */
  forged?: { issuer: string; audience: string };
}

/** Whoever has no valid token of Cloudflare Access gets what Access answers, or a refusal, and never the app. */
export interface GateQuestion {
  kind: 'gate';
  host: Private;
  path: string;
  /** The team, to whose login Access leads. */
  team: Private;
  /** `forged` is signed with a key of our own, and is otherwise as Access would make it. */
  token: 'none' | 'forged';
  audience: Private;
  /** Somebody who may pass, so that a token which is not verified would be let through. */
  email?: Private | undefined;
}

/** A body of so many bytes is answered with 413. It goes no further than the first answer. */
export interface UploadQuestion {
  kind: 'upload';
  host: Private;
  path: string;
  bytes: number;
}

/** A name leads to no other addresses than those that are meant, where it is looked up. */
export interface AddressesQuestion {
  kind: 'addresses';
  host: Private;
  from: 'internet' | 'home';
  /** CIDRs and addresses, private ones as references (`${NAME}`), or the nodes on which these pods run. */
  to: { ranges: readonly string[]; name: string } | { nodesOf: PodSelection };
}

/** A page of plain HTTP at home holds JSON in which a field has a value. */
export interface JsonQuestion {
  kind: 'json';
  host: Private;
  port: number;
  path: string;
  field: string;
  value: boolean | string;
}

/**
 * What is uploaded at home is found in a directory that is mounted on this computer. The upload is a form with one file, and
 * is deleted again.
 */
export interface StoredQuestion {
  kind: 'stored';
  host: Private;
  port: number;
  /** Where forms are sent to; the answer is JSON with the `id` of what was made. */
  path: string;
  /** The name of the field of the form that holds the file, and the other fields. A value `now` is the time, as RFC 3339. */
  file: string;
  fields: Readonly<Record<string, string>>;
  /** The request header that holds the key, and the environment variable in which the user puts it. */
  key: { header: string; variable: string };
  /** The field of `GET path/ID` that says where the file is, below this directory of the container. */
  location: { field: string; below: string };
  /** `DELETE path` with this body, in which `ID` is the id. */
  remove: Readonly<Record<string, unknown>>;
}

/** A container of pods has done what it guards: it ended well, or it runs, and its log has the line. */
export interface GuardQuestion {
  kind: 'guard';
  of: PodSelection;
  container: string;
  /** What a good line of the log begins with. */
  line: string;
  /** What any line of the guard begins with. */
  prefix: string;
  /** What the exit codes of the container mean. */
  exits: Readonly<Record<number, string>>;
}

/** Pods say by a page of JSON how many connections they have, and at least one has one. */
export interface ConnectionsQuestion {
  kind: 'connections';
  of: PodSelection;
  port: number;
  path: string;
  field: string;
}

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
