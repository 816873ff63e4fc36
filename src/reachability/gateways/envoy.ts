import { type Fields, fieldsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyGroup, type ObjectIndex } from './objectIndex.ts';
import { namesOf } from './policyTargets.ts';

/** The EnvoyProxy of a Gateway: its own, or the one of its class. */
export function envoyProxyOf(index: ObjectIndex, gateway: { object: Fields }): Fields | undefined {
  const own = fieldsAt(gateway.object, 'spec', 'infrastructure', 'parametersRef');
  const name = textAt(own, 'name');
  if (name !== undefined) {
    return index.find(envoyGroup, 'EnvoyProxy', namespaceOf(gateway.object), name)?.object;
  }
  const className = textAt(gateway.object, 'spec', 'gatewayClassName');
  const found = index
    .all('gateway.networking.k8s.io', 'GatewayClass')
    .find(({ object }) => object.metadata.name === className);
  const ref = valueAt(found?.object, 'spec', 'parametersRef');
  return index.find(envoyGroup, 'EnvoyProxy', textAt(ref, 'namespace') ?? '', textAt(ref, 'name') ?? '')
    ?.object;
}

/** Merged Gateways of a class share one Envoy; every other Gateway has its own. */
export function envoyOf(index: ObjectIndex, gateway: SourcedObject): string {
  return valueAt(envoyProxyOf(index, gateway), 'spec', 'mergeGateways') === true
    ? `class ${textAt(gateway.object, 'spec', 'gatewayClassName') ?? ''}`
    : `Gateway ${namesOf([gateway])}`;
}
