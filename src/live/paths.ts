import { type LiveCluster, LiveError, type LiveReference, type ServedKind } from './cluster.ts';
import { discover } from './discovery.ts';
import type { Transport } from './transport.ts';

/** Finds out where the server keeps the objects of a kind. */
export interface Kinds {
  readonly all: LiveCluster['kinds'];
  /** Undefined where the kind is not served. It throws where that cannot be told, because the server of the group is down. */
  readonly of: (reference: Pick<LiveReference, 'apiVersion' | 'kind'>) => Promise<ServedKind | undefined>;
}

/** How long it is not asked again whether a kind is served that was not, in milliseconds. */
const forgets = 10_000;

/** Asks once, and again for a kind that may be new: that of a CustomResourceDefinition that was just applied. */
export function kindsServed(transport: Transport): Kinds {
  let known: { at: number; kinds: ReturnType<typeof discover> } | undefined;
  const ask = (): ReturnType<typeof discover> => {
    const asked = { at: performance.now(), kinds: discover(transport) };
    known = asked;
    asked.kinds.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.kinds;
  };
  const all = (): ReturnType<typeof discover> => known?.kinds ?? ask();
  return {
    all,
    of: async ({ apiVersion, kind }) => {
      const isWanted = (one: ServedKind) => one.apiVersion === apiVersion && one.kind === kind;
      const first = await all();
      const found = first.served.find(isWanted);
      if (found) return found;
      const isOld = known === undefined || performance.now() - known.at > forgets;
      const { served, missing } = isOld ? await ask() : first;
      const later = served.find(isWanted);
      if (later === undefined && missing.includes(apiVersion))
        throw new LiveError(
          'overloaded',
          `the server of ${apiVersion} is down, so that nobody knows its ${kind}`,
        );
      return later;
    },
  };
}

/** The path of all objects of a kind, of one namespace where it is named and the kind has them. */
export function collectionPath(kind: ServedKind, namespace: string | undefined): string {
  const { apiVersion, resource, namespaced } = kind;
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${base}${within}/${resource}`;
}

/** The path of an object. One that names no namespace is in `default`. */
export function objectPath(kind: ServedKind, { name, namespace }: LiveReference): string {
  return `${collectionPath(kind, namespace ?? 'default')}/${encodeURIComponent(name)}`;
}
