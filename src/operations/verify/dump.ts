import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type LiveCluster, LiveError, type ServedKind } from '../../live/cluster.ts';
import type { Unknown } from '../../manifests/sourcedObject.ts';
import { kindsToList } from './kindsToList.ts';
import { byUidOf } from './madeObjects.ts';
import { nameOf } from './objectName.ts';

/** What the API server holds now. Of Secrets it has the names alone. */
export interface Dump {
  objects: readonly KubernetesObject[];
  /** The same by what {@link nameOf} calls them. */
  byName: ReadonlyMap<string, KubernetesObject>;
  /** The same by their UIDs. */
  byUid: ReadonlyMap<string, KubernetesObject>;
  /** The kinds that were listed, whether there are objects of them or not. */
  listed: readonly ServedKind[];
  /** Those of which every object could be read. */
  complete: readonly ServedKind[];
  /** Groups whose kinds are not known, since who serves them does not answer. */
  missing: readonly string[];
  /** What could not be read, and what would make it readable. */
  unread: readonly Unknown[];
}

/** A dump with its indexes, which every check looks things up in. */
export function indexed(dump: Omit<Dump, 'byName' | 'byUid'>): Dump {
  const { objects } = dump;
  return {
    ...dump,
    byName: new Map(objects.map((object) => [nameOf(object), object])),
    byUid: byUidOf(objects),
  };
}

/** How many lists are read at the same time. */
const together = 8;

/**
 * Reads every object on which a promise may depend, and every object of a kind that Git has. No value of a Secret is read.
 *
 * @throws LiveError where not even the kinds can be read
 */
export async function readDump(cluster: LiveCluster, inGit: readonly KubernetesObject[]): Promise<Dump> {
  const { served, missing } = await cluster.kinds();
  const listed = kindsToList(served, inGit);
  const objects: KubernetesObject[][] = [];
  const complete: ServedKind[] = [];
  const unread: Unknown[] = missing.map((group) => ({
    sentence: `The API server does not say which kinds ${group} has: whoever serves them does not answer`,
    remedy: `Look at the APIService: kubectl get apiservices | grep ${group}`,
  }));
  const left = listed.entries();
  const worker = async (): Promise<void> => {
    for (const [index, listedKind] of left) {
      const { apiVersion, kind } = listedKind;
      try {
        const isSecret = apiVersion === 'v1' && kind === 'Secret';
        const found = await cluster.list({ apiVersion, kind, ...(isSecret ? { onlyMetadata: true } : {}) });
        objects[index] = [...(found ?? [])];
        complete.push(listedKind);
      } catch (error) {
        if (!(error instanceof LiveError)) throw error;
        unread.push(notRead(kind, apiVersion, error));
      }
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  return indexed({ objects: objects.flat(), listed, complete, missing, unread });
}

function notRead(kind: string, apiVersion: string, { failure, message }: LiveError): Unknown {
  return {
    sentence: `The objects of the kind ${kind} (${apiVersion}) cannot be read: ${message}`,
    remedy:
      failure === 'forbidden'
        ? `Use a context whose user may list ${kind} objects in all namespaces`
        : 'Ask again when the API server answers',
  };
}
