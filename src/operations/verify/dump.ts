import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { type LiveCluster, LiveError, type ServedKind } from '../../live/cluster.ts';
import type { Unknown } from '../../manifests/sourcedObject.ts';
import { kindsNotServed, kindsToList } from './kindsToList.ts';
import { byUidOf, type ComparedWithMakers, comparedWithMakers } from './madeObjects.ts';
import { nameOf } from './objectName.ts';

/** What the API server holds now. Of Secrets it has the names alone. */
export interface Dump extends ComparedWithMakers {
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
export function indexed(dump: Omit<Dump, 'byName' | 'byUid' | keyof ComparedWithMakers>): Dump {
  const { objects } = dump;
  const byUid = byUidOf(objects);
  return {
    ...dump,
    byName: new Map(objects.map((object) => [nameOf(object), object])),
    byUid,
    ...comparedWithMakers(objects, byUid),
  };
}

/**
 * Whether it is known of an object that is not in the dump that the cluster does not have it. A group whose server is down may
 * have the kind.
 */
export function isKnownAbsent(object: KubernetesObject, { listed, complete, missing }: Dump): boolean {
  const isOfKind = (served: ServedKind): boolean =>
    served.kind === object.kind && groupOf({ apiVersion: served.apiVersion }) === groupOf(object);
  return listed.some(isOfKind) ? complete.some(isOfKind) : missing.length === 0;
}

/** What makes readable what could not be read; nothing where all could. */
export function remedyOf([first]: readonly Unknown[]): { remedy?: string } {
  return first === undefined ? {} : { remedy: first.remedy };
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
  const unread: Unknown[] = [
    ...missing.map((group) => ({
      sentence: `The API server does not say which kinds ${group} has: whoever serves them does not answer`,
      remedy: `Look at the APIService: kubectl get apiservices | grep ${group}`,
    })),
    ...kindsNotServed(listed).map((name) => ({
      sentence: `The API server does not say that it has the kind ${name.replace(/^\//, '')}, as every Kubernetes has`,
      remedy:
        'Compare with kubectl api-resources: something between here and the API server may change its answers',
    })),
  ];
  const left = listed.entries();
  const worker = async (): Promise<void> => {
    for (const [index, listedKind] of left) {
      const { apiVersion, kind } = listedKind;
      try {
        const isSecret = apiVersion === 'v1' && kind === 'Secret';
        const found = await cluster.list({ apiVersion, kind, ...(isSecret ? { onlyMetadata: true } : {}) });
        if (found === undefined) {
          unread.push(notServed(kind, apiVersion));
          continue;
        }
        objects[index] = [...found];
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

/** Whoever takes that for a kind without objects believes that no policy, or no node port, is there. */
function notServed(kind: string, apiVersion: string): Unknown {
  return {
    sentence: `The API server has the kind ${kind} (${apiVersion}) and does not find it when it is listed`,
    remedy: 'Ask again: its definition may just be changing',
  };
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
