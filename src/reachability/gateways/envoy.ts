import { type Fields, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { withProxyDefaults } from './envoyConfiguration.ts';
import { gatewayClassOf } from './gatewayClass.ts';
import { envoyGroup, type ObjectIndex } from './objectIndex.ts';
import { namesOf } from './policyTargets.ts';

/** What a `parametersRef` leads to; `defaults` if there is none, and the configuration of Envoy Gateway has some of its own. */
type Parameters = 'none' | 'defaults' | 'missing' | Fields;

/**
 * The parameters of a Gateway: its own EnvoyProxy, or the one of its class. If the class merges its Gateways, that of a
 * Gateway has no effect (Envoy Gateway 1.9, `MergeEnvoyProxyConfigs`).
 */
export function parametersOf(index: ObjectIndex, { object }: { object: Fields }): Parameters {
  const ofClass = classParameters(index, object);
  if (valueAt(ofClass, 'spec', 'mergeGateways') === true) return ofClass;
  const own = valueAt(object, 'spec', 'infrastructure', 'parametersRef');
  return own === undefined ? ofClass : named(index, own, namespaceOf(object));
}

function classParameters(index: ObjectIndex, gateway: Fields): Parameters {
  const found = gatewayClassOf(index, textAt(gateway, 'spec', 'gatewayClassName') ?? '');
  const ref = valueAt(found?.object, 'spec', 'parametersRef');
  if (ref !== undefined) return named(index, ref, textAt(ref, 'namespace') ?? '');
  return withProxyDefaults(index) === undefined ? 'none' : 'defaults';
}

function named(index: ObjectIndex, ref: unknown, namespace: string): Parameters {
  if (textAt(ref, 'group') !== envoyGroup || textAt(ref, 'kind') !== 'EnvoyProxy') return 'missing';
  return index.find(envoyGroup, 'EnvoyProxy', namespace, textAt(ref, 'name') ?? '')?.object ?? 'missing';
}

/** The EnvoyProxy of a Gateway, if it has one that is among the objects. */
export function envoyProxyOf(index: ObjectIndex, gateway: { object: Fields }): Fields | undefined {
  const found = parametersOf(index, gateway);
  return typeof found === 'string' ? undefined : found;
}

/** Whether the class of a Gateway lets all its Gateways share one Envoy. */
export function mergesGateways(index: ObjectIndex, gateway: { object: Fields }): boolean {
  return valueAt(classParameters(index, gateway.object), 'spec', 'mergeGateways') === true;
}

/** Merged Gateways of a class share one Envoy; every other Gateway has its own. */
export function envoyOf(index: ObjectIndex, gateway: SourcedObject): string {
  return mergesGateways(index, gateway)
    ? `class ${textAt(gateway.object, 'spec', 'gatewayClassName') ?? ''}`
    : `Gateway ${namesOf([gateway])}`;
}
