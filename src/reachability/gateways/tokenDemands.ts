import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  textAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Certainty } from '../model/analysis.ts';
import type { Feature } from './features.ts';
import type { ReferenceContext } from './references.ts';

/** What jwt demands of each request. */
export function jwtDemands(
  context: ReferenceContext,
  { value, policy }: Pick<Feature, 'value' | 'policy'>,
): readonly [Certainty, string] {
  if (value['failOpen'] === true) return ['none', 'nothing: failOpen lets invalid tokens through'];
  if (value['optional'] === true) return ['none', 'nothing: a request without a token passes'];
  const providers = mapsAt(value, 'providers');
  // A request passes with a token of any one provider.
  if (providers.some((provider) => signsForAnybody(context, policy, provider)))
    return ['presence', 'a token that everybody who reads the repository can sign'];
  if (providers.some(fetchesInClear))
    return ['presence', 'a token of whoever is on the way to the keys, which come without TLS'];
  return providers.every((provider) => isBound(provider) && hasAudience(provider))
    ? ['verified', 'a signed token for its audience']
    : ['presence', 'a signed token, of any audience or issuer'];
}

/** What authorization demands of each request: by claims no more than the token is worth that they are in. */
export function authorizationDemands(
  context: ReferenceContext,
  value: Fields,
  jwt: Pick<Feature, 'value' | 'policy'> | undefined,
): readonly [Certainty, string] {
  const admitting = mapsAt(value, 'rules').filter((rule) => textAt(rule, 'action') !== 'Deny');
  if (textAt(value, 'defaultAction') === 'Allow') return ['none', 'nothing: who meets no rule is allowed'];
  if (admitting.length === 0) return ['verified', 'what nobody has: every request is denied'];
  const byToken = admitting.every((rule) => isFields(valueAt(rule, 'principal', 'jwt')));
  if (!byToken) return ['presence', 'an address or a header that a rule names'];
  const isWorthIt = admitting.every((rule) => {
    const principal = fieldsAt(rule, 'principal', 'jwt');
    const provider = mapsAt(jwt?.value, 'providers').find(
      (each) => textAt(each, 'name') === textAt(principal, 'provider'),
    );
    return (
      provider !== undefined &&
      jwt !== undefined &&
      isBound(provider) &&
      (hasAudience(provider) || asksForAudience(principal)) &&
      !signsForAnybody(context, jwt.policy, provider) &&
      !fetchesInClear(provider)
    );
  });
  return isWorthIt
    ? ['verified', 'claims of a signed token']
    : ['presence', 'claims of a token that does not prove who asks'];
}

/** Envoy takes a token of any issuer where none is written. */
function isBound(provider: Fields): boolean {
  return (textAt(provider, 'issuer') ?? '') !== '';
}

function hasAudience(provider: Fields): boolean {
  const audiences = textsAt(provider, 'audiences');
  return audiences.length > 0 && audiences.every((audience) => audience !== '');
}

function asksForAudience(principal: Fields): boolean {
  return mapsAt(principal, 'claims').some((claim) => textAt(claim, 'name') === 'aud');
}

/** Whether the keys come from outside of the cluster without TLS: whoever answers instead signs what he likes. */
function fetchesInClear(provider: Fields): boolean {
  const remote = fieldsAt(provider, 'remoteJWKS');
  const uri = textAt(remote, 'uri') ?? '';
  if (mapsAt(remote, 'backendRefs').length > 0 || !URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return protocol === 'http:' && !/^[^.]+$|\.svc$|\.cluster\.local$/.test(hostname);
}

/** Whether the keys that are among the objects have a part with which tokens are signed, and which is in clear text. */
function signsForAnybody(
  { configurationSources }: ReferenceContext,
  policy: SourcedObject,
  provider: Fields,
): boolean {
  const local = fieldsAt(provider, 'localJWKS');
  const inline = textAt(local, 'inline');
  const name = textAt(local, 'valueRef', 'name');
  const store =
    name === undefined
      ? undefined
      : configurationSources.get(`ConfigMap/${namespaceOf(policy.object)}/${name}`)?.texts;
  return [inline, ...(store?.values() ?? [])].some((text) => text !== undefined && holdsSecretPart(text));
}

/** RFC 7518, 6: `k` is a symmetric key, and `d` the private part of any other. */
function holdsSecretPart(text: string): boolean {
  try {
    const set: unknown = JSON.parse(text);
    return mapsAt(set, 'keys').some((key) => key['k'] !== undefined || key['d'] !== undefined);
  } catch {
    return false;
  }
}
