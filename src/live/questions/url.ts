import type { LiveQuestion } from '../../components/contract/checks.ts';
import type { Answer, Asking } from '../check.ts';

/** A question with the host in clear text; undefined where the private values are not known. */
type UrlQuestion = Omit<Extract<LiveQuestion, { kind: 'url' }>, 'host'> & { host: string | undefined };

/** How long a server may take, in milliseconds. */
const patience = 15_000;

/**
 * Whether a request without credentials gets one of the answers that are promised. It is sent from this computer, so it says
 * something of the place that the user named alone: `--from`.
 */
export async function askUrl({ host, path, from, status }: UrlQuestion, { places }: Asking): Promise<Answer> {
  if (host === undefined)
    return { verdict: 'not checked', evidence: ['The private values are not known here'] };
  const place = places?.[from];
  if (place === undefined)
    return {
      verdict: 'not checked',
      evidence: [
        `It has to be asked from ${from === 'internet' ? 'outside' : 'home'}, and this run is not there`,
      ],
      remedy: `gatehouse verify --from ${from === 'internet' ? 'outside' : 'home'}`,
    };
  const seen = await place.request({ host, path, patience });
  if ('failure' in seen)
    return { verdict: 'not checked', evidence: [`https://${host}${path}: ${seen.failure}`] };
  return {
    verdict: status.includes(seen.status) ? 'kept' : 'broken',
    evidence: [`https://${host}${path} answered ${seen.status}; ${status.join(', ')} is expected`],
  };
}
