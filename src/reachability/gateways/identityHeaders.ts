import { fieldsAt, mapsAt, textAt, textsAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { ClientTraffic } from './clientTraffic.ts';
import { type Feature, featuresOf } from './features.ts';
import type { Listener } from './listeners.ts';
import { envoyGroup, type ObjectIndex } from './objectIndex.ts';

/** The headers in which any SecurityPolicy among the objects passes the identity of a client, in lower case. */
export function identityHeaders(index: ObjectIndex): ReadonlySet<string> {
  const features = index.all(envoyGroup, 'SecurityPolicy').flatMap(featuresOf);
  return new Set(features.flatMap((feature) => [...overwritten(feature), ...perhapsSet(feature)]));
}

/** The headers that Envoy overwrites or removes in every request, whatever the token contains. */
function overwritten({ type, value }: Feature): readonly string[] {
  if (type === 'jwt') {
    return mapsAt(value, 'providers')
      .flatMap((provider) => mapsAt(provider, 'claimToHeaders'))
      .flatMap((claim) => textAt(claim, 'header')?.toLowerCase() ?? []);
  }
  const field =
    type === 'basicAuth' ? 'forwardUsernameHeader' : type === 'apiKey' ? 'forwardClientIDHeader' : '';
  const header = textAt(value, field)?.toLowerCase();
  return header === undefined ? [] : [header];
}

/** The headers that are set only if the authorization service returns them. Otherwise the client's header passes. */
function perhapsSet({ type, value }: Feature): readonly string[] {
  return type === 'extAuth'
    ? textsAt(value, 'http', 'headersToBackend').map((header) => header.toLowerCase())
    : [];
}

/**
 * The identity headers that a client can send by itself to the application: the policy of the route does not overwrite
 * them, and the ClientTrafficPolicy of the listener does not remove them.
 */
export function spoofableHeaders(
  traffic: ClientTraffic,
  identity: ReadonlySet<string>,
  listener: Listener,
  features: readonly Feature[],
): readonly string[] {
  const open = [...identity].filter((header) => !new Set(features.flatMap(overwritten)).has(header));
  if (open.length === 0) return [];
  const removals = traffic.on(listener).map(removalOf);
  return open.filter((header) => !removals.every((removes) => removes(header))).toSorted();
}

/** The headers that a ClientTrafficPolicy removes before anything else reads the request. */
function removalOf(policy: SourcedObject | undefined): (header: string) => boolean {
  const early = fieldsAt(policy?.object, 'spec', 'headers', 'earlyRequestHeaders');
  const names = new Set(textsAt(early, 'remove').map((header) => header.toLowerCase()));
  const patterns = mapsAt(early, 'removeOnMatch');
  return (header) => names.has(header) || patterns.some((pattern) => matchesHeader(pattern, header));
}

function matchesHeader(pattern: unknown, header: string): boolean {
  const value = (textAt(pattern, 'value') ?? '').toLowerCase();
  switch (textAt(pattern, 'type') ?? 'Exact') {
    case 'Exact':
      return header === value;
    case 'Prefix':
      return header.startsWith(value);
    case 'Suffix':
      return header.endsWith(value);
    default:
      return false;
  }
}
