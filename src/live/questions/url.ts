import type { LiveQuestion } from '../../components/contract/checks.ts';
import type { Answer, Asking } from '../check.ts';
import { type Named, notThere, patience, unanswered, unknownValues } from './place.ts';

/**
 * Whether a request without credentials gets one of the answers that are promised. It is sent from this computer, so it says
 * something of the place that the user named alone: `--from`.
 */
export async function askUrl(
  { host, path, from, status }: Named<Extract<LiveQuestion, { kind: 'url' }>>,
  { places }: Asking,
): Promise<Answer> {
  if (host === undefined) return unknownValues;
  const place = places?.[from];
  if (place === undefined) return notThere(from);
  const seen = await place.request({ host, path, patience });
  if ('failure' in seen) return unanswered(`https://${host}${path}`, seen.failure);
  return {
    verdict: status.includes(seen.status) ? 'kept' : 'broken',
    evidence: [`https://${host}${path} answered ${seen.status}; ${status.join(', ')} is expected`],
  };
}
