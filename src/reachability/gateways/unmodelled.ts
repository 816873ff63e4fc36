import { type Fields, fieldsAt, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { mergesGateways, parametersOf } from './envoy.ts';
import { configurationInfluences } from './envoyConfiguration.ts';
import { backendTrafficFields, clientTrafficFields } from './envoyFields.ts';
import type { Feature } from './features.ts';
import { controllerOf, controllerUnknown } from './gatewayClass.ts';
import { familyOf, type Listener } from './listeners.ts';
import { envoyGroup, gatewayGroup, type ObjectIndex } from './objectIndex.ts';
import { namesOf } from './policyTargets.ts';
import { unreadProxyFields, unreadSettings } from './unreadSettings.ts';

/** Why the demands of a listener are unknown, whatever the policies say. */
export function unmodelledInfluences(index: ObjectIndex, listener: Listener): readonly string[] {
  const foreign = controllerUnknown(controllerOf(index, listener.gateway));
  return [
    ...(foreign === undefined ? [] : [foreign]),
    ...configurationInfluences(index),
    ...mergedGateways(index, listener),
    ...patches(index, listener),
    ...extensions(index, listener),
    ...envoySettings(index, listener),
    ...index
      .all(envoyGroup, 'BackendTrafficPolicy')
      .flatMap((policy) => unreadSettings(policy, backendTrafficFields)),
  ];
}

/** A patch may change any part of the configuration of Envoy. */
function patches(index: ObjectIndex, { gateway }: Listener): readonly string[] {
  const { name } = gateway.object.metadata;
  const className = textAt(gateway.object, 'spec', 'gatewayClassName');
  return index
    .all(envoyGroup, 'EnvoyPatchPolicy')
    .filter((patch) => {
      const target = valueAt(patch.object, 'spec', 'targetRef');
      return textAt(target, 'kind') === 'GatewayClass'
        ? textAt(target, 'name') === className
        : textAt(target, 'name') === name && namespaceOf(patch.object) === namespaceOf(gateway.object);
    })
    .map((patch) => `EnvoyPatchPolicy ${namesOf([patch])} may change what Envoy demands`);
}

/**
 * A program of an EnvoyExtensionPolicy sees each request between the access checks. It may change headers that the later
 * ones read, and let Envoy choose the route again. Those for other Gateways are not told apart.
 */
function extensions(index: ObjectIndex, { gateway }: Listener): readonly string[] {
  const { name } = gateway.object.metadata;
  const isElsewhere = (policy: SourcedObject): boolean => {
    const single = valueAt(policy.object, 'spec', 'targetRef');
    const targets = [
      ...(single === undefined ? [] : [single]),
      ...mapsAt(policy.object, 'spec', 'targetRefs'),
    ];
    return (
      targets.length > 0 &&
      mapsAt(policy.object, 'spec', 'targetSelectors').length === 0 &&
      targets.every(
        (target) =>
          textAt(target, 'kind') === 'Gateway' &&
          (textAt(target, 'name') !== name || namespaceOf(policy.object) !== namespaceOf(gateway.object)),
      )
    );
  };
  return index
    .all(envoyGroup, 'EnvoyExtensionPolicy')
    .filter((policy) => !isElsewhere(policy))
    .map((policy) => `EnvoyExtensionPolicy ${namesOf([policy])} may change what Envoy demands`);
}

/** Settings of the EnvoyProxy that are not read, or an EnvoyProxy that is not among the objects. */
function envoySettings(index: ObjectIndex, { gateway }: Listener): readonly string[] {
  const found = parametersOf(index, gateway);
  if (found === 'none') return [];
  if (found === 'defaults')
    return [
      `what the configuration of Envoy Gateway has for Gateway ${namesOf([gateway])}, which has no EnvoyProxy, is not read`,
    ];
  if (found === 'missing')
    return [`the EnvoyProxy that Gateway ${namesOf([gateway])} or its class names is not among the objects`];
  return unreadProxyFields(found).map(
    ({ path, effect }) =>
      `spec.${path} of EnvoyProxy ${namespaceOf(found)}/${textAt(found, 'metadata', 'name') ?? ''} is not read: ${effect}`,
  );
}

/** If Gateways of a class share one Envoy, the conflicting listener of the newer Gateway is rejected. */
function mergedGateways(index: ObjectIndex, listener: Listener): readonly string[] {
  const { gateway, port, hostname, protocol } = listener;
  if (!mergesGateways(index, gateway)) return [];
  const classOf = ({ object }: SourcedObject) => textAt(object, 'spec', 'gatewayClassName');
  const conflicting = index
    .all(gatewayGroup, 'Gateway')
    .filter((other) => other !== gateway && classOf(other) === classOf(gateway))
    .filter(({ object }) =>
      mapsAt(object, 'spec', 'listeners').some(
        (each) =>
          each['port'] === port &&
          ((textAt(each, 'hostname') || undefined) === hostname ||
            familyOf(textAt(each, 'protocol') ?? '') !== familyOf(protocol)),
      ),
    );
  return conflicting.map(
    ({ object }) => `merged Gateway ${namespaceOf(object)}/${object.metadata.name} has the same listener`,
  );
}

/**
 * Why the demands of a rule are unknown by a ClientTrafficPolicy: it may write a header by which a client proves who it
 * is, for every client, before any access check reads it.
 */
export function trafficInfluences(
  traffic: readonly (SourcedObject | undefined)[],
  features: readonly Feature[],
): readonly string[] {
  if (features.length === 0) return [];
  return traffic.flatMap((policy) => {
    if (policy === undefined) return [];
    const early = fieldsAt(policy.object, 'spec', 'headers', 'earlyRequestHeaders');
    const written = ['add', 'addIfAbsent', 'set']
      .flatMap((key) => mapsAt(early, key))
      .map((header) => (textAt(header, 'name') ?? '').toLowerCase());
    const proving = new Set(['authorization', 'cookie', ...features.flatMap(headersOf)]);
    return [
      ...unreadSettings(policy, clientTrafficFields),
      ...written
        .filter((header) => proving.has(header))
        .map(
          (header) =>
            `ClientTrafficPolicy ${namesOf([policy])} writes the header ${header}, by which a client proves who it is, for every client`,
        ),
    ];
  });
}

/** The headers that an access check reads, in lower case. */
function headersOf({ type, value }: Feature): readonly string[] {
  const named = (list: readonly Fields[]) =>
    list.map((header) => (textAt(header, 'name') ?? '').toLowerCase());
  const listed = (list: readonly Fields[]) =>
    list.flatMap((source) => fieldTexts(source['headers'])).map((header) => header.toLowerCase());
  switch (type) {
    case 'jwt':
      return named(
        mapsAt(value, 'providers').flatMap((provider) => mapsAt(provider, 'extractFrom', 'headers')),
      );
    case 'apiKey':
      return listed(mapsAt(value, 'extractFrom'));
    case 'authorization':
      return named(mapsAt(value, 'rules').flatMap((rule) => mapsAt(rule, 'principal', 'headers')));
    case 'extAuth':
      return fieldTexts(value['headersToExtAuth']).map((header) => header.toLowerCase());
    default:
      return [];
  }
}

function fieldTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
