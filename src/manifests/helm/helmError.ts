import { textsIn } from '../../kubernetes/fields.ts';
import type { ReleaseValues } from './releaseValues.ts';

/** An error of helm may quote a value. If a value is private, only the location is returned. */
export function publicHelmError(
  message: string,
  { values, secret }: ReleaseValues,
  privateValues: ReadonlyMap<string, string>,
): string {
  const texts = textsIn(values);
  const isPrivate =
    secret.length > 0 ||
    [...privateValues.values()].some((value) => value !== '' && texts.some((text) => text.includes(value)));
  if (!isPrivate) return message;
  const location = /\(?([\w.-]+\/[\w./-]+\.(?:ya?ml|tpl|txt)(?::\d+)*)/.exec(message)?.[1];
  const where = location === undefined ? '' : ` at ${location}`;
  return `its message${where} is left out, since it may contain a private value`;
}
