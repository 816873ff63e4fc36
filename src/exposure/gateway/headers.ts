import { fieldsAt, isFields, mapsAt, textAt, textsAt, valueAt } from '../fields.ts';
import type { SourcedObject } from '../judgement.ts';
import { namespaceOf } from '../workload.ts';
import { type Feature, featuresOf } from './features.ts';
import { byAge, type Listener } from './listeners.ts';
import { envoyGroup, type Scope } from './scope.ts';

/** Headers by which any SecurityPolicy among the objects tells applications who asks, in lower case. */
export function identityHeaders(scope: Scope): ReadonlySet<string> {
  const features = scope.all(envoyGroup, 'SecurityPolicy').flatMap(featuresOf);
  return new Set(features.flatMap((feature) => [...overwritten(feature), ...perhapsSet(feature)]));
}

/** What Envoy overwrites or removes from a client's request, whatever the token says. */
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

/** What is set only where the authorization service answers with it: a client's own header passes otherwise. */
function perhapsSet({ type, value }: Feature): readonly string[] {
  return type === 'extAuth'
    ? textsAt(value, 'http', 'headersToBackend').map((header) => header.toLowerCase())
    : [];
}

/**
 * The identity headers that a client may send by itself and that reach the application: neither does the policy of
 * the route overwrite them, nor does the ClientTrafficPolicy of the listener remove them before.
 */
export function spoofableHeaders(
  scope: Scope,
  identity: ReadonlySet<string>,
  listener: Listener,
  features: readonly Feature[],
): readonly string[] {
  const guarded = new Set(features.flatMap(overwritten));
  const removes = removalOf(scope, listener);
  return [...identity].filter((header) => !guarded.has(header) && !removes(header)).toSorted();
}

/** What the ClientTrafficPolicy that holds for a listener removes early: the listener's own, or the Gateway's. */
function removalOf(scope: Scope, { gateway, owner, name }: Listener): (header: string) => boolean {
  const policies = scope.all(envoyGroup, 'ClientTrafficPolicy').toSorted(byAge);
  const policy =
    policies.find((each) => targets(each, owner, name)) ??
    policies.find((each) => targets(each, owner, undefined)) ??
    policies.find((each) => targets(each, gateway, undefined));
  const early = fieldsAt(policy?.object, 'spec', 'headers', 'earlyRequestHeaders');
  const names = new Set(textsAt(early, 'remove').map((header) => header.toLowerCase()));
  const patterns = mapsAt(early, 'removeOnMatch');
  return (header) => names.has(header) || patterns.some((pattern) => matchesHeader(pattern, header));
}

function targets({ object }: SourcedObject, target: SourcedObject, section: string | undefined): boolean {
  const single = valueAt(object, 'spec', 'targetRef');
  const refs = [...mapsAt(object, 'spec', 'targetRefs'), ...(isFields(single) ? [single] : [])];
  return refs.some(
    (ref) =>
      namespaceOf(object) === namespaceOf(target.object) &&
      textAt(ref, 'kind') === target.object.kind &&
      textAt(ref, 'name') === target.object.metadata.name &&
      textAt(ref, 'sectionName') === section,
  );
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
