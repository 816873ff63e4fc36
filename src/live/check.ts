import type { LiveCluster, LiveWriter } from './cluster.ts';
import type { SendToStore } from './store/send.ts';
import type { StoreRun } from './store/storeRun.ts';
import type { TalosNodes } from './talos/talosctl.ts';

/** What came of a check. One that could not ask is never `kept`. */
export type CheckVerdict = 'kept' | 'broken' | 'not checked';

/** What several verdicts say together: kept only where each is. */
export function worstOf(verdicts: readonly CheckVerdict[]): CheckVerdict {
  if (verdicts.includes('broken')) return 'broken';
  return verdicts.includes('not checked') ? 'not checked' : 'kept';
}

/** What a check found. */
export interface Answer {
  verdict: CheckVerdict;
  /** What was seen, as sentences without a full stop, each of which names the object or the place. */
  evidence: readonly string[];
  /** What to do now, where what was found tells it better than the check does. */
  remedy?: string;
  /** What was asked about, as a noun, and when it ends, as RFC 3339: it is in the calendar then. */
  ends?: { what: string; at: string } | undefined;
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
  places?: { readonly [Name in PlaceName]?: Place | undefined } | undefined;
  /** What the user gives for checks that need a login, or a directory of this computer. */
  given?: Given | undefined;
  /** Ends probes that run. What they have made is removed all the same. */
  signal?: AbortSignal | undefined;
  /** How an object store outside of the cluster is asked. */
  sendToStore?: SendToStore | undefined;
  /** What the checks of one run share when they ask stores; otherwise each asks for itself. */
  stores?: StoreRun | undefined;
  /** Undefined where `talosctl` is not installed. */
  talos?: TalosNodes | undefined;
  /** The days on which the credentials of this computer end, where there are such days. */
  ends?: (() => Ends) | undefined;
  now: () => Date;
}

/** When what connects this computer with a cluster ends. */
export interface Ends {
  /** The certificate of the API server, after it was asked something. */
  server?: Date | undefined;
  /** The client certificate of the kubeconfig. */
  certificate?: Date | undefined;
  /** The token of the kubeconfig. */
  token?: Date | undefined;
}

/** Where a computer is: outside, as any stranger, or in the home network. */
export type PlaceName = 'internet' | 'home';

/** What only the user knows. No report shows it. */
export interface Given {
  /** The value of an environment variable. */
  variable: (name: string) => string | undefined;
  /** Where the library is mounted on this computer. */
  library?: string | undefined;
}

/** A place from which requests can be sent. It sends nothing that the caller did not say, and follows no redirect. */
export interface Place {
  request: (asked: PlaceRequest) => Promise<PlaceAnswer | { failure: string }>;
  /** The addresses that a name leads to here, in ascending order; none where the name does not exist. */
  addresses: (host: string) => Promise<readonly string[] | { failure: string }>;
  /** The certificate that a host shows. */
  certificate: (host: string, patience: number) => Promise<SeenCertificate | { failure: string }>;
}

/** A request, by HTTPS and GET where nothing else is said. */
export interface PlaceRequest {
  host: string;
  path: string;
  /** How long nothing may come, in milliseconds. */
  patience: number;
  scheme?: 'http' | 'https';
  port?: number;
  method?: 'GET' | 'POST' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  /** Bytes, or so many zeros, which are sent as a stream until somebody answers. */
  body?: Buffer | { zeros: number };
  /** How many bytes of the answer are read; none where it is not said. */
  read?: number;
}

export interface PlaceAnswer {
  status: number;
  location?: string | undefined;
  body?: string | undefined;
}

export interface SeenCertificate {
  /** Why this computer does not trust it; undefined where it does. */
  fault: string | undefined;
  from: Date;
  until: Date;
}

/** A check with its answer. */
export interface CheckResult extends CheckName, Omit<Answer, 'remedy'> {
  /** When it was asked, as RFC 3339. */
  at: string;
}
