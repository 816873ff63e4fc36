import { setTimeout as wait } from 'node:timers/promises';
import { fieldsAt, numberAt, textAt } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { LiveError, type LiveEvent, type LiveSelection } from './cluster.ts';
import { isJson, isPassing, refusal, unreachable } from './failures.ts';
import { isObject, listAll, queryOf } from './listing.ts';
import { type Call, headOf, TooLarge } from './request.ts';
import { discard, type Transport } from './transport.ts';

/** After how many seconds the server ends a watch, which then goes on in the next: a dead connection is noticed so. */
const length = 60;

/** After how many milliseconds the end of a watch is none that needs a pause. */
const longEnough = 5_000;

/** What was told of an object so far. */
interface Known {
  resourceVersion: string | undefined;
  /** The object without its content. */
  stub: KubernetesObject;
}

/**
 * Tells each object as it is, and each change from then on. After a broken connection it goes on where it was, by the
 * resource version, of which bookmarks tell the newest. Where the server does not know that one any more (410), it lists
 * again and tells the differences. It ends with the signal.
 *
 * @throws {@link LiveError} when the server does not answer for longer than the patience of a watch
 */
export async function* watchFrom(
  transport: Transport,
  path: string,
  selection: LiveSelection,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, void> {
  const known = new Map<string, Known>();
  for (;;) {
    if (signal.aborted) return;
    const listed = await listAll(transport, path, selection);
    if (listed === undefined) throw new LiveError('refused', `GET ${path} is not served any more`, 404);
    for (const event of differences(known, listed.objects)) {
      if (signal.aborted) return;
      yield event;
    }
    yield* changes(transport, path, selection, signal, known, listed.resourceVersion);
    // A server that knows no resource version for long would be asked for lists without end.
    await wait(transport.patience.pause * 10, undefined, { signal }).catch(() => undefined);
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function remember(known: Map<string, Known>, object: KubernetesObject): void {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace, uid } = metadata;
  const stub = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }), uid } };
  known.set(keyOf(object), { resourceVersion: textAt(metadata, 'resourceVersion'), stub });
}

/** What happened between what was told and a new list. An object that is gone is told without its content. */
function* differences(known: Map<string, Known>, objects: readonly KubernetesObject[]): Generator<LiveEvent> {
  const gone = new Map(known);
  for (const object of objects) {
    const before = known.get(keyOf(object));
    gone.delete(keyOf(object));
    remember(known, object);
    if (before === undefined) yield { type: 'ADDED', object };
    else if (before.resourceVersion !== textAt(object.metadata, 'resourceVersion'))
      yield { type: 'MODIFIED', object };
  }
  for (const [key, { stub }] of gone) {
    known.delete(key);
    yield { type: 'DELETED', object: stub };
  }
}

/** The changes since a resource version; it returns when the server does not know that one any more. */
async function* changes(
  transport: Transport,
  path: string,
  selection: LiveSelection,
  signal: AbortSignal,
  known: Map<string, Known>,
  from: string,
): AsyncGenerator<LiveEvent, void> {
  const { patience, server } = transport;
  let resourceVersion = from;
  const silence = { since: undefined as number | undefined, wasOpen: false };
  for (let failures = 0; !signal.aborted; ) {
    const call = watchCall(path, selection, resourceVersion);
    const started = performance.now();
    try {
      for await (const line of linesOf(transport, call, signal)) {
        silence.wasOpen = true;
        silence.since = undefined;
        if (line === opened) continue;
        const told = readLine(call, line);
        if (told === 'expired') return;
        failures = 0;
        resourceVersion = textAt(told.object, 'metadata', 'resourceVersion') ?? resourceVersion;
        if (told.type === 'BOOKMARK' || !isObject(told.object)) continue;
        if (told.type === 'DELETED') known.delete(keyOf(told.object));
        else remember(known, told.object);
        yield { type: told.type, object: told.object };
        if (signal.aborted) return;
      }
      // A server that ends every watch at once must not be asked without a pause.
      if (performance.now() - started > longEnough) failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LiveError && error.status === 410) return;
      silence.since ??= performance.now();
      const isOver = performance.now() - silence.since > patience.watch;
      if (isOver || !mayPass(error, silence.wasOpen)) throw unreachable(call, server, error);
    }
    const pause = Math.min(5_000, patience.pause * 2 ** failures++) * (0.75 + Math.random() / 2);
    await wait(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** A server that has just started does not know yet who may do what, and forbids what it allowed before. */
function mayPass(error: unknown, wasOpen: boolean): boolean {
  if (!(error instanceof LiveError)) return isPassing(error);
  return error.failure === 'overloaded' || (error.failure === 'forbidden' && wasOpen);
}

function watchCall(path: string, selection: LiveSelection, resourceVersion: string): Call {
  const query = queryOf(selection, {
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(length),
    resourceVersion,
  });
  return { method: 'GET', path: `${path}${query}` };
}

interface Told {
  type: LiveEvent['type'] | 'BOOKMARK';
  object: unknown;
}

function readLine(call: Call, line: string): Told | 'expired' {
  const event: unknown = JSON.parse(line);
  const type = textAt(event, 'type');
  const object = fieldsAt(event, 'object');
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK')
    return { type, object };
  const status = numberAt(object, 'code') ?? 500;
  if (status === 410) return 'expired';
  const body = Buffer.from(JSON.stringify(object));
  throw refusal(call, { status, type: 'application/json', retryAfter: undefined, date: undefined, body });
}

/** Comes before the first line of a watch. */
const opened = '';

/** The lines of a watch until the server ends it. */
async function* linesOf(transport: Transport, call: Call, signal: AbortSignal): AsyncGenerator<string> {
  const { idle, largest } = transport.patience;
  // A quiet watch says nothing until the server ends it.
  const started = await transport.stream(call, length * 1000 + idle, signal);
  const { response, timer } = started;
  try {
    const head = headOf(response);
    response.setEncoding('utf8');
    if (head.status === 200) yield opened;
    let text = '';
    for await (const part of response as AsyncIterable<string>) {
      timer.refresh();
      text += part;
      if (text.length > largest) throw new TooLarge(`more than ${largest} bytes`);
      if (head.status !== 200) continue;
      if (!isJson(head.type))
        throw new LiveError('unreachable', `GET ${call.path} is answered by something that is no API server`);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield line;
    }
    if (head.status !== 200) throw refusal(call, { ...head, body: Buffer.from(text) });
    if (!response.complete) throw new Error('the watch was cut off');
  } finally {
    discard(started);
  }
}
