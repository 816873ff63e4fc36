import type { UrlQuestion } from '../../components/contract/checks.ts';
import { fillIn, type PrivateValues } from '../../config/private.ts';
import type { Answer, Asking } from '../check.ts';
import { forgedToken } from './forgedToken.ts';
import { type Named, notThere, patience, unanswered, unknownValues } from './place.ts';

/**
 * Whether a request without good credentials gets one of the answers that are promised. It is sent from this computer, so it
 * says something of the place that the user named alone: `--from`.
 */
export async function askUrl(
  { host, path, from, status, forged }: Named<UrlQuestion>,
  { places, now }: Asking,
  values: PrivateValues,
): Promise<Answer> {
  const issuer = forged === undefined ? undefined : fillIn(forged.issuer, values);
  if (host === undefined || issuer?.includes('${')) return unknownValues;
  const place = places?.[from];
  if (place === undefined) return notThere(from);
  const token =
    forged === undefined ? undefined : forgedToken({ iss: issuer, aud: [forged.audience] }, now());
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const seen = await place.request({ host, path, patience, headers });
  const asked = `https://${host}${path}${token === undefined ? '' : ' with a forged token'}`;
  if ('failure' in seen) return unanswered(asked, seen.failure);
  return {
    verdict: status.includes(seen.status) ? 'kept' : 'broken',
    evidence: [`${asked} answered ${seen.status}; ${status.join(', ')} is expected`],
  };
}
