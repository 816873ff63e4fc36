import type { JsonQuestion } from '../../components/contract/checks.ts';
import { valueAt } from '../../kubernetes/fields.ts';
import type { Answer, Asking } from '../check.ts';
import { type Named, notThere, patience, unanswered, unknownValues } from './place.ts';

/** Whether a page at home holds a field with a value. */
export async function askJson(
  { host, port, path, field, value }: Named<JsonQuestion>,
  { places }: Asking,
): Promise<Answer> {
  if (host === undefined) return unknownValues;
  const place = places?.home;
  if (place === undefined) return notThere('home');
  const url = `http://${host}:${port}${path}`;
  const seen = await place.request({ scheme: 'http', host, port, path, patience, read: 65_536 });
  if ('failure' in seen) return { ...unanswered(url, seen.failure), verdict: 'broken' };
  if (seen.status !== 200)
    return { verdict: 'broken', evidence: [`${url} was answered with ${seen.status}`] };
  const found = parsed(seen.body);
  const shown =
    found === undefined ? 'it is no JSON' : `${field} is ${JSON.stringify(valueAt(found, field))}`;
  return {
    verdict: valueAt(found, field) === value ? 'kept' : 'broken',
    evidence: [`${url}: ${shown}; ${JSON.stringify(value)} is expected`],
  };
}

export function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
