import { fieldsAt } from '../kubernetes/fields.ts';
import type { LiveCluster, LiveReference, LiveSelection } from './cluster.ts';
import { LiveError } from './cluster.ts';
import { isOfService, jsonOf, nameOf, refusal, saysNotFound } from './failures.ts';
import { isObject, listAll } from './listing.ts';
import { collectionPath, type Kinds, objectPath } from './paths.ts';
import type { Call } from './request.ts';
import type { Transport } from './transport.ts';
import { watchFrom } from './watch.ts';

/** A cluster to read from. Every request is a GET. */
export function liveCluster(transport: Transport, context: string, kinds: Kinds): LiveCluster {
  let version: Promise<ReturnType<typeof fieldsAt>> | undefined;
  const askVersion = async () => fieldsAt({ version: await json(transport, '/version') }, 'version');
  return {
    context,
    server: new URL(transport.server).origin,
    sent: transport.sent,
    clockAhead: transport.clockAhead,
    version: () => {
      version ??= askVersion().catch((error: unknown) => {
        version = undefined;
        throw error;
      });
      return version;
    },
    kinds: kinds.all,
    get: async (reference: LiveReference) => {
      const kind = await kinds.of(reference);
      if (kind === undefined) return undefined;
      return getObject(transport, objectPath(kind, reference));
    },
    list: async (selection: LiveSelection) => {
      const kind = await kinds.of(selection);
      if (kind === undefined) return undefined;
      return (await listAll(transport, collectionPath(kind, selection.namespace), selection))?.objects;
    },
    watch: async function* (selection: LiveSelection, signal: AbortSignal) {
      const kind = await kinds.of(selection);
      if (kind === undefined)
        throw new LiveError('refused', `${selection.apiVersion} ${selection.kind} is not served`, 404);
      yield* watchFrom(transport, collectionPath(kind, selection.namespace), selection, signal);
    },
    read: async (path: string, options: { patience?: number } = {}) => {
      const call: Call = { method: 'GET', path, accept: '*/*' };
      const answer = await transport.send(call, options.patience);
      if (answer.status !== 200) throw refusal(call, answer);
      return answer.body.toString('utf8');
    },
    service: async ({ namespace, name, port }, path, options = {}) => {
      const base = `/api/v1/namespaces/${namespace}/services/${name}:${port}/proxy`;
      const call: Call = { method: 'GET', path: `${base}${path}`, accept: '*/*', passedOn: true };
      const answer = await transport.send(call, options.patience);
      if (!isOfService(call, answer)) throw refusal(call, answer);
      const { status, body, date } = answer;
      return {
        status,
        body: body.toString('utf8'),
        date: date === undefined ? undefined : new Date(date),
      };
    },
  };
}

/** The object at a path; undefined where there is none. `whole` is the time for all attempts, in milliseconds. */
export async function getObject(transport: Transport, path: string, whole?: number) {
  const call: Call = { method: 'GET', path };
  const answer = await transport.send(call, whole);
  if (saysNotFound(answer)) return undefined;
  if (answer.status !== 200) throw refusal(call, answer);
  const object = jsonOf(call, answer);
  if (isObject(object)) return object;
  throw new LiveError('unreachable', `${nameOf(call)} was answered with something that is no object`);
}

async function json(transport: Transport, path: string): Promise<unknown> {
  const call: Call = { method: 'GET', path };
  const answer = await transport.send(call);
  if (answer.status !== 200) throw refusal(call, answer);
  return jsonOf(call, answer);
}
