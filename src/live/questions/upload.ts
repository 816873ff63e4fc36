import type { UploadQuestion } from '../../components/contract/checks.ts';
import type { Answer, Asking } from '../check.ts';
import { type Named, notThere, patience, unanswered, unknownValues } from './place.ts';

/** The environment variable with a token of Access, which `cloudflared access token` prints. */
export const accessTokenVariable = 'GATEHOUSE_ACCESS_TOKEN';

/** Whether a body that is too large is answered with 413. */
export async function askUpload(
  { host, path, bytes }: Named<UploadQuestion>,
  { places, given }: Asking,
): Promise<Answer> {
  if (host === undefined) return unknownValues;
  const place = places?.internet;
  if (place === undefined) return notThere('internet');
  const token = given?.variable(accessTokenVariable);
  const seen = await place.request({
    ...{ host, path, patience, method: 'POST' },
    headers: {
      'Content-Type': 'application/octet-stream',
      ...(token === undefined ? {} : { Cookie: `CF_Authorization=${token}` }),
    },
    body: { zeros: bytes },
  });
  const asked = `A body of ${bytes} bytes to https://${host}${path}`;
  if ('failure' in seen) return unanswered(asked, seen.failure);
  if (seen.status === 413) return { verdict: 'kept', evidence: [`${asked} was answered with 413`] };
  const isTurnedAway = [301, 302, 303, 307, 401, 403].includes(seen.status);
  if (isTurnedAway)
    return {
      verdict: 'not checked',
      evidence: [
        token === undefined
          ? `${asked} was answered with ${seen.status}: Access turned it away before anybody looked at its size`
          : `${asked} was answered with ${seen.status}: Access does not take the token of ${accessTokenVariable}`,
      ],
      remedy: `export ${accessTokenVariable}="$(cloudflared access token --app=https://${host})", and ask again`,
    };
  if (seen.status >= 500)
    return {
      verdict: 'not checked',
      evidence: [`${asked} was answered with ${seen.status}: a server fails`],
      remedy: 'Look why nothing answers behind Cloudflare, and ask again',
    };
  return {
    verdict: 'broken',
    evidence: [`${asked} was answered with ${seen.status}; 413 is expected`],
  };
}
