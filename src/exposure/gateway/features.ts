import { type Fields, fieldsAt, isFields, listAt, mapsAt, textAt, textsAt, valueAt } from '../fields.ts';
import type { Certainty, Control, ControlType, SourcedObject } from '../judgement.ts';
import { namespaceOf, refOf } from '../workload.ts';
import {
  backendFaults,
  type Fault,
  keySetFault,
  type Surroundings,
  secretFault,
  secretTexts,
} from './references.ts';
import { damagedRange } from './refusals.ts';

/** One feature of a SecurityPolicy, and the policy that says it: after a merge the parent's may stand beside the own. */
export interface Feature {
  type: Exclude<ControlType, 'access' | 'originProxy' | 'rejected500'>;
  value: Fields;
  policy: SourcedObject;
}

/** Fields of the policy's spec, by the type of control that they are. */
const fields: readonly (readonly [field: string, type: Feature['type']])[] = [
  ['cors', 'cors'],
  ['csrf', 'csrf'],
  ['extAuth', 'extAuth'],
  ['oidc', 'oidc'],
  ['jwt', 'jwt'],
  ['basicAuth', 'basicAuth'],
  ['apiKeyAuth', 'apiKey'],
  ['authorization', 'authorization'],
];

/** The features of a policy. */
export function featuresOf(policy: SourcedObject): readonly Feature[] {
  const spec = fieldsAt(policy.object, 'spec');
  return fields.flatMap(([field, type]) => {
    const value = spec[field];
    return isFields(value) ? [{ type, value, policy }] : [];
  });
}

/** How a policy of a route says that it merges with its parent; nothing where it replaces it. */
export function mergeTypeOf({ object }: SourcedObject): 'StrategicMerge' | 'JSONMerge' | undefined {
  const type = textAt(object, 'spec', 'mergeType');
  return type === 'StrategicMerge' || type === 'JSONMerge' ? type : undefined;
}

/** A strategic merge of features: maps are joined, everything else of the child's replaces the parent's. */
export function mergeFeatures(child: readonly Feature[], parent: readonly Feature[]): readonly Feature[] {
  const own = child.map((feature) => {
    const above = parent.find(({ type }) => type === feature.type);
    return above === undefined ? feature : { ...feature, value: joined(above.value, feature.value) };
  });
  return [...own, ...parent.filter(({ type }) => !child.some((feature) => feature.type === type))];
}

function joined(below: Fields, above: Fields): Fields {
  const entries = Object.entries(above).map(([key, value]) => {
    const other = below[key];
    return [key, isFields(value) && isFields(other) ? joined(other, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(entries) };
}

/** What becomes of features: the controls that work, and whether each request is answered 500. */
export interface Outcome {
  controls: readonly Control[];
  unknowns: readonly string[];
}

/** What stands before the routes of a listener. */
export interface Edge {
  envoyProxy: Fields | undefined;
  /** The ClientTrafficPolicies that hold there; nothing in a place that has none. */
  traffic: readonly (SourcedObject | undefined)[];
}

/** The controls of a policy that its route obeys, with `rejected500` where something that it names is missing. */
export function controlsOf(surroundings: Surroundings, edge: Edge, features: readonly Feature[]): Outcome {
  const judged = features.map((feature) => ({
    feature,
    faults: faultsOf(surroundings, edge, feature),
  }));
  const certain = (faults: readonly Fault[]) => faults.some((fault) => fault.certain);
  const broken = judged.filter(({ faults }) => certain(faults));
  const passesOn =
    broken.length > 0 &&
    broken.every(({ feature }) => feature.type === 'extAuth' && feature.value['failOpen'] === true);
  const working = judged.filter(
    // Geolocation without a provider is refused, and yet the rules stay.
    ({ feature, faults }) => !certain(faults) || (feature.type === 'authorization' && keepsRules(feature)),
  );
  const controls = working.map(({ feature, faults }) => controlOf(feature, faults));
  const [first] = broken;
  if (first !== undefined && !passesOn) {
    const why = broken.flatMap(({ faults }) => faults.map((fault) => fault.why)).join('; ');
    controls.push({
      type: 'rejected500',
      certainty: 'verified',
      object: refOf(first.feature.policy),
      demands: `every request is answered 500: ${why}`,
      configuration: {},
    });
  }
  const unknowns = judged.flatMap(({ faults }) =>
    faults.filter((fault) => !fault.certain).map(({ why }) => why),
  );
  return { controls, unknowns };
}

function keepsRules({ value }: Feature): boolean {
  return damagedRange(value) === undefined;
}

function faultsOf(
  surroundings: Surroundings,
  edge: Edge,
  { type, value, policy }: Feature,
): readonly Fault[] {
  const own = namespaceOf(policy.object);
  switch (type) {
    case 'cors':
    case 'csrf':
      return [];
    case 'basicAuth':
      return passwordFaults(surroundings, own, fieldsAt(value, 'users'));
    case 'apiKey':
      return keyFaults(surroundings, own, mapsAt(value, 'credentialRefs'));
    case 'jwt':
      return mapsAt(value, 'providers').flatMap((provider) => providerFaults(surroundings, own, provider));
    case 'oidc':
      return oidcFaults(surroundings, own, value);
    case 'extAuth':
      return extAuthFaults(surroundings, own, value);
    case 'authorization':
      return authorizationFaults(edge, value);
  }
}

/** Envoy reads one format of passwords only: unsalted SHA-1. */
function passwordFaults(surroundings: Surroundings, own: string, ref: Fields): readonly Fault[] {
  const found = secretFault(surroundings, own, ref, '.htpasswd');
  if (found !== undefined) return [found];
  const lines = secretTexts(surroundings, own, ref)?.get('.htpasswd')?.split('\n') ?? [];
  const readable = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .every((line) => /^[^:]*:\{SHA\}[A-Za-z0-9+/]{27}=$/.test(line));
  return readable ? [] : [{ certain: true, why: 'its users have passwords that are not hashed as {SHA}' }];
}

/** A key that two clients share is refused. */
function keyFaults(surroundings: Surroundings, own: string, refs: readonly Fields[]): readonly Fault[] {
  const keys = new Map<string, string>();
  const clients = new Set<string>();
  return refs.flatMap((ref): readonly Fault[] => {
    const found = secretFault(surroundings, own, ref, undefined);
    if (found !== undefined) return [found];
    for (const [client, key] of secretTexts(surroundings, own, ref) ?? []) {
      if (clients.has(client) || key === undefined) continue;
      if (keys.has(key)) return [{ certain: true, why: 'two clients have the same API key' }];
      clients.add(client);
      keys.set(key, client);
    }
    return [];
  });
}

function isUri(text: string): boolean {
  return text.startsWith('/') || URL.canParse(text);
}

function providerFaults(surroundings: Surroundings, own: string, provider: Fields): readonly Fault[] {
  const remote = valueAt(provider, 'remoteJWKS');
  const local = valueAt(provider, 'localJWKS');
  const name = textAt(provider, 'name') ?? '';
  const issuer = textAt(provider, 'issuer') ?? '';
  const faults: Fault[] = [];
  const note = (why: string) => faults.push({ certain: true, why });
  if (name === '') note('a JWT provider has no name');
  if (issuer.includes(':') && !isUri(issuer)) note(`the issuer of JWT provider ${name} is no URI`);
  if ((remote === undefined) === (local === undefined))
    note(`JWT provider ${name} needs either remoteJWKS or localJWKS`);
  if (remote !== undefined && !isUri(textAt(remote, 'uri') ?? ''))
    note(`the keys of JWT provider ${name} have no URI`);
  if (local !== undefined && (textAt(local, 'type') ?? 'Inline') === 'Inline') {
    if (textAt(local, 'inline') === undefined) note(`JWT provider ${name} has no keys`);
  } else if (local !== undefined) {
    const found = keySetFault(surroundings, own, fieldsAt(local, 'valueRef'));
    if (found !== undefined) faults.push(found);
  }
  return [...faults, ...backendFaults(surroundings, own, mapsAt(remote, 'backendRefs'))];
}

function oidcFaults(surroundings: Surroundings, own: string, value: Fields): readonly Fault[] {
  const faults = [...backendFaults(surroundings, own, mapsAt(value, 'provider', 'backendRefs'))];
  const reference = valueAt(value, 'clientIDRef');
  const secrets = [
    secretFault(surroundings, own, fieldsAt(value, 'clientSecret'), 'client-secret'),
    ...(isFields(reference) ? [secretFault(surroundings, own, reference, 'client-id')] : []),
  ];
  for (const found of secrets) if (found !== undefined) faults.push(found);
  if (textAt(value, 'clientID') === undefined && reference === undefined)
    faults.push({ certain: true, why: 'OIDC has no client ID' });
  return [...faults, ...addressFaults(value)];
}

/** What must be said of the addresses of an OpenID provider (Envoy Gateway 1.9). */
function addressFaults(value: Fields): readonly Fault[] {
  const faults: Fault[] = [];
  const note = (why: string) => faults.push({ certain: true, why });
  const text = textAt(value, 'provider', 'issuer') ?? '';
  const issuer = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = issuer?.username === '' && !/[?#]/.test(text);
  if (issuer?.protocol !== 'https:' || !isPlain) note('the issuer of OIDC is no plain https address');
  const endpoint = textAt(value, 'provider', 'tokenEndpoint') ?? '';
  const token = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  if (/^\[|^\d+(?:\.\d+){3}$/.test(token)) note('the token endpoint of OIDC is an address and no name');
  const redirect = textAt(value, 'redirectURL');
  if (redirect !== undefined && !/^(?:https?|%REQ\(x-forwarded-proto\)%):\/\/[^/]+\/./.test(redirect))
    note('the redirect URL of OIDC has no path, or another scheme');
  return faults;
}

function extAuthFaults(surroundings: Surroundings, own: string, value: Fields): readonly Fault[] {
  // Each of two merged policies may have brought one.
  if (isFields(value['http']) && isFields(value['grpc']))
    return [{ certain: true, why: 'external authorization is asked both ways' }];
  const service = isFields(value['http']) ? fieldsAt(value, 'http') : fieldsAt(value, 'grpc');
  const single = valueAt(service, 'backendRef');
  const several = mapsAt(service, 'backendRefs');
  const refs = several.length > 0 || !isFields(single) ? several : [single];
  if (refs.length === 0) return [{ certain: true, why: 'external authorization names no backend' }];
  const extensions = mapsAt(value, 'contextExtensions').flatMap((extension): readonly Fault[] => {
    const ref = valueAt(extension, 'valueRef');
    if (textAt(extension, 'type') !== 'ValueRef' || !isFields(ref)) return [];
    const name = `${textAt(ref, 'kind') ?? ''}/${own}/${textAt(ref, 'name') ?? ''}`;
    const key = textAt(ref, 'key') ?? '';
    const isThere = surroundings.stores.get(name)?.texts.has(key) === true;
    return isThere ? [] : [{ certain: true, why: `${name} has no key ${key}` }];
  });
  return [...backendFaults(surroundings, own, refs), ...extensions];
}

function authorizationFaults({ envoyProxy, traffic }: Edge, value: Fields): readonly Fault[] {
  const why = damagedRange(value);
  const faults: Fault[] = why === undefined ? [] : [{ certain: true, why }];
  const asksPlace = mapsAt(value, 'rules').some(
    (rule) => listAt(rule, 'principal', 'clientIPGeoLocations').length > 0,
  );
  if (!asksPlace) return faults;
  if (valueAt(envoyProxy, 'spec', 'geoIP', 'provider') === undefined)
    faults.push({ certain: true, why: 'rules by place need a provider of places in the EnvoyProxy' });
  const ways = traffic.map((policy) => fieldsAt(policy?.object, 'spec', 'clientIPDetection'));
  const told = ways.map((way) =>
    ['xForwardedFor', 'customHeader', 'directSourceIP'].filter((key) => way[key] !== undefined),
  );
  if (told.some((way) => way.length !== 1))
    faults.push({
      // Where listeners share a port, whose policy tells it is not modelled.
      certain: told.every((way) => way.length !== 1),
      why: 'rules by place need a ClientTrafficPolicy that tells in one way whence a client’s address is',
    });
  return faults;
}

function controlOf({ type, value, policy }: Feature, faults: readonly Fault[]): Control {
  const [certainty, demands] = worthOf(type, value);
  const clouded = faults.length > 0 && certainty !== 'none';
  return {
    type,
    certainty: clouded ? 'unknown' : certainty,
    object: refOf(policy),
    demands,
    configuration: configurationOf(type, value),
  };
}

/** How much a feature is worth that works as it is written. */
function worthOf(type: Feature['type'], value: Fields): readonly [Certainty, string] {
  const failsOpen = value['failOpen'] === true;
  switch (type) {
    case 'cors':
      return ['none', 'nothing: CORS is for browsers'];
    case 'csrf':
      return ['none', 'nothing: it guards sessions, and lets anybody in'];
    case 'basicAuth':
      return ['verified', 'a password'];
    case 'apiKey':
      return ['verified', 'an API key'];
    case 'oidc':
      return ['verified', 'a session with the OpenID provider'];
    case 'extAuth':
      return failsOpen
        ? ['none', 'nothing once the authorization service fails: failOpen']
        : ['program', 'the consent of the authorization service'];
    case 'jwt':
      return jwtWorth(value, failsOpen);
    case 'authorization':
      return authorizationWorth(value);
  }
}

function jwtWorth(value: Fields, failsOpen: boolean): readonly [Certainty, string] {
  if (failsOpen) return ['none', 'nothing: failOpen lets damaged tokens through'];
  if (value['optional'] === true) return ['none', 'nothing: a request without a token passes'];
  const open = mapsAt(value, 'providers').some(
    (provider) => textAt(provider, 'issuer') === undefined || textsAt(provider, 'audiences').length === 0,
  );
  return open
    ? ['presence', 'a signed token, of any audience or issuer']
    : ['verified', 'a signed token for its audience'];
}

function authorizationWorth(value: Fields): readonly [Certainty, string] {
  const rules = mapsAt(value, 'rules');
  const admitting = rules.filter((rule) => textAt(rule, 'action') !== 'Deny');
  if (textAt(value, 'defaultAction') === 'Allow') return ['none', 'nothing: who meets no rule is allowed'];
  if (admitting.length === 0) return ['verified', 'what nobody has: every request is denied'];
  const byToken = admitting.every((rule) => isFields(valueAt(rule, 'principal', 'jwt')));
  return byToken
    ? ['verified', 'claims of a signed token']
    : ['presence', 'an address or a header that a rule names'];
}

/** What of a feature a reader needs: no Secret's content is ever among it, only names. */
function configurationOf(type: Feature['type'], value: Fields): Readonly<Record<string, unknown>> {
  if (type !== 'jwt') return value;
  const providers = mapsAt(value, 'providers').map((provider) => {
    const { localJWKS: _keys, ...rest } = provider;
    return rest;
  });
  return { ...value, providers };
}
