import type { LiveQuestion } from '../../components/contract/checks.ts';
import type { Answer, Asking } from '../check.ts';
import { type Named, notThere, patience, unanswered, unknownValues } from './place.ts';

/** Whether the certificate that a host shows is one that browsers take. */
export async function askCertificate(
  { host, from }: Named<Extract<LiveQuestion, { kind: 'certificate' }>>,
  { places, now }: Asking,
): Promise<Answer> {
  if (host === undefined) return unknownValues;
  const place = places?.[from];
  if (place === undefined) return notThere(from);
  const seen = await place.certificate(host, patience);
  if ('failure' in seen) return unanswered(`https://${host}`, seen.failure);
  const until = Number.isNaN(seen.until.getTime()) ? 'a day that is not known' : seen.until.toISOString();
  if (seen.fault !== undefined)
    return { verdict: 'broken', evidence: [`https://${host}: ${seen.fault}; it is valid until ${until}`] };
  if (!(seen.from <= now() && now() < seen.until))
    return {
      verdict: 'broken',
      evidence: [`https://${host}: the certificate is not valid now, until ${until}`],
    };
  return { verdict: 'kept', evidence: [`https://${host}: the certificate is valid until ${until}`] };
}
