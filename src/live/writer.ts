import type { KubernetesObject } from '../kubernetes/object.ts';
import { LiveError, type LiveReference, type LiveWriter, type ServedKind } from './cluster.ts';
import { jsonOf, nameOf, refusal, saysNotFound } from './failures.ts';
import { isObject } from './listing.ts';
import { collectionPath, type Kinds, objectPath } from './paths.ts';
import type { Call } from './request.ts';
import type { Transport } from './transport.ts';

const manager = 'fieldManager=gatehouse';

/** What may change a cluster. An unknown field is refused by the server, and the name of the field is in the error. */
export function liveWriter(transport: Transport, kinds: Kinds): LiveWriter {
  const served = async ({
    apiVersion,
    kind,
  }: Pick<LiveReference, 'apiVersion' | 'kind'>): Promise<ServedKind> => {
    const found = await kinds.of({ apiVersion, kind });
    if (found) return found;
    throw new LiveError('refused', `${apiVersion} ${kind} is not served`, 404);
  };
  return {
    create: async (object) => {
      const path = collectionPath(await served(object), object.metadata.namespace ?? 'default');
      const query = `${manager}&fieldValidation=Strict`;
      return changed(transport, { method: 'POST', path: `${path}?${query}`, body: object });
    },
    patch: async (reference, change) => {
      const path = objectPath(await served(reference), reference);
      return changed(transport, {
        method: 'PATCH',
        path: `${path}?${manager}&fieldValidation=Strict`,
        body: change,
        contentType: 'application/merge-patch+json',
      });
    },
    remove: async (reference) => {
      const call: Call = {
        method: 'DELETE',
        path: objectPath(await served(reference), reference),
        // Pods of a Job that was removed by default would stay.
        body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
      };
      const answer = await transport.send(call);
      if (answer.status >= 300 && !saysNotFound(answer)) throw refusal(call, answer);
    },
  };
}

async function changed(transport: Transport, call: Call): Promise<KubernetesObject> {
  const answer = await transport.send(call);
  if (answer.status >= 300) throw refusal(call, answer);
  const object = jsonOf(call, answer);
  if (isObject(object)) return object;
  throw new LiveError('unreachable', `${nameOf(call)} was answered with something that is no object`);
}
