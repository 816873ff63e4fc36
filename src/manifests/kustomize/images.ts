import { isFields } from '../../kubernetes/fields.ts';
import { type Change, changeAt, refused } from './fieldPaths.ts';
import { images } from './fieldTables.ts';

/** An entry of `images`. */
export interface ImageChange {
  name: string;
  newName?: string;
  newTag?: string;
  digest?: string;
}

/** What a name of an image may be made of, so that kustomize's pattern, which does not escape it, means just that. */
const plainName = /^[\w./:-]+$/;

/**
 * Puts another name, tag or digest in place of an image's, wherever kustomize looks: in every list called
 * `containers` or `initContainers`, and where image volumes stand.
 *
 * @returns nothing where the entry is not understood here
 */
export function imageChange(entry: ImageChange): ((object: unknown) => unknown) | undefined {
  if (!plainName.test(entry.name)) return undefined;
  const pattern = new RegExp(`^${entry.name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  const change: Change = (value) =>
    typeof value === 'string'
      ? pattern.test(value)
        ? changed(value, entry)
        : value
      : value === null
        ? value
        : refused;
  return (object) => {
    let result = inContainers(object, change);
    for (const path of images) {
      if (result !== refused) result = changeAt(result, path, change);
    }
    return result;
  };
}

function inContainers(value: unknown, change: Change): unknown {
  if (Array.isArray(value)) return mapped(value, (item) => inContainers(item, change));
  if (!isFields(value)) return value;
  let result = value;
  for (const [key, field] of Object.entries(value)) {
    let next = inContainers(field, change);
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(next))
      next = mapped(next, (item) => inContainer(item, change));
    if (next === refused) return refused;
    if (next !== field) result = { ...result, [key]: next };
  }
  return result;
}

function inContainer(item: unknown, change: Change): unknown {
  if (!isFields(item) || item['image'] === undefined) return item;
  const image = change(item['image']);
  if (image === refused) return refused;
  return image === item['image'] ? item : { ...item, image };
}

function mapped(list: readonly unknown[], change: Change): unknown {
  const next = list.map(change);
  if (next.includes(refused)) return refused;
  return next.every((item, index) => item === list[index]) ? list : next;
}

function changed(image: string, { newName, newTag, digest }: ImageChange): string {
  const parts = split(image);
  const name = newName ?? parts.name;
  if (newTag !== undefined) return `${name}:${newTag}${digest === undefined ? '' : `@${digest}`}`;
  if (digest !== undefined) return `${name}@${digest}`;
  return `${name}${parts.tag === '' ? '' : `:${parts.tag}`}${parts.digest === '' ? '' : `@${parts.digest}`}`;
}

/** A colon before the first slash belongs to the port of the registry. */
function split(image: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(image.indexOf('/'), 0);
  const at = image.indexOf('@', slash);
  const name = at < 0 ? image : image.slice(0, at);
  const digest = at < 0 ? '' : image.slice(at + 1);
  const colon = name.indexOf(':', slash);
  if (colon < 0) return { name, tag: '', digest };
  return { name: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}
