import { type Fields, fieldsAt, isFields, listAt, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { backendErrors } from './backendErrors.ts';
import type { Feature } from './features.ts';
import {
  hasUnreadSecret,
  keySetError,
  type ReferenceContext,
  secretError,
  secretTexts,
  type ValidationError,
} from './references.ts';
import { malformedPathRegex, malformedRange } from './rejections.ts';

/** The settings of a listener that apply before its routes. */
export interface ListenerSettings {
  envoyProxy: Fields | undefined;
  /** The ClientTrafficPolicies that apply; undefined for a listener without one. */
  traffic: readonly (SourcedObject | undefined)[];
}

/** The errors in a feature or in its references, with which Envoy Gateway 1.9 does not build it. */
export function validationErrorsOf(
  context: ReferenceContext,
  edge: ListenerSettings,
  feature: Feature,
): readonly ValidationError[] {
  const { type, value } = feature;
  switch (type) {
    case 'cors':
    case 'csrf':
      return [];
    case 'basicAuth':
      return passwordErrors(context, namespaceOf(feature.policy.object), fieldsAt(value, 'users'));
    case 'apiKey': {
      const own = namespaceSetting(feature, (settings) => mapsAt(settings, 'credentialRefs').length > 0);
      return apiKeyErrors(context, own, mapsAt(value, 'credentialRefs'));
    }
    case 'jwt':
      return jwtErrors(context, feature);
    case 'oidc':
      return oidcErrors(context, feature);
    case 'extAuth':
      return extAuthErrors(context, feature);
    case 'authorization':
      return authorizationErrors(edge, value);
  }
}

/**
 * The namespace of a reference in a merged feature: that of the child if it sets the field, otherwise of the parent.
 */
function namespaceSetting({ policy, merged }: Feature, isSetIn: (value: Fields) => boolean): string {
  const owner =
    merged !== undefined && !isSetIn(merged.own) && isSetIn(merged.above.value)
      ? merged.above.policy
      : policy;
  return namespaceOf(owner.object);
}

/** Envoy reads only one format of passwords: unsalted SHA-1. */
function passwordErrors(context: ReferenceContext, own: string, ref: Fields): readonly ValidationError[] {
  const found = secretError(context, own, ref, '.htpasswd');
  if (found !== undefined) return [found];
  const lines = secretTexts(context, own, ref)?.get('.htpasswd')?.split('\n') ?? [];
  const readable = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .every((line) => /^[^:]*:\{SHA\}[A-Za-z0-9+/]{27}=$/.test(line));
  return readable ? [] : [{ certain: true, why: 'its users have passwords that are not hashed as {SHA}' }];
}

/** Envoy Gateway rejects a key that two clients share. */
function apiKeyErrors(
  context: ReferenceContext,
  own: string,
  refs: readonly Fields[],
): readonly ValidationError[] {
  const keys = new Set<string>();
  const clients = new Set<string>();
  return refs.flatMap((ref): readonly ValidationError[] => {
    const found = secretError(context, own, ref, undefined);
    if (found !== undefined) return [found];
    for (const [client, key] of secretTexts(context, own, ref) ?? []) {
      if (clients.has(client) || key === undefined) continue;
      if (keys.has(key)) return [{ certain: true, why: 'two clients have the same API key' }];
      clients.add(client);
      keys.add(key);
    }
    return [];
  });
}

function isUri(text: string): boolean {
  return text.startsWith('/') || URL.canParse(text);
}

function jwtErrors(context: ReferenceContext, feature: Feature): readonly ValidationError[] {
  const providers = mapsAt(feature.value, 'providers');
  const own = namespaceSetting(feature, (settings) => mapsAt(settings, 'providers').length > 0);
  const names = providers.map((provider) => textAt(provider, 'name') ?? '');
  const twice = names.find((name, at) => names.indexOf(name) < at);
  return [
    ...providers.flatMap((provider) => jwtProviderErrors(context, own, provider)),
    ...(twice === undefined ? [] : [{ certain: true, why: `two JWT providers are called ${twice}` }]),
  ];
}

/** A qualified name of Kubernetes, with an optional domain as prefix. */
const qualifiedName =
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

function jwtProviderErrors(
  context: ReferenceContext,
  own: string,
  provider: Fields,
): readonly ValidationError[] {
  const remote = valueAt(provider, 'remoteJWKS');
  const local = valueAt(provider, 'localJWKS');
  const name = textAt(provider, 'name') ?? '';
  const issuer = textAt(provider, 'issuer') ?? '';
  const errors: ValidationError[] = [];
  const note = (why: string) => errors.push({ certain: true, why });
  if (!qualifiedName.test(name))
    note(name === '' ? 'a JWT provider has no name' : `a JWT provider is called ${name}`);
  if (issuer.includes(':') && !isUri(issuer)) note(`the issuer of JWT provider ${name} is no URI`);
  if (!issuer.includes(':') && issuer.includes('@') && !/^[^@\s]+@[^@\s]+$/.test(issuer))
    note(`the issuer of JWT provider ${name} is no address`);
  if (mapsAt(provider, 'claimToHeaders').some((claim) => !textAt(claim, 'claim') || !textAt(claim, 'header')))
    note(`JWT provider ${name} has a claim without a name or a header`);
  if ((remote === undefined) === (local === undefined))
    note(`JWT provider ${name} needs either remoteJWKS or localJWKS`);
  if (remote !== undefined && !isUri(textAt(remote, 'uri') ?? ''))
    note(`the keys of JWT provider ${name} have no URI`);
  if (local !== undefined && (textAt(local, 'type') ?? 'Inline') === 'Inline') {
    if (textAt(local, 'inline') === undefined) note(`JWT provider ${name} has no keys`);
  } else if (local !== undefined) {
    const found = keySetError(context, own, fieldsAt(local, 'valueRef'));
    if (found !== undefined) errors.push(found);
  }
  return [...errors, ...backendErrors(context, own, mapsAt(remote, 'backendRefs'))];
}

function oidcErrors(context: ReferenceContext, feature: Feature): readonly ValidationError[] {
  const { value } = feature;
  const refs = (settings: Fields) => mapsAt(settings, 'provider', 'backendRefs');
  const provider = namespaceSetting(feature, (settings) => refs(settings).length > 0);
  const errors = [...backendErrors(context, provider, refs(value))];
  const reference = valueAt(value, 'clientIDRef');
  const own = namespaceSetting(feature, (settings) => isFields(settings['clientIDRef']));
  const secrets = [
    secretError(
      context,
      namespaceOf(feature.policy.object),
      fieldsAt(value, 'clientSecret'),
      'client-secret',
    ),
    ...(isFields(reference) ? [secretError(context, own, reference, 'client-id')] : []),
  ];
  for (const found of secrets) if (found !== undefined) errors.push(found);
  if (textAt(value, 'clientID') === undefined && reference === undefined)
    errors.push({ certain: true, why: 'OIDC has no client ID' });
  return [...errors, ...oidcAddressErrors(value)];
}

/** The required endpoints of an OpenID provider (Envoy Gateway 1.9). */
function oidcAddressErrors(value: Fields): readonly ValidationError[] {
  const errors: ValidationError[] = [];
  const note = (why: string) => errors.push({ certain: true, why });
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
  return errors;
}

function extAuthErrors(context: ReferenceContext, feature: Feature): readonly ValidationError[] {
  const { value } = feature;
  // Each of two merged policies may have one.
  if (isFields(value['http']) && isFields(value['grpc']))
    return [{ certain: true, why: 'external authorization is asked both ways' }];
  const refs = servicesOf(value);
  if (refs.length === 0) return [{ certain: true, why: 'external authorization names no backend' }];
  const own = namespaceSetting(feature, (settings) => servicesOf(settings).length > 0);
  const extensions = mapsAt(value, 'contextExtensions').flatMap(
    (extension) => contextExtensionError(context, feature, extension) ?? [],
  );
  return [...backendErrors(context, own, refs), ...extensions];
}

/** The services of external authorization. A deprecated field counts if the newer one is empty. */
function servicesOf(value: Fields): readonly Fields[] {
  const service = isFields(value['http']) ? fieldsAt(value, 'http') : fieldsAt(value, 'grpc');
  const single = valueAt(service, 'backendRef');
  const several = mapsAt(service, 'backendRefs');
  return several.length > 0 || !isFields(single) ? several : [single];
}

/** Envoy Gateway decodes the value of a Secret once more than the API server. */
function contextExtensionError(
  { configurationSources, index }: ReferenceContext,
  feature: Feature,
  extension: Fields,
): ValidationError | undefined {
  const ref = valueAt(extension, 'valueRef');
  if (textAt(extension, 'type') !== 'ValueRef' || !isFields(ref)) return undefined;
  const own = namespaceSetting(feature, (settings) =>
    mapsAt(settings, 'contextExtensions').some(({ name }) => name === extension['name']),
  );
  const kind = textAt(ref, 'kind') ?? '';
  const key = textAt(ref, 'key') ?? '';
  const referred = textAt(ref, 'name') ?? '';
  const name = `${kind}/${own}/${referred}`;
  const texts = configurationSources.get(name)?.texts;
  if (texts === undefined && kind === 'Secret' && hasUnreadSecret(index, own, referred))
    return { certain: false, why: `what ${name} holds under ${key} is not among the objects` };
  if (texts?.has(key) !== true) return { certain: true, why: `${name} has no key ${key}` };
  const text = texts.get(key);
  return kind !== 'Secret' || text === undefined || isBase64(text)
    ? undefined
    : { certain: true, why: `what ${name} holds under ${key} is not encoded by base64 a second time` };
}

function isBase64(text: string): boolean {
  const lines = text.replace(/[\r\n]/g, '');
  return lines.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(lines);
}

function authorizationErrors(
  { envoyProxy, traffic }: ListenerSettings,
  value: Fields,
): readonly ValidationError[] {
  const why = malformedRange(value) ?? malformedPathRegex(value);
  const errors: ValidationError[] = why === undefined ? [] : [{ certain: true, why }];
  const places = mapsAt(value, 'rules').flatMap((rule) => mapsAt(rule, 'principal', 'clientIPGeoLocations'));
  if (places.length === 0) return errors;
  const databases = fieldsAt(envoyProxy, 'spec', 'geoIP', 'provider', 'maxMind');
  for (const [field, ...sources] of placeSources) {
    if (
      places.some((place) => place[field] !== undefined) &&
      sources.every((each) => databases[each] === undefined)
    )
      errors.push({ certain: true, why: `rules by ${field} need ${sources.join(' or ')} in the EnvoyProxy` });
  }
  const isTold = traffic.map((policy) => tellsAddress(fieldsAt(policy?.object, 'spec', 'clientIPDetection')));
  if (isTold.includes(false))
    errors.push({
      // If listeners share a port, the deciding policy is not modelled.
      certain: !isTold.includes(true),
      why: 'rules by place need a ClientTrafficPolicy that tells in one way whence a client’s address is',
    });
  return errors;
}

/** The MaxMind database for each field of a location. */
const placeSources: readonly (readonly [field: string, ...sources: string[]])[] = [
  ['country', 'countryDbSource', 'cityDbSource'],
  ['region', 'cityDbSource'],
  ['city', 'cityDbSource'],
  ['asn', 'asnDbSource'],
  ['isp', 'ispDbSource'],
  ['anonymous', 'anonymousIpDbSource'],
];

function tellsAddress(path: Fields): boolean {
  const paths = ['xForwardedFor', 'customHeader', 'directSourceIP'].filter((key) => path[key] !== undefined);
  return paths.length === 1 && listAt(path, 'xForwardedFor', 'trustedCIDRs').length === 0;
}

/** Whether rules stay in spite of errors, as rules by location do without a database. */
export function keepsRules({ value }: Feature): boolean {
  return malformedRange(value) === undefined && malformedPathRegex(value) === undefined;
}
