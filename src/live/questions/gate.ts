import type { GateQuestion } from '../../components/contract/checks.ts';
import type { Answer, Asking, PlaceAnswer } from '../check.ts';
import { forgedToken } from './forgedToken.ts';
import { type Named, notThere, patience, unanswered, unknownValues } from './place.ts';

/** Whether whoever has no valid token of Access gets what Access answers, or a refusal, and never the app. */
export async function askGate(question: Named<GateQuestion>, { places, now }: Asking): Promise<Answer> {
  const { host, path, team, audience, token } = question;
  if (host === undefined || team === undefined || audience === undefined) return unknownValues;
  const place = places?.internet;
  if (place === undefined) return notThere('internet');
  const forged =
    token === 'forged' ? accessToken({ team, audience, email: question.email, now: now() }) : undefined;
  const headers =
    forged === undefined ? {} : { 'Cf-Access-Jwt-Assertion': forged, Cookie: `CF_Authorization=${forged}` };
  const seen = await place.request({ host, path, patience, headers });
  const asked = `https://${host}${path} ${token === 'none' ? 'without a token' : 'with a forged token'}`;
  if ('failure' in seen) return unanswered(asked, seen.failure);
  return judged(asked, seen, `${team}.cloudflareaccess.com`);
}

function judged(asked: string, { status, location }: PlaceAnswer, login: string): Answer {
  if (status === 401 || status === 403)
    return { verdict: 'kept', evidence: [`${asked} was answered with ${status}`] };
  if (status >= 300 && status < 400 && hostOf(location) === login)
    return { verdict: 'kept', evidence: [`${asked} was sent to the login of Access (${status})`] };
  // Nobody refused: the tunnel, or what is behind it, does not answer. A token that cannot be verified is a 502 of cloudflared.
  if (status >= 500)
    return {
      verdict: 'not checked',
      evidence: [`${asked} was answered with ${status}: that is a server that fails, and no refusal`],
      remedy: 'Look why nothing answers behind Cloudflare, and ask again',
    };
  const elsewhere = status >= 300 && status < 400 ? ', to somewhere else than the login of Access' : '';
  return {
    verdict: 'broken',
    evidence: [
      `${asked} was answered with ${status}${elsewhere}: nobody asked for a token, 302 to the login of Access or 403 is expected`,
    ],
  };
}

function hostOf(location: string | undefined): string | undefined {
  return location !== undefined && URL.canParse(location) ? new URL(location).host : undefined;
}

interface Forgery {
  team: string;
  audience: string;
  email: string | undefined;
  now: Date;
}

/** A token as Access makes them. */
export function accessToken({ team, audience, email = 'nobody@example.invalid', now }: Forgery): string {
  const iss = `https://${team}.cloudflareaccess.com`;
  return forgedToken({ aud: [audience], email, iss, type: 'app' }, now);
}
