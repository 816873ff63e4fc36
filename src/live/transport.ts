import { setTimeout as wait } from 'node:timers/promises';
import type { Connection, Connector } from './connection.ts';
import { isOfService, isPassing, refusal, unreachable, wasNotSent } from './failures.ts';
import { type Answer, type Call, type Limits, openStream, type Started, sendOnce } from './request.ts';

/** How patient a client is. */
export interface Patience extends Limits {
  /** How long after the first attempt another one may start, in milliseconds. */
  whole: number;
  /**
   * How long all attempts to read may take once a request was given up, in milliseconds, until one is answered; otherwise as
   * long as before. Who asks for much does not wait for each of it, and adds nothing to a storm.
   */
  later?: number;
  /** How long to wait after the first failed attempt; each later wait is twice as long, up to 5 s. */
  pause: number;
  /** How long a watch may be without a connection. */
  watch: number;
}

export const usualPatience: Patience = {
  idle: 15_000,
  largest: 128 * 1024 * 1024,
  whole: 30_000,
  pause: 100,
  watch: 120_000,
};

/** What all requests to one API server go through. */
export interface Transport {
  readonly server: string;
  readonly patience: Patience;
  readonly now: () => Date;
  /**
   * The answer: a success, 404 or 410, or whatever a Service answered to which the call was passed on. `whole` is the time for
   * all attempts, in milliseconds, where it is another one.
   */
  readonly send: (call: Call, whole?: number) => Promise<Answer>;
  readonly stream: (call: Call, idle: number, signal: AbortSignal) => Promise<Started>;
  readonly sent: () => number;
  readonly clockAhead: () => number | undefined;
  /** When the certificate of the server ends; undefined before the first answer. */
  readonly certificateEnds: () => Date | undefined;
}

export function transportOver(
  connector: Connector,
  now: () => Date,
  given: Partial<Patience> = {},
): Transport {
  const patience = { ...usualPatience, ...given };
  const { server } = connector.target;
  let sent = 0;
  let hasGivenUp = false;
  let ahead: number | undefined;
  let certificateEnds: Date | undefined;
  const once = async (connection: Connection, call: Call, limits: Limits): Promise<Answer> => {
    sent++;
    const answer = await sendOnce(server, connection, call, limits);
    if (answer.date !== undefined) ahead = answer.date - now().getTime();
    certificateEnds = answer.certificateEnds ?? certificateEnds;
    return answer;
  };
  const send = async (call: Call, given = patience.whole): Promise<Answer> => {
    const isShort = hasGivenUp && call.method === 'GET';
    const whole = isShort ? Math.min(given, patience.later ?? given) : given;
    const deadline = performance.now() + whole;
    const limits = { ...patience, idle: Math.min(patience.idle, whole) };
    let connection = await connector.connection();
    let hasRenewed = false;
    for (let attempt = 0; ; attempt++) {
      const tried = await attempted(() => once(connection, call, limits));
      if ('answer' in tried && tried.answer.status === 401 && !hasRenewed) {
        hasRenewed = true;
        connection = await connector.renewed(connection);
        continue;
      }
      const pause = pauseAfter(tried, call, attempt, patience);
      if (pause === undefined && 'answer' in tried) {
        hasGivenUp = false;
        return settled(call, tried.answer);
      }
      if (pause !== undefined && performance.now() + pause < deadline) {
        await wait(pause);
        continue;
      }
      hasGivenUp = true;
      throw 'answer' in tried ? refusal(call, tried.answer) : unreachable(call, server, tried.error);
    }
  };
  const stream: Transport['stream'] = async (call, idle, signal) => {
    sent++;
    const connection = await connector.connection();
    const started = await openStream(server, connection, call, idle, signal);
    if (started.response.statusCode !== 401) return started;
    discard(started);
    sent++;
    return openStream(server, await connector.renewed(connection), call, idle, signal);
  };
  return {
    server,
    patience,
    now,
    send,
    stream,
    sent: () => sent,
    clockAhead: () => ahead,
    certificateEnds: () => certificateEnds,
  };
}

/** Gives up an answer that nobody reads. */
export function discard({ response, timer }: Started): void {
  clearTimeout(timer);
  response.on('error', () => undefined);
  response.destroy();
}

type Tried = { answer: Answer } | { error: unknown };

async function attempted(attempt: () => Promise<Answer>): Promise<Tried> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

/** How long to wait before the request is sent again; undefined when that is of no use. */
function pauseAfter(tried: Tried, call: Call, attempt: number, patience: Patience): number | undefined {
  const pause = Math.min(5_000, patience.pause * 2 ** attempt) * (0.75 + Math.random() / 2);
  // A server that broke off may have created the object.
  const repeatable = call.method !== 'POST';
  if ('error' in tried)
    return isPassing(tried.error) && (repeatable || wasNotSent(tried.error)) ? pause : undefined;
  const { status, retryAfter } = tried.answer;
  if (isOfService(call, tried.answer)) return undefined;
  if (status === 429 || (status >= 500 && repeatable)) return Math.max(pause, retryAfter ?? 0);
  return undefined;
}

function settled(call: Call, answer: Answer): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status === 404 || answer.status === 410 || isOfService(call, answer)) return answer;
  throw refusal(call, answer);
}
