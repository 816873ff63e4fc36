import { type Fields, fieldsAt, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { describeObject, type ObjectRef } from '../../manifests/sourcedObject.ts';
import { envoyGroup, type ObjectIndex } from './objectIndex.ts';

/**
 * What a rule of a route leads to: its backends, those to which a filter mirrors requests, and extensions of which it is
 * not known where they lead. Gateway API 1.4: a filter is of the rule, or of one of its backends.
 */
export function backendsOfRule(rule: Fields): readonly Fields[] {
  const backends = mapsAt(rule, 'backendRefs');
  const filters = [...mapsAt(rule, 'filters'), ...backends.flatMap((backend) => mapsAt(backend, 'filters'))];
  return [
    ...backends,
    ...filters.flatMap((filter) => {
      if (filter['requestMirror'] !== undefined) return [fieldsAt(filter, 'requestMirror', 'backendRef')];
      return isUnreadExtension(filter) ? [fieldsAt(filter, 'extensionRef')] : [];
    }),
  ];
}

/**
 * An HTTPRouteFilter rewrites a request, answers it or adds a credential, all behind the access checks (Envoy Gateway
 * 1.9, `internal/xds/translator/httpfilters.go`: the credential injector and the router come last).
 */
function isUnreadExtension(filter: Fields): boolean {
  if (filter['extensionRef'] === undefined) return false;
  const { group, kind } = fieldsAt(filter, 'extensionRef');
  return group !== envoyGroup || kind !== 'HTTPRouteFilter';
}

const knownFilters = new Set([
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestMirror',
  'RequestRedirect',
  'URLRewrite',
  'CORS',
  'ExternalAuth',
  'ExtensionRef',
]);

/** Why it is not known what a rule does with a request. */
export function ruleInfluences(index: ObjectIndex, route: ObjectRef, rule: Fields): readonly string[] {
  const backends = mapsAt(rule, 'backendRefs');
  const filters = [...mapsAt(rule, 'filters'), ...backends.flatMap((backend) => mapsAt(backend, 'filters'))];
  return [
    ...filters.flatMap((filter) => filterInfluence(filter)),
    ...backendsOfRule(rule).flatMap((backend) => chosenByClient(index, route, backend)),
  ];
}

function filterInfluence(filter: Fields): readonly string[] {
  const type = textAt(filter, 'type');
  if (type !== undefined && !knownFilters.has(type)) return [`what its filter ${type} does is not known`];
  if (!isUnreadExtension(filter)) return [];
  const { kind, name } = fieldsAt(filter, 'extensionRef');
  return [`what its filter ${String(kind)} ${String(name)} does is not read`];
}

/** A Backend that is resolved for each request leads where the request says (Envoy Gateway 1.9, `BackendSpec.type`). */
function chosenByClient(index: ObjectIndex, route: ObjectRef, ref: Fields): readonly string[] {
  if (textAt(ref, 'kind') !== 'Backend' || textAt(ref, 'group') !== envoyGroup) return [];
  const namespace = textAt(ref, 'namespace') ?? route.namespace ?? 'default';
  const name = textAt(ref, 'name') ?? '';
  const found = index.find(envoyGroup, 'Backend', namespace, name);
  if (found === undefined || textAt(found.object, 'spec', 'type') !== 'DynamicResolver') return [];
  return [
    `Backend ${namespace}/${name} of ${describeObject(route)} lets each request choose where it leads, also past what other routes demand`,
  ];
}
