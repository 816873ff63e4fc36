import { type Fields, fieldsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyGroup, type Scope } from './objectIndex.ts';
import { namesOf } from './policyTargets.ts';

/** The EnvoyProxy that a Gateway is run by: its own, or that of its class. */
export function envoyProxyOf(scope: Scope, gateway: { object: Fields }): Fields | undefined {
  const own = fieldsAt(gateway.object, 'spec', 'infrastructure', 'parametersRef');
  const name = textAt(own, 'name');
  if (name !== undefined) {
    return scope.find(envoyGroup, 'EnvoyProxy', namespaceOf(gateway.object), name)?.object;
  }
  const className = textAt(gateway.object, 'spec', 'gatewayClassName');
  const found = scope
    .all('gateway.networking.k8s.io', 'GatewayClass')
    .find(({ object }) => object.metadata.name === className);
  const ref = valueAt(found?.object, 'spec', 'parametersRef');
  return scope.find(envoyGroup, 'EnvoyProxy', textAt(ref, 'namespace') ?? '', textAt(ref, 'name') ?? '')
    ?.object;
}

/** Gateways of a class that are merged have one Envoy; every other one has its own. */
export function envoyOf(scope: Scope, gateway: SourcedObject): string {
  return valueAt(envoyProxyOf(scope, gateway), 'spec', 'mergeGateways') === true
    ? `class ${textAt(gateway.object, 'spec', 'gatewayClassName') ?? ''}`
    : `Gateway ${namesOf([gateway])}`;
}
