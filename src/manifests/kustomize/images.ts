import { isFields } from '../../kubernetes/fields.ts';
import { type Change, changeAt, rejected } from './fieldPaths.ts';
import { images } from './fieldTables.ts';

/** An entry of `images`. */
export interface ImageChange {
  name: string;
  newName?: string;
  newTag?: string;
  digest?: string;
}

/** kustomize does not escape the name in its pattern. These characters have no special effect there. */
const plainName = /^[\w./:-]+$/;

/**
 * Replaces the name, tag or digest of an image in every list called `containers` or `initContainers`, and in image
 * volumes, as kustomize does.
 *
 * @returns undefined if the entry is not supported
 */
export function imageChange(entry: ImageChange): ((object: unknown) => unknown) | undefined {
  if (!plainName.test(entry.name)) return undefined;
  const pattern = new RegExp(`^${entry.name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  const change: Change = (value) =>
    typeof value === 'string'
      ? pattern.test(value)
        ? changedImage(value, entry)
        : value
      : value === null
        ? value
        : rejected;
  return (object) => {
    let result = inContainers(object, change);
    for (const path of images) {
      if (result !== rejected) result = changeAt(result, path, change);
    }
    return result;
  };
}

function inContainers(value: unknown, change: Change): unknown {
  if (Array.isArray(value)) return mapItems(value, (item) => inContainers(item, change));
  if (!isFields(value)) return value;
  let result = value;
  for (const [key, field] of Object.entries(value)) {
    let next = inContainers(field, change);
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(next))
      next = mapItems(next, (item) => inContainer(item, change));
    if (next === rejected) return rejected;
    if (next !== field) result = { ...result, [key]: next };
  }
  return result;
}

function inContainer(item: unknown, change: Change): unknown {
  if (!isFields(item) || item['image'] === undefined) return item;
  const image = change(item['image']);
  if (image === rejected) return rejected;
  return image === item['image'] ? item : { ...item, image };
}

function mapItems(list: readonly unknown[], change: Change): unknown {
  const next = list.map(change);
  if (next.includes(rejected)) return rejected;
  return next.every((item, index) => item === list[index]) ? list : next;
}

function changedImage(image: string, { newName, newTag, digest }: ImageChange): string {
  const parts = splitImage(image);
  const name = newName ?? parts.name;
  if (newTag !== undefined) return `${name}:${newTag}${digest === undefined ? '' : `@${digest}`}`;
  if (digest !== undefined) return `${name}@${digest}`;
  return `${name}${parts.tag === '' ? '' : `:${parts.tag}`}${parts.digest === '' ? '' : `@${parts.digest}`}`;
}

/** A colon before the first slash is part of the registry's address. */
function splitImage(image: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(image.indexOf('/'), 0);
  const at = image.indexOf('@', slash);
  const name = at < 0 ? image : image.slice(0, at);
  const digest = at < 0 ? '' : image.slice(at + 1);
  const colon = name.indexOf(':', slash);
  if (colon < 0) return { name, tag: '', digest };
  return { name: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}
