import { isDeepStrictEqual } from 'node:util';
import { type Fields, isFields, textMapAt } from '../../src/kubernetes/fields.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import {
  type LiveCluster,
  LiveError,
  type LiveEvent,
  type LiveReference,
  type LiveSelection,
  type LiveWriter,
  type ServedKind,
  type ServiceAnswer,
} from '../../src/live/cluster.ts';

/** A cluster that is a list of objects. What is put into it is told to those who watch. */
export interface FakeCluster {
  readonly cluster: LiveCluster;
  readonly writer: LiveWriter;
  readonly objects: () => readonly KubernetesObject[];
  readonly find: (kind: string, name: string) => KubernetesObject;
  readonly put: (object: KubernetesObject) => void;
  readonly remove: (object: KubernetesObject) => void;
  /** Every patch that was sent: the object's kind and name, and the change. */
  readonly patches: readonly { kind: string; name: string; change: Fields }[];
  /** How many watches run. */
  readonly watching: () => number;
  /** Cuts every watch, with this error. */
  readonly cut: (error: unknown) => void;
}

export interface FakeOptions {
  version?: string;
  clockAhead?: number;
  served?: readonly ServedKind[];
  missing?: readonly string[];
  /** What happens after a patch, as a controller would do it. */
  onPatch?: (object: KubernetesObject, cluster: FakeCluster) => void;
  /** Throws instead of an answer. */
  refuse?: (what: 'get' | 'list' | 'watch' | 'patch' | 'read', kind: string) => void;
  read?: (path: string) => string;
  /** What a Service answers, by its name and a path. */
  service?: (name: string, path: string) => ServiceAnswer;
}

/** A kind as the API server serves it. */
export function servedKind(apiVersion: string, kind: string, namespaced = true): ServedKind {
  const resource = `${kind.toLowerCase()}s`;
  return { apiVersion, kind, resource, namespaced, verbs: ['get', 'list', 'watch'], preferred: true };
}

export function fakeCluster(given: readonly KubernetesObject[], options: FakeOptions = {}): FakeCluster {
  const objects = new Map(given.map((object) => [keyOf(object), object]));
  const patches: { kind: string; name: string; change: Fields }[] = [];
  const watchers = new Set<Watcher>();
  const refuse = options.refuse ?? (() => undefined);
  const tell = (type: LiveEvent['type'], object: KubernetesObject): void => {
    for (const watcher of watchers) if (isSelected(object, watcher.selection)) watcher.tell({ type, object });
  };
  const put = (object: KubernetesObject): void => {
    const isNew = !objects.has(keyOf(object));
    objects.set(keyOf(object), object);
    tell(isNew ? 'ADDED' : 'MODIFIED', object);
  };
  const remove = (object: KubernetesObject): void => {
    objects.delete(keyOf(object));
    tell('DELETED', object);
  };
  const selected = (selection: LiveSelection): KubernetesObject[] =>
    [...objects.values()].filter((object) => isSelected(object, selection));
  const isServed = ({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean =>
    options.served === undefined ||
    options.served.some((each) => each.apiVersion === apiVersion && each.kind === kind);
  const cluster: LiveCluster = {
    context: 'fake',
    server: 'https://fake.example:6443',
    sent: () => 0,
    clockAhead: () => options.clockAhead,
    version: async () => ({ gitVersion: options.version ?? 'v1.36.0' }),
    kinds: async () => ({ served: options.served ?? [], missing: options.missing ?? [] }),
    get: async (reference) => {
      refuse('get', reference.kind);
      return objects.get(keyOfReference(reference));
    },
    list: async (selection) => {
      refuse('list', selection.kind);
      return isServed(selection) ? selected(selection) : undefined;
    },
    async *watch(selection, signal) {
      refuse('watch', selection.kind);
      yield* watchOf(selection, signal, selected(selection), watchers);
    },
    read: async (path) => {
      refuse('read', path);
      return options.read?.(path) ?? '';
    },
    service: async ({ name }, path) => {
      refuse('read', 'Service');
      if (options.service === undefined) throw new LiveError('refused', `there is no Service ${name}`, 404);
      return options.service(name, path);
    },
  };
  const writer: LiveWriter = {
    create: async (object) => {
      put(object);
      return object;
    },
    patch: async (reference, change) => {
      refuse('patch', reference.kind);
      const object = objects.get(keyOfReference(reference));
      if (object === undefined) throw new LiveError('refused', 'not found', 404);
      patches.push({ kind: reference.kind, name: reference.name, change: { ...change } });
      const patched = merged(object, change) as KubernetesObject;
      put(patched);
      options.onPatch?.(patched, fake);
      return patched;
    },
    remove: async (reference) => {
      const object = objects.get(keyOfReference(reference));
      if (object !== undefined) remove(object);
    },
  };
  const fake: FakeCluster = {
    cluster,
    writer,
    patches,
    put,
    remove,
    objects: () => [...objects.values()],
    find: (kind, name) => {
      const found = [...objects.values()].find((each) => each.kind === kind && each.metadata.name === name);
      if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
      return found;
    },
    watching: () => watchers.size,
    cut: (error) => {
      for (const watcher of watchers) watcher.fail(error);
    },
  };
  return fake;
}

interface Watcher {
  selection: LiveSelection;
  tell: (event: LiveEvent) => void;
  fail: (error: unknown) => void;
}

async function* watchOf(
  selection: LiveSelection,
  signal: AbortSignal,
  now: readonly KubernetesObject[],
  watchers: Set<Watcher>,
): AsyncIterable<LiveEvent> {
  const queue: LiveEvent[] = now.map((object) => ({ type: 'ADDED', object }));
  let wake = (): void => undefined;
  let failure: { error: unknown } | undefined;
  const watcher: Watcher = {
    selection,
    tell: (event) => {
      queue.push(event);
      wake();
    },
    fail: (error) => {
      failure = { error };
      wake();
    },
  };
  watchers.add(watcher);
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const event = queue.shift();
      if (event !== undefined) yield event;
      else if (failure !== undefined) throw failure.error;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    watchers.delete(watcher);
  }
}

function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  return keyOfReference({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace });
}

/** Versions of a group are the same object. */
function keyOfReference({ apiVersion, kind, name, namespace }: LiveReference): string {
  return `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''} ${kind} ${namespace ?? ''}/${name}`;
}

function isSelected(object: KubernetesObject, selection: LiveSelection): boolean {
  const { apiVersion, kind, namespace, labelSelector, fieldSelector } = selection;
  if (object.apiVersion !== apiVersion || object.kind !== kind) return false;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  const labels = textMapAt(object.metadata, 'labels');
  const terms = (text: string | undefined): string[][] =>
    text === undefined || text === '' ? [] : text.split(',').map((term) => term.split(/=(.*)/s).slice(0, 2));
  if (!terms(labelSelector).every(([name = '', value]) => labels.get(name) === value)) return false;
  return terms(fieldSelector).every(([path = '', value]) => {
    let found: unknown = object;
    for (const step of path.split('.')) found = isFields(found) ? found[step] : undefined;
    return isDeepStrictEqual(found, value);
  });
}

function merged(value: unknown, change: unknown): unknown {
  if (!isFields(change)) return change;
  const result: Record<string, unknown> = isFields(value) ? { ...value } : {};
  for (const [name, item] of Object.entries(change)) {
    if (item === null) delete result[name];
    else result[name] = merged(result[name], item);
  }
  return result;
}
