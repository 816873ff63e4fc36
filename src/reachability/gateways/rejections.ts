import { type Fields, fieldsAt, listAt, mapsAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { compileGoPattern } from '../../kubernetes/goPattern.ts';
import { parseBlock } from '../model/addresses.ts';
import type { Feature } from './features.ts';

function settingOf(features: readonly Feature[], type: Feature['type']): Fields | undefined {
  return features.find((feature) => feature.type === type)?.value;
}

/** Why the validator of Envoy Gateway rejects a policy. A rejected policy of a route has no effect. */
export function rejectionOf(features: readonly Feature[], protocol: 'HTTP' | 'TCP'): string | undefined {
  const named = (type: Feature['type']) => settingOf(features, type);
  if (protocol === 'TCP') {
    if (features.some(({ type }) => type !== 'authorization')) return 'only authorization works on TCP';
    const authorization = named('authorization');
    return asksMoreThanAddresses(authorization) ?? malformedRange(authorization);
  }
  return mixedKeySources(named('apiKey')) ?? passThroughRejection(features);
}

function mixedKeySources(apiKey: Fields | undefined): string | undefined {
  const sources = mapsAt(apiKey, 'extractFrom').map((source) =>
    ['headers', 'params', 'cookies'].filter((key) => listAt(source, key).length > 0),
  );
  return sources.some((named) => named.length > 1)
    ? 'an API key is taken from one kind of place at a time'
    : undefined;
}

/** Authorization rules that need HTTP. */
export function asksMoreThanAddresses(authorization: Fields | undefined): string | undefined {
  const rules = mapsAt(authorization, 'rules');
  const asks = rules.some(
    (rule) =>
      rule['cel'] !== undefined ||
      valueAt(rule, 'principal', 'jwt') !== undefined ||
      ['headers', 'clientIPGeoLocations'].some((key) => listAt(rule, 'principal', key).length > 0),
  );
  return asks ? 'only addresses can be asked for on TCP' : undefined;
}

/** An invalid CIDR. On HTTP each request is answered with 500; on TCP the whole authorization is dropped. */
export function malformedRange(authorization: Fields | undefined): string | undefined {
  const ranges = mapsAt(authorization, 'rules').flatMap((rule) => textsAt(rule, 'principal', 'clientCIDRs'));
  return ranges.some((range) => !range.includes('/') || parseBlock(range) === undefined)
    ? 'invalid CIDR'
    : undefined;
}

/** A path regex that Go does not compile (RE2). Each request is answered with 500. */
export function malformedPathRegex(authorization: Fields | undefined): string | undefined {
  const paths = mapsAt(authorization, 'rules').map((rule) => fieldsAt(rule, 'operation', 'path'));
  const patterns = paths.flatMap(({ type, value }) =>
    type === 'RegularExpression' && typeof value === 'string' ? [value] : [],
  );
  return patterns.every((pattern) => compileGoPattern(pattern) !== undefined)
    ? undefined
    : 'invalid path regex';
}

/** jwt must check a header by which OIDC passes requests, and OIDC must not write the same header. */
export function passThroughRejection(features: readonly Feature[]): string | undefined {
  const [oidc, jwt] = [settingOf(features, 'oidc'), settingOf(features, 'jwt')];
  if (oidc?.['passThroughAuthHeader'] !== true) return undefined;
  const headers = mapsAt(jwt, 'providers').flatMap((provider) =>
    provider['extractFrom'] === undefined
      ? ['authorization']
      : mapsAt(provider, 'extractFrom', 'headers').map((header) => textAt(header, 'name')?.toLowerCase()),
  );
  if (headers.length === 0) return 'passThroughAuthHeader needs jwt that reads a header';
  const forwarded = textAt(fieldsAt(oidc, 'forwardIDToken'), 'header')?.toLowerCase();
  return forwarded !== undefined && headers.includes(forwarded)
    ? 'the header of forwardIDToken is one that jwt reads'
    : undefined;
}

const routesWithPolicies = ['HTTPRoute', 'GRPCRoute', 'TCPRoute'];

/** Why the API server rejects a policy, for the validation rules without which it would be misread (version 1.9). */
export function rejectedByServer({ spec }: { readonly [field: string]: unknown }): string | undefined {
  const single = valueAt(spec, 'targetRef');
  const targets = [single, ...listAt(spec, 'targetRefs'), ...listAt(spec, 'targetSelectors')];
  const kinds = targets
    .filter((target) => target !== undefined)
    .map((target) => textAt(target, 'kind') ?? '');
  if (valueAt(spec, 'mergeType') !== undefined && kinds.some((kind) => !routesWithPolicies.includes(kind)))
    return 'mergeType is for routes';
  if (kinds.some((kind) => ['TLSRoute', 'UDPRoute'].includes(kind)))
    return 'it is not for routes of that kind';
  const mixed = mixedKeySources(fieldsAt(spec, 'apiKeyAuth'));
  if (mixed !== undefined) return mixed;
  const byToken = mapsAt(spec, 'authorization', 'rules').some(
    (rule) => valueAt(rule, 'principal', 'jwt') !== undefined,
  );
  return byToken && valueAt(spec, 'jwt') === undefined ? 'it asks for claims, and has no jwt' : undefined;
}
