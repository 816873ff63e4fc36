import { type Fields, isFields, mapsAt, textAt } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { LiveError, type LiveSelection } from './cluster.ts';
import { jsonOf, nameOf, refusal, saysNotFound } from './failures.ts';
import type { Call } from './request.ts';
import type { Transport } from './transport.ts';

/** Objects as they were at one moment. */
export interface Listed {
  objects: KubernetesObject[];
  /** From which a watch goes on. */
  resourceVersion: string;
}

/** The form of a list in which each object has its `metadata` alone (apimachinery, `PartialObjectMetadataList`). */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** How many objects a page has. With 500, as kubectl has it, 5,000 pods took 20 MB more. */
const pageSize = 250;
/** More pages than any cluster has: 250,000 objects. A server that always has another page would be asked for ever. */
const mostPages = 1_000;
/** How often a list that took too long starts again by pages; the next try has one page. */
const restarts = 3;

/**
 * Lists by pages. The server keeps the moment of a list for some minutes only and then answers 410: the list starts again.
 *
 * @returns undefined where the path is not served
 */
export async function listAll(
  transport: Transport,
  path: string,
  selection: LiveSelection,
): Promise<Listed | undefined> {
  for (let tries = 0; tries <= restarts; tries++) {
    const listed = await byPages(transport, path, selection, tries < restarts ? pageSize : undefined);
    if (listed !== 'expired') return listed;
  }
  throw new LiveError('overloaded', `GET ${path}: the list expires while it is read`, 410);
}

async function byPages(
  transport: Transport,
  path: string,
  selection: LiveSelection,
  limit: number | undefined,
): Promise<Listed | undefined | 'expired'> {
  const objects: KubernetesObject[] = [];
  const once = sharing();
  for (let after: string | undefined, pages = 0; ; pages += 1) {
    if (pages === mostPages)
      throw new LiveError('refused', `GET ${path}: the list has more than ${mostPages} pages`);
    const query = queryOf(selection, { limit: limit?.toString(), continue: after });
    const call: Call = {
      ...{ method: 'GET', path: `${path}${query}` },
      ...(selection.onlyMetadata ? { accept: metadataOnly } : {}),
    };
    const answer = await transport.send(call);
    if (answer.status === 410) return 'expired';
    if (saysNotFound(answer)) return undefined;
    if (answer.status !== 200) throw refusal(call, answer);
    const page = pageIn(call, jsonOf(call, answer));
    for (const item of mapsAt(page, 'items')) objects.push(objectOf(call, once(item), selection));
    after = textAt(page, 'metadata', 'continue') || undefined;
    if (after === undefined)
      return { objects, resourceVersion: textAt(page, 'metadata', 'resourceVersion') ?? '' };
  }
}

/**
 * Keeps each record of field managers once. They are half of what a list weighs, and objects of one controller have the
 * same: 5,000 pods would not fit otherwise. Nobody changes what was read.
 */
function sharing(): (item: Fields) => Fields {
  const known = new Map<string, unknown>();
  return (item) => {
    for (const entry of mapsAt(item, 'metadata', 'managedFields')) {
      const text = JSON.stringify(entry['fieldsV1']);
      if (!known.has(text)) known.set(text, entry['fieldsV1']);
      Object.assign(entry, { fieldsV1: known.get(text) });
    }
    return item;
  };
}

/**
 * A page without items would be taken for an empty cluster. API servers write `null` for the items of a list of metadata that
 * is empty (apiserver 1.36, `asPartialObjectMetadataList`).
 */
function pageIn(call: Call, page: unknown): Fields {
  if (isFields(page) && Array.isArray(page['items'])) return page;
  if (isFields(page) && page['items'] === null && textAt(page, 'kind')?.endsWith('List')) return page;
  throw new LiveError('unreachable', `${nameOf(call)} was answered with something that is no list`);
}

/** The items of a list do not repeat what they are. */
function objectOf(
  call: Call,
  item: Fields,
  { apiVersion, kind, onlyMetadata }: LiveSelection,
): KubernetesObject {
  // A server that does not know the form sends all of it.
  const fields = onlyMetadata ? { apiVersion, kind, metadata: item['metadata'] } : item;
  const object: unknown = fields['kind'] === undefined ? { apiVersion, kind, ...fields } : fields;
  if (isObject(object)) return object;
  throw new LiveError('unreachable', `${nameOf(call)} was answered with an object without a name`);
}

/** Whether a value is an object of the API. */
export function isObject(value: unknown): value is KubernetesObject {
  return (
    textAt(value, 'metadata', 'name') !== undefined &&
    textAt(value, 'apiVersion') !== undefined &&
    textAt(value, 'kind') !== undefined
  );
}

/** The query of a selection, with other parameters. */
export function queryOf(
  { labelSelector, fieldSelector }: LiveSelection,
  others: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...others, labelSelector, fieldSelector }))
    if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query}`;
}
