import type { Fields } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

/** Which object is meant; `namespace` only where the kind has one. */
export interface LiveReference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string | undefined;
}

/** Which objects of a kind are meant; all of the cluster where nothing says otherwise. */
export interface LiveSelection {
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  /** As `kubectl --selector` takes it. */
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** The API server sends `metadata` and nothing else, such as no value of a Secret. */
  onlyMetadata?: boolean | undefined;
}

/** A kind that the API server serves. */
export interface ServedKind {
  apiVersion: string;
  kind: string;
  /** The name in paths: `deployments`. */
  resource: string;
  namespaced: boolean;
  verbs: readonly string[];
  /** Whether clients should use this version of the group. */
  preferred: boolean;
}

/** What a watch tells. */
export interface LiveEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
}

/**
 * A running cluster, to read from. It sends nothing that changes anything. Its identity was confirmed before: the
 * namespace `kube-system` has the UID that `cluster.yaml` names.
 *
 * Each method waits and asks again where the server says 429 or 5xx or the connection breaks, until the time of a request
 * is over, and throws {@link LiveError} then.
 */
export interface LiveCluster {
  /** The name of the context in the kubeconfig. */
  readonly context: string;
  /** `https://host:port` */
  readonly server: string;
  /** How many requests were sent so far, those that were sent again too. */
  readonly sent: () => number;
  /** By how many milliseconds the clock of the server is ahead of ours; undefined before the first answer. */
  readonly clockAhead: () => number | undefined;
  /** `{ gitVersion, … }` */
  readonly version: () => Promise<Fields>;
  /** All kinds that are served, in two requests, once. A group whose server is down is in `missing`. */
  readonly kinds: () => Promise<{ served: readonly ServedKind[]; missing: readonly string[] }>;
  /** The object; undefined where there is none, or its kind is not served. */
  readonly get: (reference: LiveReference) => Promise<KubernetesObject | undefined>;
  /** Every object, by pages; undefined where the kind is not served. Each has its `apiVersion` and `kind`. */
  readonly list: (selection: LiveSelection) => Promise<readonly KubernetesObject[] | undefined>;
  /** Each object as it is now, and each change from then on, also after the connection broke, until the signal. */
  readonly watch: (selection: LiveSelection, signal: AbortSignal) => AsyncIterable<LiveEvent>;
  /** A GET of any other path, such as the log of a pod. `patience` is the time for all attempts, in milliseconds. */
  readonly read: (path: string, options?: { patience?: number }) => Promise<string>;
  /**
   * A GET of a path of a Service, which the API server passes on. The Service sees the host of `server`, and no credentials of
   * the user. Whatever the Service answers is an answer; what the API server refuses is thrown. `patience` is the time for all
   * attempts, in milliseconds.
   */
  readonly service: (
    service: LiveService,
    path: string,
    options?: { patience?: number },
  ) => Promise<ServiceAnswer>;
}

/** A port of a Service. */
export interface LiveService {
  namespace: string;
  name: string;
  port: number;
}

/** What a Service answered. */
export interface ServiceAnswer {
  status: number;
  body: string;
  /** The header `Date`. */
  date: Date | undefined;
}

/** What a command that changes a cluster may send, beside what it reads. Each change names the field manager `gatehouse`. */
export interface LiveWriter {
  readonly create: (object: KubernetesObject) => Promise<KubernetesObject>;
  /** A JSON merge patch; null removes a field. */
  readonly patch: (reference: LiveReference, change: object) => Promise<KubernetesObject>;
  /** Removes the object; nothing happens where there is none. */
  readonly remove: (reference: LiveReference) => Promise<void>;
}

/** Why the API server did not answer as hoped. */
export type LiveFailure =
  /** Nobody answers there, or the certificate is not that of the cluster. */
  | 'unreachable'
  /** 401: the token or the client certificate is not valid (any more). */
  | 'unauthorized'
  /** 403: the user may not. */
  | 'forbidden'
  /** 429 and 5xx, until the time was over. */
  | 'overloaded'
  /** Any other status, such as 409 or 422, with the words of the server. */
  | 'refused';

/** A request that failed. Its message names the request and contains no credential. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly failure: LiveFailure;
  readonly status: number | undefined;

  constructor(failure: LiveFailure, message: string, status?: number) {
    super(message);
    this.failure = failure;
    this.status = status;
  }
}
